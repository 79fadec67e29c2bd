"""Asks the BA's portal for the Arbeitsmarktreport. Comes in: a dataset and what is held. Goes out: an answer a month.

A month is asked for Kreis by Kreis and is whole or not there at all: where the first Kreis is not found, the month is
not out and nothing more is asked of it; where a later one is not, the next night asks again. Links change their ending
from month to month, so that the page with the links goes before the pattern. Refuses with FetchError what is no answer,
403 among it, by which the portal asks to slow down. What an answer holds is for the reader to judge: a link may lead to
anything.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from integrationsmonitor import clock
from integrationsmonitor.archive import moment
from integrationsmonitor.dataset import LAST_DAY
from integrationsmonitor.errors import FetchError
from integrationsmonitor.sources.bundle import Part, pack
from integrationsmonitor.sources.fetched import Fetched, escaped

if TYPE_CHECKING:
    from integrationsmonitor.archive import History
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.http import HttpClient, Response
    from integrationsmonitor.sources.fetched import Years

_WEEK = timedelta(days=7)
_MAX_LINKS = 100_000
_NOT_FOUND, _SLOW_DOWN = 404, 403


def fetch(
    dataset: Dataset, catalog: Catalog, base_url: str, http: HttpClient, past: History, only: Years | None = None
) -> Iterator[Fetched]:
    """One answer per month that is to be asked for; an empty body where the month is not out yet.

    Each is asked for when the one before has been taken: a first night asks for years, and keeps what it has.
    """
    months = _months(dataset, past, only)
    links = _links(dataset, base_url, http) if months else []
    kreise = sorted(catalog.kreise_of(dataset, LAST_DAY))
    for month in months:
        yield _month(dataset, month, kreise, links, base_url, http)


def _months(dataset: Dataset, past: History, only: Years | None) -> list[str]:
    """Months that are not held, and once a week, after these, the newest that is; or all months of the years `only`.

    A report comes out in the last days of its month, so that in its last week the current month is asked for, too. The
    portal puts a corrected report in the place of the first one without notice; where that one is gone, new months are
    taken all the same.
    """
    now, held = clock.now(), past.latest_by_slot
    last = now + _WEEK
    year, month = map(int, str(dataset.source["start_month"]).split("-"))
    months = []
    while (year, month) < (last.year, last.month):
        months.append(f"{year}-{month:02}")
        year, month = year + month // 12, month % 12 + 1
    if only is not None:
        return [month for month in months if only.overlap(month, month)]
    again = max((slot for slot in held if slot in months), default="")
    if again:
        came = moment(held[again].retrieved_at)
        if (now - came) // _WEEK <= (moment(past.last_fetched or now.isoformat()) - came) // _WEEK:
            again = ""  # no week is over since the source was last asked
    return [month for month in months if month not in held] + ([again] if again else [])


def _month(
    dataset: Dataset, month: str, kreise: list[str], links: list[str], base_url: str, http: HttpClient
) -> Fetched:
    days = monthrange(int(month[:4]), int(month[5:]))[1]
    parts: list[Part] = []
    first = None
    for key in kreise:
        url = _link(links, key, month) or _by_pattern(dataset, key, month, base_url)
        answer = _get(url, dataset, http, (200, _NOT_FOUND))
        first = first or answer
        if answer.status == _NOT_FOUND:
            parts = []
            break
        parts.append(Part(f"{key}.xlsx", key, "", url.removeprefix(base_url), answer.body))
    return Fetched(
        slot=month,
        scope_from=f"{month}-01",
        scope_to=f"{month}-{days}",
        body=pack(parts) if parts else b"",
        filename=f"{dataset.table}_{month}.zip",
        url=first.url if first else base_url,
        retrieved_at=answer.retrieved_at if first else clock.now(),
        request={"month": month, "kreise": str(len(kreise))},
    )


def _get(url: str, dataset: Dataset, http: HttpClient, accept: tuple[int, ...]) -> Response:
    answer = http.fetch(url, dataset_id=dataset.id, accept=(*accept, _SLOW_DOWN))
    if answer.status == _SLOW_DOWN:
        hint = "The portal asks to slow down; the next night tries again"
        raise FetchError(dataset.id, url, "HTTP 403", hint)
    return answer


def _by_pattern(dataset: Dataset, key: str, month: str, base_url: str) -> str:
    path = str(dataset.source["pattern"]).replace("{ags}", key).replace("{month}", month.replace("-", ""))
    return base_url + escaped(path)


def _link(links: list[str], key: str, month: str) -> str:
    """The link of a Kreis and month; of several, one that says it is an XLSX."""
    found = [link for link in links if f"amr-{key}-0-{month.replace('-', '')}-" in link]
    return next((link for link in found if urlsplit(link).path.endswith(".xlsx")), found[0] if found else "")


def _links(dataset: Dataset, base_url: str, http: HttpClient) -> list[str]:
    """All links of the page with the links that lead below the host; none where there is no such page."""
    if not dataset.source.get("listing"):
        return []
    page = base_url + escaped(str(dataset.source["listing"]))
    answer = _get(page, dataset, http, (200, _NOT_FOUND))
    if answer.status == _NOT_FOUND:
        return []
    anchors = _Anchors()
    with suppress(AssertionError):  # html.parser's word for a section that no browser knows; links before it count
        anchors.feed(answer.body.decode("utf-8", "replace"))
    found = []
    for href in anchors.hrefs:
        try:
            link = urljoin(page, escaped(href.strip().partition("#")[0]))
        except ValueError:  # no address at all
            continue
        if link.startswith(base_url):
            found.append(link)
    return found


class _Anchors(HTMLParser):
    """Collects what the links of a page lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the first href of an anchor."""
        if tag == "a" and len(self.hrefs) < _MAX_LINKS:
            self.hrefs += [value for name, value in attrs if name == "href" and value][:1]
