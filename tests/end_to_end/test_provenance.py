"""From every published value back to the bytes: found at its place, recomputed, followed to the original file.

Read here in the plainest way, with none of the project's code: the archive by its file names, a ZIP's only member,
lines and fields; formulas from the catalogue's YAML.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import python_calamine
import yaml

from night_support import PROJECT, Night

DATA = PROJECT.parent / "shared" / "data"
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
Row = dict[str, Any]


def rows(night: Night, table: str) -> list[Row]:
    names = [name for (name,) in night.query("select column_name from duckdb_columns() where table_name = ?", table)]
    return [dict(zip(names, row, strict=True)) for row in night.query(f"select {', '.join(names)} from {table}")]


@pytest.fixture(scope="module")
def parts(recorded_home: Night) -> list[Row]:
    return rows(recorded_home, "mart_provenance")


@pytest.fixture(scope="module")
def values(recorded_home: Night) -> list[Row]:
    return rows(recorded_home, "mart_indicator")


@pytest.fixture(scope="module")
def corrected(recorded_home: Night) -> set[str]:
    found = recorded_home.query("select observation_id from mart_correction where is_applied and action <> 'flag'")
    return {observation_id for (observation_id,) in found}


# --- the archive, read plainly ---------------------------------------------------------------------------------------


@cache
def lines_of(file: Path) -> list[list[str]]:
    """The fields of every line of an archived answer, whose name is its hash."""
    raw = file.read_bytes()
    assert hashlib.sha256(raw).hexdigest() == file.name
    if not raw.startswith(b"PK"):
        reader = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
        placed, last = [], 0
        for fields in reader:  # a quoted citation may go on in the next line
            placed += [fields, *([[]] * (reader.line_num - last - 1))]
            last = reader.line_num
        return placed
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        (member,) = packed.namelist()
        return [line.split(";") for line in packed.read(member).decode("utf-8-sig").split("\n")]


def text_at(night: Night, part: Row) -> str:
    lines = lines_of(night.home / "archive" / "raw" / part["raw_sha256"][:2] / part["raw_sha256"])
    line = int(re.match(r"line (\d+)", part["raw_locator"])[1])
    column = lines[0].index(part["raw_column"])
    field = re.search(r"field (\d+)$", part["raw_locator"])
    assert field is None or int(field[1]) == column + 1
    return lines[line - 1][column].strip()


def test_every_part_of_every_value_stands_at_its_place_in_the_archive(recorded_home: Night, parts: list[Row]) -> None:
    assert len(parts) > 5000
    for part in parts:
        assert text_at(recorded_home, part) == part["printed"], part


def test_a_printed_number_is_the_used_one_unless_we_corrected_it(parts: list[Row], corrected: set[str]) -> None:
    for part in parts:
        if part["observation_id"] in corrected:
            continue
        if NUMBER.fullmatch(part["printed"]):
            assert Decimal(part["printed"].replace(",", ".")) == part["used_value"], part
        else:
            assert part["used_value"] in (None, 0), part
            assert part["status"] != "value", part


# --- recomputed ------------------------------------------------------------------------------------------------------


class Formula(NamedTuple):
    """How a variant is computed; `of` and `against` name the two that a difference is made of."""

    kind: str
    factor: int
    of: tuple[str, str]
    against: tuple[str, str]


def formulas() -> dict[tuple[str, str], Formula]:
    """Formula and factor of every variant."""
    catalogue = yaml.safe_load((PROJECT / "catalog" / "indicators.yml").read_text(encoding="utf-8"))
    return {
        (indicator["id"], variant["key"]): Formula(
            variant["formula"],
            variant.get("factor", 1),
            tuple(variant.get("of", {}).values()),
            tuple(variant.get("against", {}).values()),
        )
        for indicator in catalogue["indicators"]
        for variant in indicator["variants"]
    }


def used(parts: list[Row]) -> Decimal | None:
    """What the parts of one role make together: the number itself, or the sum of all, each with its share."""
    if len(parts) == 1 and parts[0]["weight"] == 1:
        return parts[0]["used_value"]
    if not parts or any(part["weight"] is None for part in parts):
        return None
    if not all(part["status"] in ("value", "zero", "rounded_to_zero") for part in parts):
        return None
    with localcontext(prec=60):
        whole = sum(((part["used_value"] or Decimal(0)) * part["weight"] for part in parts), Decimal(0))
        return whole.quantize(Decimal("1e-6"), ROUND_HALF_UP)


def result(formula: Formula, numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """The formula's number, to ten digits; None where a part has none."""
    if numerator is None or (formula.kind in ("ratio", "index") and not denominator):
        return None
    quotient = numerator * formula.factor
    if formula.kind in ("ratio", "index"):
        quotient /= denominator
    return quotient.quantize(Decimal("1e-10"), ROUND_HALF_UP)


