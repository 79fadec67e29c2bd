"""What an observation has as `printed` stands at its locator, as the source's bytes have it."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import local_wire
import tls_wire
from ba_api_wire import KNOWN, dataset, parts, unemployed
from flat_answers import answer, observe, svb
from integrationsmonitor import landing, observation
from integrationsmonitor.settings import Settings
from integrationsmonitor.sources import ba_api, local_table, mapping, tls_table
from wire import catalog

REGIONS = catalog().regions


def mapped(answer: Any, found: Any, regions: Any = REGIONS) -> list[dict[str, Any]]:
    origin = mapping.Origin("answer", answer.layout, answer.sheet, KNOWN, "0" * 64, "p")
    return mapping.map_cells(answer.cells, found, regions, origin).observations.to_pylist()


def field_of(lines: list[list[str]], locator: str) -> str:
    found = re.fullmatch(r"(?:\S+ )?line (\d+), field (\d+)", locator)
    assert found, locator
    return lines[int(found[1]) - 1][int(found[2]) - 1]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["0", "17", "214969", "-", "."]), min_size=1, max_size=5))
def test_a_flat_answer_has_number_or_sign_at_line_and_field(words):
    kreise = ["16051", "16052", "16053", "16054", "16055"]
    data = answer(*(svb(region, word) for region, word in zip(kreise, words, strict=False)))
    lines = [line.split(";") for line in data.decode("utf-8-sig").split("\n")]
    rows = observe(data)
    assert [row["printed"] for row in rows] == words
    assert all(field_of(lines, row["raw_locator"]) == row["printed"] for row in rows)


def test_the_ba_prints_thousands_marks_and_they_stay():
    found = dataset("ba_api_alo")
    as_csv = parts(found, unemployed(), "csv")
    rows = mapped(ba_api.read_cells(as_csv, found, "bundle.zip", KNOWN), found)
    lines = {part.name: [line.split(";") for line in part.body.decode().split("\n")] for part in as_csv}
    assert all(field_of(lines[row["raw_locator"].split()[0]], row["raw_locator"]) == row["printed"] for row in rows)
    assert "1.000.010" in {row["printed"] for row in rows if row["value"] == 1_000_010}
    assert "5,1" in {row["printed"] for row in rows}


def test_of_json_the_shown_text_is_the_printed_one():
    found = dataset("ba_api_alo")
    as_json = parts(found, unemployed(), "json")
    shown = {part.name: [entry["showValue"] for entry in json.loads(part.body)] for part in as_json}
    for row in mapped(ba_api.read_cells(as_json, found, "bundle.zip", KNOWN), found):
        member, number = re.fullmatch(r"(\S+) line (\d+), field 1", row["raw_locator"]).groups()
        assert shown[member][int(number) - 1] == row["printed"]


def test_a_table_in_thousands_keeps_what_stands_there():
    found = catalog().datasets["tls_kr000108"]
    rows = mapped(tls_table.read_cells(tls_wire.table().csv(), found, "kr000108.csv", REGIONS), found)
    lines = list(csv.reader(io.StringIO(tls_wire.table().csv().decode()), delimiter=";"))
    assert all(field_of(lines, row["raw_locator"]) == row["printed"] for row in rows)
    assert {len(row["printed"].split(" ")) for row in rows} >= {2}, "blanks between thousands"


def test_a_number_of_a_workbook_has_its_canonical_text():
    found = catalog().datasets["tls_kr000108"]
    rows = mapped(tls_table.read_cells(tls_wire.table().xlsx(), found, "kr000108.xlsx", REGIONS), found)
    assert all(row["printed"] == f"{row['value']:f}".split(".")[0] for row in rows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(areas=st.dictionaries(st.sampled_from(["Nord", "Süd", "Ost", "West"]), st.tuples(*[st.integers(0, 30)] * 2)))
def test_what_a_threshold_hides_is_not_printed_either(tmp_path, areas):
    folder = tmp_path / "drop"
    folder.mkdir(exist_ok=True)
    found, known = local_wire.dataset(folder)
    whole = dict.fromkeys(("Nord", "Süd", "Ost", "West"), (0, 0)) | areas
    data = local_wire.csv(local_wire.rows(whole), before=[local_wire.TITLE, ""])
    rows = mapped(local_table.read_cells(data, found, "stadtteile_2025.csv", known.regions), found, known.regions)
    for row in rows:
        assert row["printed"] == ("*" if row["sign"] == "*" else f"{row['value']:.0f}")


def test_a_landing_from_before_the_column_is_whole_and_says_the_same(tmp_path):
    rows = observe(answer(svb("16051", "17"), svb("16052", "-")))
    whole = pa.Table.from_pylist(rows, schema=observation.schema((*observation.COLUMNS, *observation.STATED)))
    pq.write_table(whole, tmp_path / "new.parquet")
    pq.write_table(whole.drop_columns(["printed"]), tmp_path / "old.parquet")
    pq.write_table(whole.drop_columns(["sign"]), tmp_path / "torn.parquet")
    assert landing.is_whole(tmp_path / "old.parquet")
    assert landing.same_rows(tmp_path / "old.parquet", tmp_path / "new.parquet")
    assert not landing.is_whole(tmp_path / "torn.parquet")


def test_the_typed_file_without_rows_follows_the_columns(tmp_path):
    place = Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(tmp_path)})
    file = place.landing / "obs" / "_schema.parquet"
    file.parent.mkdir(parents=True)
    pq.write_table(observation.schema(("dataset_id", "value")).empty_table(), file)
    landing.ensure_schema_file(place)
    assert pq.read_schema(file).names == [*observation.COLUMNS, *observation.STATED]
