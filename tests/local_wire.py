"""Local deliveries as a Kreis makes them: a description, and its table as CSV or workbook. All figures are artificial.

Independent of the reader: it writes plain lists of texts and numbers.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from integrationsmonitor.catalog import Catalog, load_catalog
from integrationsmonitor.dataset import Dataset

PROJECT = Path(__file__).resolve().parents[1]
ID = "local_beispiel_stadtteile"
# A made-up table of a made-up Kreis's Stadtteile; the AGS is that of 16070 only so that a parent is known.
STADTTEILE = {"01": "Nord", "02": "Süd", "03": "Ost", "04": "West"}
HEAD = ("Gebiet", "Stichtag", "Geschlecht", "Anzahl")
TITLE = "Beispieltabelle mit erfundenen Zahlen"


def description(**changes: Any) -> dict[str, Any]:
    """A description of the made-up table; a change of None takes the key out."""
    raw: dict[str, Any] = {
        "id": ID,
        "title_de": "Erfundene Zählung nach Stadtteilen",
        "provider": "Landratsamt Beispielkreis, Fachdienst Statistik",
        "contact": "Fachdienst Statistik, statistik@kreis.example",
        "licence": "dl-de/by-2-0",
        "files": "stadtteile_*.csv",
        "thousands": ".",
        "period": {"type": "stichtag"},
        "place": "Wohnort",
        "confidentiality": {"threshold": 5},
        "constants": {"nationality": "auslaendisch"},
        "regions": [{"key": key, "name": name, "parent": "16070"} for key, name in STADTTEILE.items()],
        "columns": {
            "Gebiet": {"field": "region", "values": {"Kreis gesamt": "16070"}},
            "Stichtag": {"field": "period"},
            "Geschlecht": {"field": "sex", "values": {"m": "maennlich", "w": "weiblich", "gesamt": "insgesamt"}},
            "Anzahl": {"field": "value", "measure": "personen_lokal", "unit": "Anzahl"},
        },
    }
    raw |= changes
    return {key: value for key, value in raw.items() if value is not None}


def rows(counts: Mapping[str, tuple[int, int]], day: str = "31.12.2025", total: bool = True) -> list[list[Any]]:
    """Lines of men, women and all per area, and the Kreis as their sum."""
    found: list[list[Any]] = []
    whole = {"Kreis gesamt": tuple(sum(pair) for pair in zip(*counts.values(), strict=True))} if total else {}
    for area, (men, women) in {**counts, **whole}.items():
        found += [[area, day, "m", men], [area, day, "w", women], [area, day, "gesamt", men + women]]
    return found


def csv(
    lines: Iterable[Sequence[Any]],
    head: Sequence[str] = HEAD,
    *,
    delimiter: str = ";",
    encoding: str = "utf-8-sig",
    before: Sequence[str] = (),
    after: Sequence[str] = (),
    end: str = "\r\n",
) -> bytes:
    """A CSV as German spreadsheets save it: title lines, header, lines, notes below an empty line."""
    text = [*before, delimiter.join(head), *(delimiter.join(map(printed, line)) for line in lines)]
    text += ["", *after] if after else []
    return (end.join(text) + end).encode(encoding)


def printed(value: Any) -> str:
    """A number with a dot between its thousands; a text as it is."""
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)


def workbook(sheets: Mapping[str, Iterable[Sequence[Any]]]) -> bytes:
    """A workbook of these sheets, numbers as numbers, days as days."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def write_description(folder: Path, raw: Mapping[str, Any]) -> Path:
    """Put a description into a drop folder."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{raw['id']}.yml"
    file.write_text(yaml.safe_dump(json.loads(json.dumps(raw)), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def catalog(folder: Path, *raws: Mapping[str, Any], kept: Path | None = None) -> Catalog:
    """The project's catalogue with these descriptions in a drop folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for raw in raws:
        write_description(folder, raw)
    return load_catalog(PROJECT / "catalog", local=folder, kept=kept)


def dataset(folder: Path, **changes: Any) -> tuple[Dataset, Catalog]:
    """The dataset of the made-up table, and the catalogue that it stands in."""
    found = catalog(folder, description(**changes))
    return found.datasets[ID], found