def difference(known: dict[tuple[str, str], Formula], formula: Formula, mine: dict[str, list[Row]]) -> Decimal | None:
    """Of two values; of two shares of one whole it is that of their counts over it."""
    assert formula.kind == "difference"
    sides = [
        (known[side], used(mine[f"{prefix}numerator"]), used(mine[f"{prefix}denominator"]))
        for side, prefix in ((formula.of, ""), (formula.against, "against_"))
    ]
    results = [result(*side) for side in sides]
    if None in results:
        return None
    cells = [[part["observation_id"] for part in mine[role]] for role in ("denominator", "against_denominator")]
    if cells[0] and cells[0] == cells[1]:
        return result(known[formula.of], sides[0][1] - sides[1][1], sides[0][2])
    return results[0] - results[1]


def test_every_value_is_recomputed_from_its_parts(values: list[Row], parts: list[Row]) -> None:
    by_value: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for part in parts:
        by_value[part["value_id"]][part["role"]].append(part)
    known, recomputed = formulas(), 0
    for value in values:
        formula = known[value["indicator_id"], value["variant"]]
        mine = by_value[value["value_id"]]
        if value["status"] == "not_recorded":
            assert not mine, value
            continue
        assert mine["numerator"], value
        is_adopted = "adopted" in (formula.kind, known[formula.of].kind if formula.of else "")
        if value["territory"] == "harmonised" and is_adopted:
            assert (value["value"], value["status"]) == (None, "not_convertible"), value
            continue
        if formula.of:
            expected = difference(known, formula, mine)
        else:
            numerator, denominator = used(mine["numerator"]), used(mine["denominator"])
            if not is_adopted:
                assert (value["numerator"], value["denominator"]) == (numerator, denominator), value
            expected = result(formula, numerator, denominator)
        assert value["value"] == expected, value
        recomputed += expected is not None
    assert recomputed == sum(value["value"] is not None for value in values) > 3000


def test_parts_are_numbered_and_a_lone_part_is_no_sum(parts: list[Row]) -> None:
    roles: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for part in parts:
        roles[part["value_id"], part["role"]].append(part)
    for group in roles.values():
        assert sorted(part["part_no"] for part in group) == [*range(1, len(group) + 1)]
        assert {part["is_part_of_sum"] for part in group} == {len(group) > 1}
        assert len({part["observation_id"] for part in group}) == len(group)


# --- on to the original file -----------------------------------------------------------------------------------------


def numbers(text: str) -> list[int]:
    found = [part.partition("-") for part in text.split(",")]
    return [number for first, _, last in found for number in range(int(first), int(last or first) + 1)]


def places(text: str) -> list[str]:
    """What recordings/README.md says of `origin.locators`."""
    found = []
    if "!" in text:
        sheet, ranges = text.split("!")
        for part in ranges.split(","):
            left, top, right, bottom = re.fullmatch(r"([A-Z])(\d+):([A-Z])(\d+)", part).groups()
            columns = [chr(code) for code in range(ord(left), ord(right) + 1)]
            found += [f"{sheet}!{column}{row}" for row in range(int(top), int(bottom) + 1) for column in columns]
        return found
    for part in text.split("; "):
        lines, fields = re.fullmatch(r"line (\S+), field (\S+)", part).groups()
        found += [f"line {line}, field {field}" for line in numbers(lines) for field in numbers(fields)]
    return found


