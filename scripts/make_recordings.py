"""Make `recordings/` out of the real figures: answers of the live hosts in their exact wire format.

Comes in: a folder with real tables (`../shared/data` beside the project) and the catalogue. Goes out: one ZIP per
table, year and Stand, `recordings/<host>/<table>/<year>_<epoch ms>.zip`, and `recordings/manifest.json` with the origin
of each. Figures of other layouts are re-expressed as flat answers under their true table id; flat answers are only
filtered to the regions in scope. Nothing is computed, rounded or filled: every value is a text of its origin (decimal
point to decimal comma is the one change). Run again, it makes the same bytes. Refuses what the readers refuse.

    .venv/bin/python scripts/make_recordings.py [--data ../shared/data] [--out recordings]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pyarrow.compute as pc

from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.replay import origins
from integrationsmonitor.replay.store import zip_answer
from integrationsmonitor.sources import genesis_wide, genesis_xlsx

PROJECT = Path(__file__).resolve().parent.parent
MADE_BY = "scripts/make_recordings.py"
BERLIN = ZoneInfo("Europe/Berlin")
# The figures compiled for us bear no date of their own: they were known on this day at the latest.
FIGURES_KNOWN = datetime(2026, 11, 1, tzinfo=BERLIN)
# The answer 12531-0043 was captured on 10 March 2026 (Date headers beside it); its member name is not on record.
CAPTURE_12531 = datetime(2026, 3, 10, 23, 59, 59, tzinfo=BERLIN)
IN_SCOPE = re.compile(r"DG|\d{2}|16\d{3}")
LEVELS = {"DG": ("DINSG", "Deutschland"), 2: ("DLAND", "Bundesländer")}
KREISE = {"regio": ("KREISE", "Kreise und kreisfreie Städte"), "destatis": ("KREISE", "Kreise")}
HEAD = ("statistics_code", "statistics_label", "time_code", "time_label", "time")
BLOCK = ("variable_code", "variable_label", "variable_attribute_code", "variable_attribute_label")
TAIL = ("value", "value_unit", "value_variable_code", "value_variable_label")


class Origin(NamedTuple):
    """Where the figures of a recording come from."""

    file: str
    sha256: str
    layout: str
    known: datetime
    known_from_quality: str
    sheet: str | None = None


class Cell(NamedTuple):
    """One figure before it is written: where it stands, codes of the dataset's file, value as text."""

    place: origins.Place
    time: str
    region: str
    region_label: str
    measure: str
    codes: dict[str, str]
    value: str
    quality: str = ""


