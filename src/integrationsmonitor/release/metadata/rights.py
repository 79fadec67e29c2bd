"""LIZENZEN.md: whom to name and what to say, table by table, ready to be copied.

Comes in: the tables that left, with their sources; who publishes. Goes out: one German page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from integrationsmonitor.release.metadata import licences
from integrationsmonitor.release.metadata.texts import TITLE_DE

if TYPE_CHECKING:
    from integrationsmonitor.release.exports import Exported
    from integrationsmonitor.release.metadata.publisher import Publisher
    from integrationsmonitor.release.sources import Source

FILE = "LIZENZEN.md"


def write(target: Path, facts: Mapping[str, str], exported: Sequence[Exported], publisher: Publisher) -> None:
    """Write the page."""
    page = [*_head(facts), *_licences(exported), *_tables(exported, publisher)]
    (target / FILE).write_text("\n".join(page) + "\n", encoding="utf-8")


def _head(facts: Mapping[str, str]) -> Iterator[str]:
    yield f"# Lizenzen und Quellenangaben: {TITLE_DE}"
    yield ""
    yield f"{facts['notice_de']}."
    yield ""
    yield (
        "Jede Zahl gehört zu Datensätzen, und jeder Datensatz hat seine Lizenz. Eine Tabelle aus mehreren Datensätzen "
        "steht als Ganzes unter der strengsten ihrer Lizenzen. Wer nur einen Teil verwendet, hält sich an die "
        "Datensätze dieses Teils: Sie stehen in der Spalte `dataset_ids` und in `dim_dataset`."
    )


def _licences(exported: Sequence[Exported]) -> Iterator[str]:
    """What each licence asks for, and whom to name under it."""
    sources = {source.dataset_id: source for entry in exported for source in entry.sources}
    by_licence: dict[str, list[Source]] = {}
    for _, source in sorted(sources.items()):
        by_licence.setdefault(source.licence_id, []).append(source)
    for licence_id, used in sorted(by_licence.items()):
        licence = licences.licence_of(licence_id)
        yield ""
        yield f"## {licence.title} ({licence_id})"
        yield ""
        yield licence.terms_de
        yield ""
        yield from (f"- {text}" for text in dict.fromkeys(source.attribution for source in used))


def _tables(exported: Sequence[Exported], publisher: Publisher) -> Iterator[str]:
    yield ""
    yield "## Zum Kopieren, je Tabelle"
    for entry in exported:
        licence = licences.of_table(entry.sources, publisher)
        yield ""
        yield f"### {entry.title} ({entry.table.name})"
        yield ""
        yield f"Lizenz: {licence.title}{f', {licence.url}' if licence.url else ''}"
        yield ""
        yield f"> {licences.attribution(entry.sources, publisher)}"
