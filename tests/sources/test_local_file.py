"""Curated figures: what stands in the file comes out, with its line and citation; anything odd rejects the file."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.catalog import Catalog, load_catalog
from integrationsmonitor.dataset import Dataset, SignRule
from integrationsmonitor.errors import ContractError
from integrationsmonitor.observation import COLUMNS, STATED, schema
from integrationsmonitor.sources.local_file import ORIGIN, REQUIRED, read_local
from wire import local

PROJECT = Path(__file__).parents[2]
FILLED = {
    "region_key": "16051",
    "period_start": "2018-12-31",
    "period_end": "2018-12-31",
    "measure": "auslaender_azr",
    "sex": "",
    "nationality": "auslaendisch",
    "citizenship_key": "",
    "dimensions": "",
    "value": "18075",
    "unit": "Anzahl",
    "basis": "AZR",
    "known_from": "2019-04-30",
    "known_from_quality": "upper_bound",
    "citation": "Presse; „April“, 2019",
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(PROJECT / "catalog")


@pytest.fixture(scope="module")
def dataset(catalog: Catalog) -> Dataset:
    return catalog.datasets["local_azr_presse"]


def read(catalog: Catalog, dataset: Dataset, data: bytes) -> list[dict[str, object]]:
    return read_local(data, dataset, "figures.csv", catalog.regions).observations.to_pylist()


def test_a_figure_becomes_an_observation(catalog, dataset):
    data = local(FILLED)
    table = read_local(data, dataset, "figures.csv", catalog.regions, parse_key="p7").observations
    assert table.schema.names == [*COLUMNS, *STATED]
    assert table.schema.field("value").type == schema().field("value").type
    row = table.to_pylist()[0]
    assert (row["region_key"], row["region_level"], row["period_end"]) == ("16051", "kreis", date(2018, 12, 31))
    assert (row["measure"], row["value"], row["status"], row["sign"]) == ("auslaender_azr", 18075, "value", None)
    assert (row["sex"], row["nationality"], row["citizenship_key"]) == ("insgesamt", "auslaendisch", "insgesamt")
    assert (row["basis"], row["place"], row["territory_date"]) == ("AZR", "none", date(2018, 12, 31))
    assert (row["raw_locator"], row["parse_key"]) == ("line 2", "p7")
    assert row["raw_sha256"] == hashlib.sha256(data).hexdigest()
    assert (row["stated_known_from"], row["stated_known_from_quality"]) == (date(2019, 4, 30), "upper_bound")
    assert row["citation"] == FILLED["citation"]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_separator_line_end_and_byte_order_mark_do_not_matter(catalog, dataset, delimiter, end, mark):
    plain = read(catalog, dataset, local(FILLED))
    other = read(catalog, dataset, mark + local(FILLED, delimiter=delimiter, end=end))
    for row in (*plain, *other):
        del row["raw_sha256"]
    assert plain == other


def test_a_citation_may_span_lines_and_the_next_figure_keeps_its_line(catalog, dataset):
    rows = read(catalog, dataset, local({**FILLED, "citation": "one\ntwo"}, {**FILLED, "region_key": "16"}))
    assert [row["raw_locator"] for row in rows] == ["line 2", "line 4"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"region_key": "16099"}, "a region of catalog/regions.yml"),
        ({"region_key": ""}, "a region of catalog/regions.yml"),
        ({"region_key": "16099:ost"}, "a region of catalog/regions.yml"),
        ({"region_key": "16056", "period_start": "2022-12-31", "period_end": "2022-12-31"}, "existed on 2022-12-31"),
        ({"period_end": "31.12.2018"}, "period_end as YYYY-MM-DD"),
        ({"period_end": "2018-02-30"}, "period_end as YYYY-MM-DD"),
        ({"period_start": "2018-01-01"}, "a Stichtag, whose start is its end"),
        ({"measure": "deutsche"}, "a measure among auslaender_azr"),
        ({"unit": "1000"}, "the unit 'Anzahl'"),
        ({"basis": "Fortschreibung_Zensus2011"}, "a basis among AZR"),
        ({"sex": "w"}, "sex among insgesamt, maennlich"),
        ({"nationality": "Ausländer"}, "nationality among"),
        ({"citizenship_key": "Syrien!"}, "citizenship_key in small letters"),
        ({"dimensions": "b=1|a=2"}, "sorted by key"),
        ({"dimensions": "sex=1"}, "key=value"),
        ({"dimensions": "nonsense"}, "key=value"),
        ({"value": ""}, "a number"),
        ({"value": "18.075,5"}, "a number"),
        ({"value": "18,075"}, "a number"),
        ({"value": "1e5"}, "a number"),
        ({"value": "-0"}, "a number"),
        ({"value": "NaN"}, "a number"),
        ({"value": "1.0000001"}, "a number"),
        ({"value": "1234567890123"}, "a number"),
        ({"value": "١٨"}, "a number"),
        ({"value": "-"}, "a sign of the dataset's file"),
        ({"known_from": "2019"}, "known_from as YYYY-MM-DD"),
        ({"known_from_quality": "sure"}, "known_from_quality among"),
        ({"citation": " "}, "a citation"),
    ],
)
def test_what_is_odd_rejects_the_file_with_its_line(catalog, dataset, change, expected):
    data = local({**FILLED, "region_key": "16"}, {**FILLED, **change})
    with pytest.raises(ContractError, match="line 3") as caught:
        read(catalog, dataset, data)
    assert str(caught.value).startswith("local_azr_presse: figures.csv, line 3: expected ")
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "line 1: expected a header"),
        (local({**FILLED, "comment": "x"}), "line 1: expected columns among"),
        (local({"Value": "1", **FILLED}), "found 'Value'"),
        (local(FILLED).replace(b"sex", b"unit", 1), "found 'unit' twice"),
        *[(local({k: v for k, v in FILLED.items() if k != n}), f"a column '{n}'") for n in (*REQUIRED, *ORIGIN)],
        (local(FILLED) + b"16051,2018-12-31\n", "line 3: expected 14 fields, found 2"),
        (local(FILLED) + b"\n", "line 3: expected 14 fields, found 0"),
        (local(FILLED) + b'"open', "fields in CSV"),
        (local(FILLED).replace("„".encode(), b"\x84"), "line 2: expected UTF-8, found the byte 0x84"),
    ],
)
def test_a_file_of_another_shape_is_rejected(catalog, dataset, data, expected):
    with pytest.raises(ContractError) as caught:
        read(catalog, dataset, data)
    assert expected in str(caught.value)


def test_a_figure_that_stands_twice_is_rejected(catalog, dataset):
    data = local(FILLED, {**FILLED, "region_key": "16"}, {**FILLED, "value": "18080"})
    with pytest.raises(ContractError, match="line 4: expected every figure once, found the figure of line 2 again"):
        read(catalog, dataset, data)


def test_a_local_region_belongs_to_its_kreis(catalog, dataset):
    row = read(catalog, dataset, local({**FILLED, "region_key": "16051:nord-1"}))[0]
    assert (row["region_key"], row["region_level"]) == ("16051:nord-1", "lokal")


def test_signs_and_decimal_mark_are_those_of_the_dataset_file(catalog, dataset):
    own = replace(
        dataset,
        source={**dataset.source, "decimal": ","},
        signs=(SignRule("-", "zero"), SignRule(".", "unknown_or_secret")),
    )
    data = local({**FILLED, "value": "7,25"}, {**FILLED, "region_key": "16", "value": "-"})
    data += local({**FILLED, "region_key": "DG", "value": "."}).split(b"\n", 1)[1]
    found = [(row["value"], row["sign"], row["status"]) for row in read(catalog, own, data)]
    assert found == [(Decimal("7.25"), None, "value"), (0, "-", "zero"), (None, ".", "unknown_or_secret")]
    with pytest.raises(ContractError, match="after ','"):
        read(catalog, own, local({**FILLED, "value": "7.25"}))


def test_what_the_dataset_file_sets_may_be_left_out_but_not_contradicted(catalog, dataset):
    own = replace(dataset, constants={"nationality": "auslaendisch", "title": "all"})
    without = {name: value for name, value in FILLED.items() if name != "nationality"}
    row = read(catalog, own, local(without))[0]
    assert (row["nationality"], row["dimensions"]) == ("auslaendisch", "title=all")
    with pytest.raises(ContractError, match="nationality 'auslaendisch', which the dataset's file sets"):
        read(catalog, own, local({**FILLED, "nationality": "deutsch"}))


numbers = st.decimals(0, 999_999_999_999, places=3, allow_nan=False, allow_infinity=False)
citations = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip)


@given(st.lists(st.tuples(numbers, citations), min_size=1, max_size=8), st.sampled_from(",;"))
def test_what_is_written_is_read_back(catalog, dataset, figures, delimiter):
    keys = list(catalog.regions)[: len(figures)]
    lines = [
        {**FILLED, "region_key": key, "value": str(number), "citation": citation}
        for key, (number, citation) in zip(keys, figures, strict=True)
    ]
    rows = read(catalog, dataset, local(*lines, delimiter=delimiter))
    assert [(row["region_key"], row["value"], row["citation"]) for row in rows] == [
        (line["region_key"], Decimal(line["value"]), line["citation"].strip()) for line in lines
    ]


@given(st.binary(max_size=80), st.integers(0, 400), st.integers(0, 5))
def test_damage_is_rejected_or_read_as_it_stands(catalog, dataset, noise, position, cut):
    """Whatever bytes come: a ContractError, or figures that stand in the file."""
    data = local(FILLED, {**FILLED, "region_key": "16"})
    damaged = data[:position] + noise + data[position + cut :]
    try:
        rows = read(catalog, dataset, damaged)
    except ContractError:
        return
    text = damaged.decode("utf-8-sig")
    for row in rows:
        assert str(row["value"]).rstrip("0").rstrip(".") in text or row["value"] == 0
        assert str(row["citation"]) in text.replace('""', '"')


@pytest.mark.parametrize(("name", "rows"), [("local_azr_presse", 34), ("local_kreisangaben_2019", 9)])
def test_the_curated_files_are_read_whole(catalog, name, rows):
    own = catalog.datasets[name]
    path = PROJECT / own.table
    observations = read_local(path.read_bytes(), own, path.name, catalog.regions).observations
    assert observations.num_rows == rows
    assert observations["citation"].null_count == observations["value"].null_count == 0
