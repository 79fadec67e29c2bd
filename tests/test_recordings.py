"""The recordings: whole, in wire format, made again byte for byte, and every figure of them stands in its origin."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest

from integrationsmonitor import contract
from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ContractError
from integrationsmonitor.replay.origins import expand
from integrationsmonitor.sources import genesis_read, mapping
from integrationsmonitor.sources.cells import in_memory

PROJECT = Path(__file__).resolve().parents[1]
RECORDINGS = PROJECT / "recordings"
DATA = PROJECT.parent / "shared" / "data"
CATALOG = load_catalog(PROJECT / "catalog")
DATASETS = {dataset.table: dataset for dataset in CATALOG.datasets.values()}
ENTRIES: list[dict[str, Any]] = json.loads((RECORDINGS / "manifest.json").read_text(encoding="utf-8"))["recordings"]
IN_SCOPE = re.compile(r"DG|\d\d|16\d\d\d")
# Words of the older layouts for the words of today.
FORMERLY = {"ausländisch": {"Ausländer(innen)", "Ausländer"}, "deutsch": {"Deutsche"}}
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real files in ../shared/data are not on this machine")


def lines_of(entry: dict[str, Any]) -> list[dict[str, str]]:
    with zipfile.ZipFile(RECORDINGS / entry["path"]) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";", quoting=csv.QUOTE_NONE))


def origins(*layouts: str) -> list[str]:
    return sorted({entry["origin"]["file"] for entry in ENTRIES if entry["origin"]["layout"] in layouts})


def region_of(line: dict[str, str]) -> str:
    return line["1_variable_attribute_code"]


def test_the_manifest_names_every_recording_and_nothing_else() -> None:
    files = {path.relative_to(RECORDINGS).as_posix() for path in RECORDINGS.rglob("*.zip")}
    assert files == {entry["path"] for entry in ENTRIES}
    assert len(files) == len(ENTRIES) == 190


def test_sha256_rows_and_licence_of_the_manifest_hold() -> None:
    for entry in ENTRIES:
        assert hashlib.sha256((RECORDINGS / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
        assert len(lines_of(entry)) == entry["rows"]
        assert entry["licence"] == "dl-de/by-2-0"
        assert entry["table"] in entry["attribution"]
        assert entry["origin"]["sha256"]
        assert entry["codes"] in ("proven", "unproven")


def test_recordings_have_the_wire_format_of_the_live_hosts() -> None:
    for entry in ENTRIES:
        with zipfile.ZipFile(RECORDINGS / entry["path"]) as archive:
            (member,) = archive.namelist()
            raw = archive.read(member)
        assert member == f"{entry['table']}_{entry['epoch']}_de_flat.csv"
        assert raw.startswith(
            b"\xef\xbb\xbfstatistics_code;statistics_label;time_code;time_label;time;1_variable_code;"
        )
        assert raw.endswith(b"\n")
        assert b"\r" not in raw
        assert b'"' not in raw
        assert entry["path"] == f"{entry['host']}/{entry['table']}/{entry['year']}_{entry['epoch']}.zip"
        assert datetime.fromisoformat(entry["stand"]).timestamp() * 1000 == entry["epoch"]


def test_a_recording_holds_one_year_and_only_regions_in_scope() -> None:
    for entry in ENTRIES:
        for line in lines_of(entry):
            assert line["time"][:4] == str(entry["year"])
            assert IN_SCOPE.fullmatch(region_of(line))
            assert line["value"]


def test_years_on_record_are_those_of_the_sources_page() -> None:
    years = defaultdict(set)
    for entry in ENTRIES:
        years[entry["table"]].add(entry["year"])
    assert years["12411-01-01-4"] == {*range(1995, 2016), *range(2018, 2026)}
    assert years["12411-0018"] == set(range(2015, 2021))
    assert years["12411-03-02-4"] == {2010}
    assert years["12411-03-03-4"] == {2015, 2019, 2020, 2021, 2022}
    assert years["13111-01-03-4"] == {*range(2008, 2020), 2025}
    assert years["13111-02-02-4"] == set(range(2008, 2020))
    assert years["13111-07-05-4"] == {2017, 2018, 2019}
    assert years["13211-02-05-4"] == {*range(2001, 2021), 2023}
    assert years["12511-01-01-4"] == set(range(2011, 2017))
    assert years["12511-04-01-4"] == set(range(2011, 2025))
    assert years["22221-01-01-4"] == set(range(2010, 2016))
    assert years["21111-01-03-4"] == {2015, 2023}
    assert years["21111-02-06-4"] == {2023}
    assert years["12521-0041"] == {2025}
    assert years["12531-0043"] == {2024}


def test_a_date_that_no_file_prints_is_marked_as_an_upper_bound() -> None:
    for entry in ENTRIES:
        dated = entry["origin"]["layout"] in ("csv", "xlsx") or re.search(r"_\d{13}_", entry["origin"]["file"])
        assert entry["known_from_quality"] == ("source_stand" if dated else "upper_bound")


def test_codes_count_as_proven_only_where_a_real_flat_answer_shows_them() -> None:
    proven = {entry["table"] for entry in ENTRIES if entry["codes"] == "proven"}
    assert proven == {"12411-01-01-4", "13111-01-03-4", "12531-0043"}


@pytest.mark.parametrize("table", sorted({entry["table"] for entry in ENTRIES}))
def test_the_newest_recording_of_a_table_keeps_its_contract(table: str) -> None:
    entry, member, data = newest(table)
    assert checked(entry, member, data) == entry["rows"]


def newest(table: str) -> tuple[dict[str, Any], str, bytes]:
    """The newest recording of a table: its entry in the manifest, its member's name and bytes."""
    entry = max((e for e in ENTRIES if e["table"] == table), key=lambda e: (e["year"], e["epoch"]))
    with zipfile.ZipFile(RECORDINGS / entry["path"]) as archive:
        (member,) = archive.namelist()
        return entry, member, archive.read(member)


