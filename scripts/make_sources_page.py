"""Write the list of datasets in `docs/sources.md` from the catalogue, so that the checklist never says anything else.

In: `catalog/datasets/*.yml`. Out: the part of the page below its marker, or with `--check` exit code 1 when it is not
in step with them. Refuses: a page without the marker.

    python scripts/make_sources_page.py [--check]
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from integrationsmonitor.catalog import Catalog, load_catalog
from integrationsmonitor.dataset import Dataset

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "sources.md"
MARKER = "<!-- made from catalog/datasets/ by `make ids`: do not edit below -->"
CONNECTORS = {
    "genesis": "GENESIS REST",
    "ba_api": "BA-Statistik API",
    "ba_report": "BA Arbeitsmarktreport (XLSX)",
    "tls_table": "TLS web table",
    "local_file": "curated file",
}


def page(catalog: Catalog, head: str) -> str:
    """The whole page: what a person wrote above the marker, and a section per dataset."""
    if MARKER not in head:
        raise SystemExit(f"{PAGE}: the line {MARKER!r} is missing")
    lines = [head.split(MARKER, 1)[0] + MARKER, ""]
    for connector, title in CONNECTORS.items():
        datasets = [dataset for dataset in catalog.datasets.values() if dataset.connector == connector]
        if datasets:
            lines += [f"## {title}", ""]
        for dataset in datasets:
            lines += _section(dataset)
    return "\n".join(lines)


def _section(dataset: Dataset) -> Iterator[str]:
    yield f"### {dataset.id}"
    yield ""
    yield dataset.title_de
    yield ""
    if dataset.off_de:
        yield from _item("**switched off**", dataset.off_de)
    yield from _item("source", ", ".join(_source(dataset)))
    measures = {measure.measure: measure.unit for measure in dataset.measures}
    axes = [axis.label for axis in dataset.axes]
    figures = ", ".join(f"{measure} ({unit})" for measure, unit in measures.items())
    by = f"; by {', '.join(axes)}" if axes else ""
    yield from _item("figures", f"{figures}{by}; {dataset.period_type}")
    bases = ", ".join(dict.fromkeys(rule.basis for rule in dataset.basis))
    restated = f"restated to {dataset.territory_date}" if dataset.is_restated else "as published"
    yield from _item("basis, place, territory", f"{bases}; {dataset.place}; {restated}")
    yield from _item("licence", f"{dataset.licence['id']}: {dataset.licence['attribution']}")
    yield from _item("calendar", _calendar(dataset))
    yield from _item("contract", "; ".join(_contract(dataset)))
    unproven = [f"measure {m.code}" for m in dataset.measures if not m.proven]
    unproven += [f"axis {axis.code}" for axis in dataset.axes if not axis.proven]
    if unproven:
        yield from _item("open: codes or labels of", ", ".join(unproven))
    yield from _item("quirks", dataset.notes_de)
    yield from _item("checked", "[ ] first night · [ ] figures compared with the office's page")
    yield ""


def _item(what: str, text: str) -> list[str]:
    return textwrap.wrap(
        f"- {what}: {text}", 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _source(dataset: Dataset) -> Iterator[str]:
    source = dataset.source
    if "host" in source:
        yield str(source["host"])
    yield str(dataset.table)
    for request in source.get("requests", ()):
        yield f"{request['table']} for {request['regions']}"
    for key in ("start_year", "start_month"):
        if key in source:
            yield f"from {source[key]}"


def _calendar(dataset: Dataset) -> str:
    cadence = dataset.cadence
    if cadence.ended:
        return f"ended with {cadence.ended}" + (f", goes on in {cadence.successor}" if cadence.successor else "")
    if not cadence.is_regular:
        return "none"
    by = cadence.expected_by_text
    after = f"by {by}" if by else f"{cadence.expected_after_days} days later"
    return f"every {cadence.every} at {cadence.reference_text}, out {after}, grace {cadence.grace_days} days"


def _contract(dataset: Dataset) -> Iterator[str]:
    contract = dataset.contract
    regions = f" for {', '.join(contract.regions)}" if contract.regions else ""
    yield {"all": f"every cell{regions}", "listed": f"the listed cells{regions}", "none": "no cell is promised"}[
        contract.complete
    ]
    yield f"at least {contract.minimum_rows} rows"
    if contract.sums:
        yield "parts add up over " + ", ".join(dict.fromkeys(rule.over for rule in contract.sums))
    if contract.region_sums:
        yield "Kreise add up to the Land"
    if contract.jumps:
        yield "jumps wait for a person"
    if contract.plausible:
        yield "bounds on " + ", ".join(dict.fromkeys(bounds.measure for bounds in contract.plausible))


def main(arguments: list[str]) -> int:
    """Write the page, or only compare it."""
    found = PAGE.read_text(encoding="utf-8")
    text = page(load_catalog(PROJECT / "catalog"), found)
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if found == text:
        return 0
    sys.stderr.write("docs/sources.md is not in step with catalog/datasets/: run `make ids`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
