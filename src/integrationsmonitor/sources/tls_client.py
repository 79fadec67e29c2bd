"""Asks the TLS for a web table. Comes in: a dataset with an export link that an operator copied. Goes out: answers.

The link is asked as it was copied, blanks, umlauts and `|` encoded; `{year}` in it stands for each year from the first
of the dataset's file to the current one. 404 means that there is nothing for that year. Refuses: no link
(ConfigError), and one answer for two years where nothing but the link tells the year (FetchError). What an answer holds
is for the reader to judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from integrationsmonitor import clock
from integrationsmonitor.errors import ConfigError, FetchError
from integrationsmonitor.sources.fetched import EVER, Fetched, escaped
from integrationsmonitor.sources.tls_layout import YEAR
from integrationsmonitor.sources.xlsx_package import OLD_MARK, ZIP_MARK

if TYPE_CHECKING:
    from integrationsmonitor.archive import History
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.http import HttpClient
    from integrationsmonitor.sources.fetched import Years

_NOT_FOUND = 404


def fetch(
    dataset: Dataset, catalog: Catalog, base_url: str, http: HttpClient, past: History, only: Years | None = None
) -> Iterator[Fetched]:
    """One answer, or one per year (`only` passes over the others); an empty body where the host has nothing."""
    del catalog, past  # a table is small and has no list of changes: all of it is asked for
    link = str(dataset.source["link"])
    if not link:
        raise ConfigError(
            f"catalog/datasets/{dataset.id}.yml: source.link is empty; open the table {dataset.table} in a browser, "
            "copy the address of its CSV or XLS export, and put what follows the host there"
        )
    said: dict[bytes, int] = {}
    years = range(int(dataset.source["start_year"]), clock.now().year + 1) if YEAR in link else (None,)
    for year in years:
        if year and only is not None and not only.overlap(year, year):
            continue
        url = base_url + escaped(link.replace(YEAR, str(year)))
        answer = http.fetch(url, dataset_id=dataset.id, accept=(200, _NOT_FOUND))
        body = b"" if answer.status == _NOT_FOUND else answer.body
        if year and body and dataset.source["time"]["in"] == "link" and (other := said.setdefault(body, year)) != year:
            hint = "The host passes over the year of the link; copy a link that it follows"
            raise FetchError(dataset.id, url, f"the very answer for {other} again", hint)
        scope = (f"{year}-01-01", f"{year}-12-31") if year else EVER
        yield Fetched(
            slot=str(year) if year else "all",
            scope_from=scope[0],
            scope_to=scope[1],
            body=body,
            filename=f"{dataset.table}{f'_{year}' if year else ''}.{_ending(body)}",
            url=url,
            retrieved_at=answer.retrieved_at,
            request={"year": str(year)} if year else {},
        )


def _ending(body: bytes) -> str:
    return "xlsx" if body.startswith(ZIP_MARK) else "xls" if body.startswith(OLD_MARK) else "csv"