def checked(entry: dict[str, Any], member: str, data: bytes) -> int:
    """Read, map and check an answer as the night does; returns the number of rows."""
    dataset = DATASETS[entry["table"]]
    answer = genesis_read.read_answer(in_memory(data), dataset, member)
    known = datetime.fromisoformat(entry["stand"])
    origin = mapping.Origin(member, answer.layout, answer.sheet, known, entry["sha256"], "key")
    mapped = mapping.map_cells(answer.cells, dataset, CATALOG.regions, origin)
    scope = (date(entry["year"], 1, 1), date(entry["year"], 12, 31))
    return contract.check(mapped.observations, answer.cells, mapped.periods, dataset, CATALOG, member, scope)


# --- against the origins, read in the plainest way -------------------------------------------------------------------


@cache
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_recordings", PROJECT / "scripts" / "make_recordings.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_data
def test_recordings_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    genesis = {table: dataset for table, dataset in DATASETS.items() if dataset.connector == "genesis"}
    assert script().make(DATA, tmp_path, genesis) == len(ENTRIES)
    assert (tmp_path / "manifest.json").read_bytes() == (RECORDINGS / "manifest.json").read_bytes()
    for entry in ENTRIES:
        assert (tmp_path / entry["path"]).read_bytes() == (RECORDINGS / entry["path"]).read_bytes(), entry["path"]


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("iso-8859-1")


Figure = tuple[str, str, str, frozenset[str]]  # year, region, value, words over and beside it


@cache
def figures_of_csv(name: str) -> list[Figure]:
    """Figures in scope of a wide file, line by line, each with the words of its column and its row."""
    rows = [line.split(";") for line in _text((DATA / name).read_bytes()).split("\n__________")[0].split("\n")]
    width = len(rows[-1])
    head = [row for row in rows if len(row) == width and not row[0].strip()]
    first = next(n for n, cell in enumerate(head[0]) if cell)
    title_year = next((m.group(1) for r in rows if (m := re.fullmatch(r"(?:Stichtag: 30\.06\.)?(\d{4})", r[0]))), "")
    step = 2 if "12521" in name else 1
    found = []
    for row in rows:
        key = next((n for n, cell in enumerate(row[:2]) if IN_SCOPE.fullmatch(cell)), None)
        if key is None or len(row) != width or not row[key + 1].strip():
            continue
        for position in range(first, width, step):
            words = [*(line[position] for line in head), *(cell.strip() for cell in row[key + 2 : first])]
            dates = [text for text in (*words, *row[:key]) if re.fullmatch(r"(\d\d\.\d\d\.)?\d{4}", text)]
            year = dates[0][-4:] if dates else title_year
            found.append((year, row[key], row[position].strip(), frozenset(words)))
    return found


@cache
def figures_of_xlsx(name: str) -> list[Figure]:
    sheet = openpyxl.load_workbook(DATA / name, read_only=True).worksheets[0]
    found, year = [], ""
    rows = [list(row[:8]) for row in sheet.iter_rows(values_only=True)]
    for row in rows[2:]:
        if row[0] and row[1] is None:
            year = str(row[0])[-4:]
        elif row[0] and IN_SCOPE.fullmatch(str(row[0])):
            for heading, value in zip(rows[1][2:], row[2:], strict=True):
                found.append((year, str(row[0]), str(value), frozenset(str(heading).split("-"))))
    return found


