"""Makes answers in the flat wire format, for the tests of reader, mapping and contract."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from integrationsmonitor.catalog import Catalog, Dataset, load_catalog
from integrationsmonitor.sources import genesis_read, mapping
from integrationsmonitor.sources.cells import in_memory

PROJECT = Path(__file__).resolve().parents[1]
NAME = "13111-01-03-4_1773175029986_de_flat.csv"
KNOWN = datetime(2026, 3, 10, tzinfo=UTC)
HEAD = "statistics_code;statistics_label;time_code;time_label;time"
BLOCK = "variable_code;variable_label;variable_attribute_code;variable_attribute_label"
TAIL = "value;value_unit;value_variable_code;value_variable_label"


def catalog() -> Catalog:
    return load_catalog(PROJECT / "catalog")


def header(blocks: int, quality: bool = False) -> str:
    numbered = [";".join(f"{n}_{name}" for name in BLOCK.split(";")) for n in range(1, blocks + 1)]
    return ";".join([HEAD, *numbered, TAIL]) + (";value_q" if quality else "")


def svb(
    region: str,
    value: str,
    name: str = "",
    nat: str = "",
    sex: str = "",
    time: str = "2019-06-30",
    unit: str = "Anzahl",
) -> str:
    """A line of 13111-01-03-4: employees at their place of work by nationality and sex."""
    level = {2: "DLAND;Bundesländer"}.get(len(region), "KREISE;Kreise und kreisfreie Städte")
    level = "DINSG;Deutschland" if region == "DG" else level
    names = {r.key: r.name for r in catalog().regions.values()}
    label = name or names.get(region, "Irgendwo")
    nats = {"": ";Insgesamt", "NATA": "NATA;ausländisch"}[nat]
    sexes = {"": ";Insgesamt", "GESM": "GESM;männlich", "GESW": "GESW;weiblich"}[sex]
    return (
        "13111;Statistik der sozialversicherungspflichtig Beschäftigten;STAG;Stichtag;"
        f"{time};{level};{region};{label};NAT;Nationalität;{nats};GES;Geschlecht;{sexes};{value};{unit};ERW032;"
        "Sozialversicherungspfl. Beschäftigte (Arbeitsort)"
    )


def answer(*lines: str, head: str = "", bom: bool = True, end: str = "\n") -> bytes:
    text = end.join([head or header(3), *lines, ""])
    return (b"\xef\xbb\xbf" if bom else b"") + text.encode()


def observe(data: bytes, dataset: Dataset | None = None, name: str = NAME) -> list[dict[str, Any]]:
    """Read and map an answer, as the night does."""
    found = catalog()
    dataset = dataset or found.datasets["regio_13111_01_03_4"]
    read = genesis_read.read_answer(in_memory(data), dataset, name)
    origin = mapping.Origin(name, read.layout, read.sheet, read.stand or KNOWN, "0" * 64, "p")
    return mapping.map_cells(read.cells, dataset, found.regions, origin).observations.to_pylist()