@pytest.fixture(scope="module")
def origins() -> dict[str, Row]:
    manifest = json.loads((PROJECT / "recordings" / "manifest.json").read_text(encoding="utf-8"))
    return {
        entry["sha256"]: {**entry, "places": places(entry["origin"]["locators"])} for entry in manifest["recordings"]
    }


def test_every_recorded_part_leads_on_to_its_original_file(parts: list[Row], origins: dict[str, Row]) -> None:
    followed = 0
    for part in parts:
        told = tuple(part[f"origin_{name}"] for name in ("file", "sha256", "locator", "stand"))
        if part["raw_sha256"] not in origins:
            assert part["url"].startswith("file:catalog/local/")
            assert told == (None, None, None, None), part
            continue
        entry = origins[part["raw_sha256"]]
        line = int(re.match(r"line (\d+)", part["raw_locator"])[1])
        origin = entry["origin"]
        assert told == (origin["file"], origin["sha256"], entry["places"][line - 2], origin["stand"]), part
        followed += 1
    assert followed > 5000


@cache
def original(name: str) -> dict[str, str]:
    """Every field of an original file by its place."""
    raw = (DATA / name).read_bytes()
    if name.endswith(".xlsx"):
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        sheet = book.sheet_names[0]
        table = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return {
            f"{sheet}!{chr(65 + at)}{row}": f"{cell:.15g}" if isinstance(cell, float) else str(cell)
            for row, cells in enumerate(table, start=1)
            for at, cell in enumerate(cells[:26])
        }
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    lines = csv.reader(text.split("\n"), delimiter="," if name.startswith("figures/") else ";")
    return {f"line {n}, field {at}": field for n, fields in enumerate(lines, 1) for at, field in enumerate(fields, 1)}


@pytest.mark.skipif(not DATA.is_dir(), reason="the real files in ../shared/data are not on this machine")
def test_every_recorded_part_stands_in_its_original_file(parts: list[Row]) -> None:
    for part in parts:
        if part["origin_file"]:
            found = original(part["origin_file"])[part["origin_locator"]].strip()
            printed = found.replace(".", ",") if part["origin_file"].startswith("figures/") else found
            assert printed == part["printed"], part
    for name in {part["origin_file"] for part in parts} - {None}:
        hashes = {part["origin_sha256"] for part in parts if part["origin_file"] == name}
        assert hashes == {hashlib.sha256((DATA / name).read_bytes()).hexdigest()}
    original.cache_clear()


# --- monitor explain -------------------------------------------------------------------------------------------------

INPUT = {"raw_sha256", "raw_locator", "printed", "column", "url", "retrieved_at", "licence", "origin"}
HEAVY = {"pandas", "pyarrow", "dbt", "great_expectations", "airflow", "httpx"}


@pytest.mark.parametrize(
    ("question", "value", "numbers_of"),
    [
        (("A01", "--region", "16070", "--period", "2022-12-31"), 8.8240803177, ["9422", "106776"]),
        (("A01", "--region", "Ilm-Kreis", "--period", "2022"), 8.8240803177, ["9422", "106776"]),
        (("E10", "--region", "16070", "--period", "2016"), 16.3, ["16,3"]),
        (("E10", "--region", "16070", "--period", "2017"), None, ["."]),
    ],
)
def test_explain_tells_a_value_with_its_parts_as_json(
    recorded_home: Night, question: tuple[str, ...], value: float | None, numbers_of: list[str]
) -> None:
    facts = recorded_home.monitor("explain", *question, "--json").json
    assert facts["value"] == value
    assert {"value_id", "value", "status", "formula", "inputs"} <= set(facts)
    assert [part["printed"] for part in facts["inputs"]] == numbers_of
    for part in facts["inputs"]:
        assert set(part) >= INPUT
        assert set(part["origin"]) == {"file", "sha256", "locator", "stand"}
    if value is None:
        assert (facts["status"], facts["citation_de"]) == ("unknown_or_secret", None)
        assert [entry["period_end"] for entry in facts["instead"]["periods"]] == ["2016-12-31", "2019-12-31"]
    else:
        assert f"Wert {facts['value_id']}@{recorded_home.release['release_id']}" in facts["citation_de"]
    assert recorded_home.monitor("explain", facts["value_id"], "--json").json == facts