def check_words(dataset: Dataset, line: dict[str, str], words: frozenset[str], column_words: frozenset[str]) -> None:
    """What the flat line says of its figure stands over or beside the figure in the origin, and nothing else does."""
    for number in range(2, len(dataset.axes) + 2):
        label = line[f"{number}_variable_attribute_label"]
        axis = dataset.axis_by_code[line[f"{number}_variable_code"]]
        others = {text for value in axis.values if value.label not in (label, "Insgesamt") for text in value.labels}
        if label == "Insgesamt":
            assert not words & others, (line, words)
        else:
            assert words & {label, *FORMERLY.get(label, set())}, (line, words)
    measures = {text for measure in dataset.measures for text in measure.labels}
    if column_words & measures:
        assert column_words & set(dataset.measure_by_code[line["value_variable_code"]].labels), (line, words)


@needs_data
@pytest.mark.parametrize(
    "origin", sorted({e["origin"]["file"] for e in ENTRIES if e["origin"]["layout"] in ("csv", "xlsx")})
)
def test_every_figure_stands_in_its_wide_origin_and_none_is_left_out(origin: str) -> None:
    figures = figures_of_xlsx(origin) if origin.endswith(".xlsx") else figures_of_csv(origin)
    by_year = defaultdict(list)
    for figure in figures:
        by_year[int(figure[0])].append(figure)
    entries = [entry for entry in ENTRIES if entry["origin"]["file"] == origin]
    assert {entry["year"] for entry in entries} == set(by_year)
    for entry in entries:
        lines, expected = lines_of(entry), by_year[entry["year"]]
        assert [(region_of(line), line["value"]) for line in lines] == [
            (region, value) for _, region, value, _ in expected
        ]
        dataset = DATASETS[entry["table"]]
        for line, (_, _, _, words) in zip(lines, expected, strict=True):
            check_words(dataset, line, words, words)
        assert hashlib.sha256((DATA / origin).read_bytes()).hexdigest() == entry["origin"]["sha256"]


@cache
def texts_of(name: str) -> dict[str, str]:
    """Every field of an original file by its locator, read in the plainest way."""
    if name.endswith(".xlsx"):
        sheet = openpyxl.load_workbook(DATA / name, read_only=True).worksheets[0]
        rows = enumerate(sheet.iter_rows(values_only=True), start=1)
        return {
            f"{sheet.title}!{'ABCDEFGH'[at]}{row}": str(text)
            for row, cells in rows
            for at, text in enumerate(cells[:8])
        }
    raw = _text((DATA / name).read_bytes()).removeprefix("\ufeff")
    mark = "," if name.startswith("figures/") else ";"
    lines = (next(csv.reader([line], delimiter=mark), []) for line in raw.split("\n"))
    return {
        f"line {number}, field {at}": text.strip()
        for number, fields in enumerate(lines, start=1)
        for at, text in enumerate(fields, start=1)
    }


@needs_data
@pytest.mark.parametrize("origin", sorted({entry["origin"]["file"] for entry in ENTRIES}))
def test_every_recorded_figure_stands_at_its_place_in_the_origin(origin: str) -> None:
    texts, decimal_point = texts_of(origin), origin.startswith("figures/")
    for entry in (entry for entry in ENTRIES if entry["origin"]["file"] == origin):
        places, lines = list(expand(entry["origin"]["locators"])), lines_of(entry)
        assert len(places) == len(set(places)) == len(lines) == entry["rows"]
        found = [texts[place] for place in places]
        assert [text.replace(".", ",") if decimal_point else text for text in found] == [
            line["value"] for line in lines
        ], entry["path"]
        assert list(lines[0]).index("value") + 1 == entry["field"]
    texts_of.cache_clear()


@needs_data
@pytest.mark.parametrize("origin", origins("ffcsv"))
def test_lines_of_real_flat_answers_are_unchanged(origin: str) -> None:
    (entry,) = (entry for entry in ENTRIES if entry["origin"]["file"] == origin)
    with zipfile.ZipFile(RECORDINGS / entry["path"]) as archive:
        recorded = archive.read(archive.namelist()[0]).split(b"\n")
    original = (DATA / origin).read_bytes().split(b"\n")
    key = re.compile(rb";(?:DINSG|DLAND|KREISE);[^;]*;(?:DG|\d\d|16\d\d\d);")
    assert recorded == [original[0], *(line for line in original[1:] if key.search(line)), b""]