def main() -> None:
    """Make all recordings anew."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=PROJECT / "recordings")
    arguments = parser.parse_args()
    datasets = {d.table: d for d in load_catalog(PROJECT / "catalog").datasets.values() if d.connector == "genesis"}
    print(f"{make(arguments.data, arguments.out, datasets)} recordings in {arguments.out}")


def make(data: Path, out: Path, datasets: dict[str, Dataset]) -> int:
    """Write the recordings and their manifest; returns how many."""
    for host in ("regio", "destatis"):
        shutil.rmtree(out / host, ignore_errors=True)
    entries = []
    answers = [*wide_tables(data, datasets), *flat_answers(data, datasets), *compiled_figures(data, datasets)]
    for answer in sorted(answers, key=lambda a: (a[0].source["host"], a[0].table, a[2], a[1][:5])):
        dataset, origin, year, lines, places = answer
        epoch = round(origin.known.timestamp() * 1000)
        path = f"{dataset.source['host']}/{dataset.table}/{year}_{epoch}.zip"
        body = zip_answer(dataset.table, epoch, ("\ufeff" + "\n".join(lines) + "\n").encode())
        if (out / path).exists():
            raise SystemExit(f"{path}: two origins of one table, year and Stand")
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(body)
        entries.append(_entry(dataset, origin, year, epoch, path, body, places))
    manifest = {
        "schema_version": 1,
        "made_by": MADE_BY,
        "description": "Real figures in the wire format of the live hosts; see README.md. No figure is invented.",
        "recordings": entries,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (out / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return len(entries)


def _entry(
    dataset: Dataset, origin: Origin, year: int, epoch: int, path: str, body: bytes, places: list[origins.Place]
) -> dict[str, object]:
    proven = all(item.proven for item in (*dataset.measures, *dataset.axes))
    stand = origin.known.astimezone(BERLIN).isoformat()
    return {
        "path": path,
        "sha256": hashlib.sha256(body).hexdigest(),
        "host": dataset.source["host"],
        "table": dataset.table,
        "year": year,
        "epoch": epoch,
        "stand": stand,
        "known_from_quality": origin.known_from_quality,
        "origin": {
            "file": origin.file,
            "sha256": origin.sha256,
            "layout": origin.layout,
            "table": dataset.table,
            "stand": stand if origin.known_from_quality == "source_stand" else None,
            "locators": origins.compress(places, origin.sheet),
        },
        "rows": len(places),
        "field": len(HEAD) + len(BLOCK) * (len(dataset.axes) + 1) + 1,
        "licence": dataset.licence["id"],
        "attribution": dataset.licence["attribution"],
        "codes": "proven" if proven else "unproven",
        "made_by": MADE_BY,
    }


# The lines of a recording, header first, and where the figure of each line stands in the origin.
Answers = Iterator[tuple[Dataset, Origin, int, list[str], list[origins.Place]]]


def wide_tables(data: Path, datasets: dict[str, Dataset]) -> Answers:
    """Tables of the wide layouts, read by the project's own strict readers."""
    folders = ("regionalstatistik_v4/*.csv", "regionalstatistik_2021/*", "genesis_v5_csv/*.csv")
    files = [*(f for folder in folders for f in data.glob(folder)), *data.glob("genesis_v5/12521-0041_*.csv")]
    for file in sorted(files):
        raw = file.read_bytes()
        dataset = datasets[file.stem.split("_")[0]]
        reader = genesis_xlsx if file.suffix == ".xlsx" else genesis_wide
        answer = reader.read_cells(raw, dataset, file.name)
        if answer.stand is None:
            raise SystemExit(f"{file}: no Stand")
        origin = Origin(_name(file, data), _sha256(raw), answer.layout, answer.stand, "source_stand", answer.sheet)
        in_scope = pc.match_substring_regex(answer.cells["region_code"], f"^({IN_SCOPE.pattern})$")
        rows = answer.cells.filter(in_scope).sort_by([("line", "ascending"), ("col", "ascending")]).to_pylist()
        cells = (
            Cell(
                (row["line"], row["col"]),
                _iso(row["time"]),
                row["region_code"],
                row["region_label"],
                row["measure"],
                {axis.code: row[f"a_{axis.code}"] for axis in dataset.axes},
                row["value"],
                row["quality"],
            )
            for row in rows
        )
        yield from _by_year(dataset, origin, cells, quality=any(answer.cells["quality"].to_pylist()))


def flat_answers(data: Path, datasets: dict[str, Dataset]) -> Answers:
    """Real flat answers: lines of the regions in scope, as they are."""
    for file in sorted(data.glob("genesis_v5/*_flat.csv")):
        raw = file.read_bytes()
        dataset = datasets[file.stem.split("_")[0]]
        epoch = re.search(r"_(\d{13})_", file.name)
        if epoch:
            known, quality = datetime.fromtimestamp(int(epoch.group(1)) / 1000, UTC), "source_stand"
        elif dataset.table == "12531-0043":
            known, quality = CAPTURE_12531, "upper_bound"
        else:
            raise SystemExit(f"{file}: no epoch in its name")
        header, *lines = raw.decode("utf-8-sig").rstrip("\n").split("\n")
        code = header.split(";").index("1_variable_attribute_code")
        time, value = header.split(";").index("time"), header.split(";").index("value")
        kept: dict[int, list[tuple[str, origins.Place]]] = defaultdict(list)
        for number, line in enumerate(lines, start=2):
            fields = line.split(";")
            if IN_SCOPE.fullmatch(fields[code]):
                kept[int(fields[time][:4])].append((line, (number, value + 1)))
        origin = Origin(_name(file, data), _sha256(raw), "ffcsv", known, quality)
        for year, of_year in kept.items():
            yield dataset, origin, year, [header, *(line for line, _ in of_year)], [place for _, place in of_year]