def test_explain_tells_every_member_of_a_sum(recorded_home: Night) -> None:
    facts = recorded_home.monitor("explain", "A03", "--region", "16051", "--period", "2025", "--json").json
    parts = [part for part in facts["inputs"] if part["role"] == "denominator"]
    assert len(parts) == 22
    assert all(part["is_part_of_sum"] for part in parts)
    assert sum(part["value"] for part in parts) == facts["denominator"] == 187990


def test_explain_is_quick_since_it_imports_nothing_heavy(recorded_home: Night) -> None:
    code = (
        "import sys; sys.argv = ['monitor', 'explain', 'A01', '--region', '16070', '--period', '2022']\n"
        "from integrationsmonitor.cli import main\n"
        "try: main()\n"
        "finally: print('MODULES', *{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=recorded_home.environment, capture_output=True, text=True, check=True
    )
    text, _, modules = done.stdout.partition("MODULES")
    assert "9.422 ÷ 106.776 × 100 = 8,82 %" in text
    assert not HEAVY & set(modules.split())


def test_what_explain_does_not_find_is_one_line_and_exit_code_1(recorded_home: Night) -> None:
    told = recorded_home.monitor("explain", "A01", "--region", "Ilmkreis", "--period", "2022")
    assert (told.code, told.out) == (1, "")
    assert told.err == "monitor: 'Ilmkreis' is no region; the nearest: Ilm-Kreis\n"


def test_a_gap_is_told_with_the_variant_beside_it_and_the_mixture_that_is_not_formed(recorded_home: Night) -> None:
    """Both figures for 2018 are known: those of the Kreis itself, and its population as the office has it."""
    question = ("explain", "A01", "--region", "16070", "--period", "2018-12-31")
    facts = recorded_home.monitor(*question, "--json").json
    assert (facts["value"], facts["status"], facts["inputs"]) == (None, "not_recorded", [])
    (own,) = facts["instead"]["variants"]
    assert (own["variant"], own["numerator"], own["denominator"]) == ("kreisangabe", 6504, 106402)
    assert "6.504 ÷ 106.402 × 100 = 6,11 %" in own["text_de"]
    (mixture,) = facts["instead"]["mixtures"]
    assert mixture["text_de"].startswith("6.504 ÷ 108.742 × 100 = 5,98 % mischt zwei Grundlagen")
    formed = "select count(*) from mart_indicator where numerator = 6504 and denominator = 108742"
    assert recorded_home.query(formed) == [(0,)]
    text = " ".join(recorded_home.monitor(*question).out.split())
    assert "Ergebnis keine Zahl" in text
    assert mixture["text_de"] in text
    beside = recorded_home.monitor(*question, "--variant", "kreisangabe", "--json").json
    assert [part["printed"] for part in beside["inputs"]] == ["6504", "106402"]
    assert not beside["variant"]["is_default"]


def test_two_bases_of_one_day_are_two_variants(recorded_home: Night) -> None:
    facts = recorded_home.monitor("explain", "A00", "--region", "16051", "--period", "2022", "--json").json
    assert (facts["value"], facts["basis"]) == (218769, "Fortschreibung_Zensus2022")
    assert [(entry["value"], entry["basis"]) for entry in facts["variants"]] == [(214969, "Fortschreibung_Zensus2011")]