@needs_data
def test_the_answer_of_march_2026_is_the_one_in_the_original_zip() -> None:
    (packed,) = (DATA / "genesis_v5" / "api").glob("12411-01-01-4_*.zip")
    with zipfile.ZipFile(packed) as archive:
        original = set(archive.read(archive.namelist()[0]).decode("utf-8-sig").split("\n"))
    (entry,) = (e for e in ENTRIES if e["table"] == "12411-01-01-4" and e["year"] == 2024)
    with zipfile.ZipFile(RECORDINGS / entry["path"]) as archive:
        recorded = set(archive.read(archive.namelist()[0]).decode("utf-8-sig").split("\n"))
    assert recorded <= original | {""}


def _plain(name: str) -> list[dict[str, str]]:
    with (DATA / "figures" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _recorded(table: str) -> Counter[tuple[str, ...]]:
    """Time, region, labels of all axes and value of what was recorded from compiled figures."""
    axes = range(2, len(DATASETS[table].axes) + 2)
    return Counter(
        (line["time"], region_of(line), *(line[f"{n}_variable_attribute_label"] for n in axes), line["value"])
        for entry in ENTRIES
        if entry["table"] == table and entry["origin"]["layout"] == "figures"
        for line in lines_of(entry)
    )


@needs_data
def test_population_by_nationality_is_that_of_the_figures() -> None:
    words = {"Ausländer(innen)": "ausländisch", "Insgesamt": "Insgesamt"}
    assert _recorded("12411-03-03-4") == Counter(
        (r["reference_date"], r["region_key"], words[r["nationality"]], "Insgesamt", r["age_group"], r["value"])
        for r in _plain("12411-03-03-4_th_2019-2022.csv")
    )


@needs_data
def test_naturalisation_rates_are_those_of_the_figures() -> None:
    assert _recorded("12511-04-01-4") == Counter(
        (r["year"], r["region_key"], r["value_pct"].replace(".", ","))
        for r in _plain("12511-04-01-4_rate_th_2011-2024.csv")
    )


@needs_data
def test_population_is_recorded_under_the_table_that_the_figures_name() -> None:
    """What is not recorded from the figures agrees with the table that is recorded in its place."""
    recorded = _recorded("12411-01-01-4")
    real, ages = {}, Counter[tuple[str, str]]()
    for entry in ENTRIES:
        for line in lines_of(entry) if entry["table"] in ("12411-01-01-4", "12411-03-03-4", "12411-0018") else ():
            at = (line["time"], region_of(line))
            if entry["table"] == "12411-0018":
                ages[at] += int(line["value"])
            elif all(
                not line[f"{n}_variable_attribute_code"] for n in range(2, len(DATASETS[entry["table"]].axes) + 2)
            ):
                real[entry["table"], *at] = line["value"]
    for row in _plain("population_th_2015-2025.csv"):
        day, region, value = row["reference_date"], row["region_key"], row["value"]
        tables = row["tables"].split(" | ")
        if "Regionalstatistik 12411-01-01-4" in tables and day != "2024-12-31":
            assert recorded.pop((day, region, "Insgesamt", value)) == 1
        elif "Regionalstatistik 12411-01-01-4" in tables:
            assert real["12411-01-01-4", day, region] == value
        elif tables == ["Regionalstatistik 12411-03-03-4"]:
            assert real["12411-03-03-4", day, region] == value
        else:
            assert tables == ["GENESIS-Online 12411-0018"]
            assert str(ages[day, region]) == value
    assert not recorded


TOTALS_TIMES_TEN = sorted(
    {entry["table"] for entry in ENTRIES} - {"12411-0018", "12521-0041", "12531-0043", "12511-04-01-4"}
)  # the four have no totals in the recordings, or a rate that may lie anywhere


@pytest.mark.parametrize("table", TOTALS_TIMES_TEN)
def test_real_figures_times_ten_are_refused_without_any_figure_of_before(table: str) -> None:
    entry, member, data = newest(table)
    lines = data.decode("utf-8-sig").splitlines()
    place = lines[0].split(";").index("value")
    for number, line in enumerate(lines[1:], start=1):
        fields = line.split(";")
        if re.fullmatch(r"[1-9][0-9]*(,[0-9]+)?", fields[place]):
            whole, _, rest = fields[place].partition(",")
            fields[place] = f"{whole}{rest[:1] or '0'}" + (f",{rest[1:]}" if rest[1:] else "")
        lines[number] = ";".join(fields)
    with pytest.raises(ContractError, match=r"between .* and .*, found"):
        checked(entry, member, "\n".join([*lines, ""]).encode())