def compiled_figures(data: Path, datasets: dict[str, Dataset]) -> Answers:
    """Figures taken from official tables, in a plain layout; each goes under the table that it names."""
    labels = {"Insgesamt": "", "Ausländer(innen)": "NATA"}
    file, rows = _plain(data / "figures" / "12411-03-03-4_th_2019-2022.csv", data, "value")
    dataset = datasets["12411-03-03-4"]
    ages = dataset.axis_by_code["ALTX21"].by_label
    cells = (
        Cell(
            place,
            row["reference_date"],
            row["region_key"],
            row["region_name"],
            "BEVSTD",
            {"NAT": labels[row["nationality"]], "GES": "", "ALTX21": ages[row["age_group"]].code},
            row["value"],
        )
        for place, row in rows
    )
    yield from _by_year(dataset, file, cells)

    file, rows = _plain(data / "figures" / "12511-04-01-4_rate_th_2011-2024.csv", data, "value_pct")
    cells = (
        Cell(
            place, row["year"], row["region_key"], row["region_name"], "BEV008Q", {}, row["value_pct"].replace(".", ",")
        )
        for place, row in rows
    )
    yield from _by_year(datasets["12511-04-01-4"], file, cells)

    # Population: under 12411-01-01-4 where that table is named. Rows that name only 12411-0018 or 12411-03-03-4 are
    # recorded from those tables themselves, and 2024 exists as a real answer of 12411-01-01-4.
    file, rows = _plain(data / "figures" / "population_th_2015-2025.csv", data, "value")
    cells = (
        Cell(place, row["reference_date"], row["region_key"], row["region_name"], "BEVSTD", {"GES": ""}, row["value"])
        for place, row in rows
        if "Regionalstatistik 12411-01-01-4" in row["tables"].split(" | ") and row["reference_date"] != "2024-12-31"
    )
    yield from _by_year(datasets["12411-01-01-4"], file, cells)


def _plain(file: Path, data: Path, value: str) -> tuple[Origin, list[tuple[origins.Place, dict[str, str]]]]:
    """The rows of a plain file, each with the place of its figure, which stands in the column `value`."""
    raw = file.read_bytes()
    reader = csv.DictReader(io.StringIO(raw.decode("utf-8")))
    rows = [((reader.line_num, list(row).index(value) + 1), row) for row in reader]
    return Origin(_name(file, data), _sha256(raw), "figures", FIGURES_KNOWN, "upper_bound"), rows


def _by_year(dataset: Dataset, origin: Origin, cells: Iterable[Cell], quality: bool = False) -> Answers:
    """One answer per year, in the wire format."""
    names = [*HEAD, *(f"{n}_{part}" for n in range(1, len(dataset.axes) + 2) for part in BLOCK), *TAIL]
    header = ";".join([*names, "value_q"] if quality else names)
    lines: dict[int, list[str]] = defaultdict(list)
    places: dict[int, list[origins.Place]] = defaultdict(list)
    for cell in cells:
        lines[int(cell.time[:4])].append(";".join(_line(dataset, cell, quality)))
        places[int(cell.time[:4])].append(cell.place)
    for year, of_year in lines.items():
        yield dataset, origin, year, [header, *of_year], places[year]


def _line(dataset: Dataset, cell: Cell, quality: bool) -> list[str]:
    measure = dataset.measure_by_code[cell.measure]
    level = LEVELS.get("DG" if cell.region == "DG" else len(cell.region)) or KREISE[dataset.source["host"]]
    fields = [dataset.statistic["code"], dataset.statistic["label"], dataset.time["code"], dataset.time["label"]]
    fields += [cell.time, *level, cell.region, cell.region_label]
    for axis in dataset.axes:
        code = cell.codes[axis.code]
        fields += [axis.code, axis.label, code, axis.by_code[code].label]
    fields += [cell.value, measure.unit, measure.code, measure.label]
    if any(";" in text or "\n" in text for text in fields):
        raise SystemExit(f"{dataset.id}: a field holds a separator: {fields}")
    return [*fields, cell.quality] if quality else fields


def _iso(time: str) -> str:
    day, _, rest = time.partition(".")
    return f"{rest[3:]}-{rest[:2]}-{day}" if rest else time


def _name(file: Path, data: Path) -> str:
    return file.relative_to(data).as_posix()


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


if __name__ == "__main__":
    main()
