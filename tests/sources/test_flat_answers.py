"""Flat answers: what the source printed becomes observations, and anything unknown rejects the answer with its line."""

from __future__ import annotations

import io
import random
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flat_answers import NAME, PROJECT, answer, observe, svb
from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources.cells import in_memory
from integrationsmonitor.sources.genesis_ffcsv import _UntilFooter, read_cells
from wire import Cell, catalog, cells_of, flat, flat_header

DATA = PROJECT.parent / "shared" / "data" / "genesis_v5"
KREISE = [r.key for r in catalog().regions.values() if r.level == "kreis" and r.successor == ""]


def test_a_line_becomes_an_observation_with_its_place_in_the_file():
    (row,) = observe(answer(svb("16051", "12345", nat="NATA", sex="GESW")))
    assert (row["region_key"], row["region_level"], row["measure"]) == ("16051", "kreis", "svb_arbeitsort")
    assert (row["nationality"], row["sex"], row["age_group"]) == ("auslaendisch", "weiblich", "insgesamt")
    assert (row["value"], row["status"], row["sign"]) == (Decimal(12345), "value", None)
    assert (row["period_type"], row["period_start"], row["period_end"]) == (
        "stichtag",
        date(2019, 6, 30),
        date(2019, 6, 30),
    )
    assert (row["basis"], row["place"], row["unit"]) == ("BA_exact", "Arbeitsort", "Anzahl")
    assert row["raw_locator"] == "line 2, field 18"


def test_a_true_zero_is_the_value_zero_and_says_so():
    (row,) = observe(answer(svb("16051", "-")))
    assert (row["value"], row["status"], row["sign"]) == (Decimal(0), "zero", "-")


def test_a_hidden_cell_has_no_value():
    (row,) = observe(answer(svb("16051", ".")))
    assert (row["value"], row["status"], row["sign"]) == (None, "unknown_or_secret", ".")


def test_a_dissolved_kreis_is_not_zero():
    (row,) = observe(answer(svb("16056", "-", time="2022-06-30")))
    assert (row["value"], row["status"]) == (None, "not_existing")
    (row,) = observe(answer(svb("16056", "-", time="2019-06-30")))
    assert row["status"] == "zero"


def test_a_printed_nought_for_a_dissolved_kreis_is_not_zero_either():
    (row,) = observe(answer(svb("16056", "0", time="2022-06-30")))
    assert (row["value"], row["status"], row["sign"]) == (None, "not_existing", "0")


def test_a_value_for_a_dissolved_kreis_rejects_the_answer():
    with pytest.raises(ContractError, match="line 3: expected no value for 16056, which did not exist"):
        observe(answer(svb("16051", "5", time="2022-06-30"), svb("16056", "7", time="2022-06-30")))


def test_a_land_beside_nothing_but_dashes_has_not_delivered_its_kreise():
    rows = observe(answer(svb("16", "783130"), svb("16051", "-"), svb("16052", "-")))
    assert [(row["region_key"], row["status"], row["value"]) for row in rows] == [
        ("16", "value", Decimal(783130)),
        ("16051", "not_yet", None),
        ("16052", "not_yet", None),
    ]


def test_one_delivered_kreis_makes_the_dashes_of_the_others_zeros():
    rows = observe(answer(svb("16", "783130"), svb("16051", "5"), svb("16052", "-")))
    assert [row["status"] for row in rows] == ["value", "value", "zero"]


def test_the_land_is_loaded_once_and_must_agree_with_itself():
    rows = observe(answer(svb("16", "5"), svb("160", "5", name="Thüringen")))
    assert [row["region_key"] for row in rows] == ["16"]
    with pytest.raises(ContractError, match="line 3: expected the value of region 16, 5, for region 160, found 6"):
        observe(answer(svb("16", "5"), svb("160", "6", name="Thüringen")))


@pytest.mark.skipif(not DATA.is_dir(), reason="the real answers are not here")
def test_a_real_answer_prints_the_land_twice_and_is_refused_where_the_two_differ():
    """13111-01-03-4 of 2025 as the host sent it: 78,539 of 783,130 under 16 and once more under 160."""
    data = (DATA / NAME).read_bytes()
    land = [row for row in observe(data) if row["region_key"].startswith("16") and row["value"] is not None]
    assert {row["region_key"] for row in land} == {"16"}
    assert sorted(row["value"] for row in land) == [28066, 50473, 78539, 374069, 409061, 783130]
    again = re.findall(r"[^\n]*;160;Thüringen;[^\n]*", data.decode())
    assert len(again) == 6
    for line in again:
        other = re.sub(r";(\d+);Anzahl;", lambda found: f";{int(found[1]) + 1};Anzahl;", line)
        with pytest.raises(ContractError, match=r"expected the value of region 16, \d+, for region 160"):
            observe(data.replace(line.encode(), other.encode()))


def test_regions_outside_the_catalogue_are_left_out_but_an_unknown_kreis_of_thueringen_is_an_error():
    assert observe(answer(svb("09162", "9", name="München"), svb("16051", "1")))[0]["region_key"] == "16051"
    with pytest.raises(ContractError, match="line 2: expected a known Kreis of Thüringen, found '16099'"):
        observe(answer(svb("16099", "9", name="Neuer Kreis")))


def test_a_name_that_does_not_belong_to_its_key_is_an_error():
    with pytest.raises(ContractError, match="the name 'Erfurt' for region 16051, found 'Gera, kreisfreie Stadt'"):
        observe(answer(svb("16051", "9", name="Gera, kreisfreie Stadt")))


def test_byte_order_mark_carriage_returns_footer_and_order_change_nothing():
    lines = [svb(key, str(number)) for number, key in enumerate(KREISE)]
    plain = {(r["region_key"], r["value"]) for r in observe(answer(*lines))}
    assert {(r["region_key"], r["value"]) for r in observe(answer(*lines, bom=False))} == plain
    assert {(r["region_key"], r["value"]) for r in observe(answer(*lines, end="\r\n"))} == plain
    assert {(r["region_key"], r["value"]) for r in observe(answer(*lines, "__________", "Fußnote"))} == plain
    random.Random(1).shuffle(lines)
    assert {(r["region_key"], r["value"]) for r in observe(answer(*lines))} == plain


GOOD = svb("16051", "5")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "a table|a header and data lines"),
        (b"<html><body>Wartung</body></html>", "an HTML or XML page"),
        (b'{"Code":15,"Content":"nicht berechtigt"}', "a JSON message"),
        (answer(), "line 2: expected data lines, found none"),
        (
            answer(GOOD, head=flat_header(3).replace("time_label", "zeit_label")),
            "line 1, field 4: .* 'time_label'",
        ),
        (answer(GOOD, head=flat_header(3).replace(";value_unit", "")), "column 'value_unit'"),
        (answer(GOOD, head=flat_header(3) + ";mehr"), "line 1"),
        (answer(GOOD, head=flat_header(4)), "line 1"),
        (answer(GOOD, GOOD + ";zuviel"), "line 3: expected 21 fields, found 22"),
        (answer(GOOD, GOOD)[:-70], "line 3: expected 21 fields"),
        (answer(GOOD, svb("16052", "1.234")), r"line 3: expected a number or a sign .* found '1.234'"),
        (answer(GOOD, svb("16052", "217,159")), "line 3: expected a whole number, since it counts, found '217,159'"),
        (answer(GOOD, svb("16052", "1234567890123")), "line 3: .* found '1234567890123'"),
        (answer(GOOD, svb("16055", "5", name="Weimarer Land, Landkreis")), "the name 'Weimar' for region 16055"),
        (answer(GOOD, svb("16052", "12a")), "line 3: .* found '12a'"),
        (answer(GOOD, svb("16052", "")), "line 3: .* found ''"),
        (answer(GOOD, svb("16052", "?")), "line 3: .* found '\\?'"),
        (answer(GOOD, svb("16052", "5", unit="1000")), "line 3: .* 'Anzahl' .* found '1000'"),
        (answer(GOOD.replace(";NAT;", ";NAX;")), "NAX"),
        (answer(GOOD.replace("ERW032", "ERW099")), "line 2: expected a known measure: 'ERW032', found 'ERW099'"),
        (answer(GOOD.replace("GES;Geschlecht;;Insgesamt", "GES;Geschlecht;;Zusammen")), "found 'Zusammen'"),
        (answer(GOOD.replace("GES;Geschlecht;;", "GES;Geschlecht;GESX;")), "found 'GESX'"),
        (answer(GOOD.replace("2019-06-30", "30.06.19")), "line 2: expected a time of the kind stichtag"),
        (answer(GOOD.replace("13111;", "13112;", 1)), "expected a known statistic: '13111', found '13112'"),
        (answer(GOOD).replace("ä".encode(), b"\xe4"), "line 2: expected UTF-8"),
    ],
)
def test_what_is_unknown_rejects_the_answer_and_says_where(data, problem):
    with pytest.raises(ContractError, match=problem) as raised:
        observe(data)
    assert "regio_13111_01_03_4" in str(raised.value)
    assert NAME in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("last", [3, 5])
def test_a_stray_quote_does_not_take_lines_for_its_own(last):
    lines = [svb(key, str(number)) for number, key in enumerate(KREISE[:6])]
    for number, mark in ((1, ';"'), (last, '";')):
        code, label, rest = lines[number].split(";", 2)
        lines[number] = f"{code}{mark}{label}{rest}" if mark == ';"' else f"{code};{label}{mark}{rest}"
    with pytest.raises(ContractError, match=rf"expected one figure per line, found {6 - last + 1} in 6 lines|fields"):
        observe(answer(*lines))


GENESIS = [dataset for dataset in catalog().datasets.values() if dataset.connector == "genesis"]
PRINTED = st.integers(0, 10**9).map(str) | st.sampled_from(["-", ".", "x", "0", "...", "/", "(7)", "1,5"])


@st.composite
def written_tables(draw):
    """A dataset's file, and random cells of its table in random order, each place once."""
    dataset = draw(st.sampled_from(GENESIS))
    places = st.tuples(
        st.sampled_from(["2019-06-30", "2020", "2023-10P6M"]),
        st.sampled_from([*KREISE, "16", "DG", "160", "09162", "16056"]),
        st.sampled_from([measure.code for measure in dataset.measures]),
        st.tuples(*(st.sampled_from([value.code for value in axis.values]) for axis in dataset.axes)),
    )
    found = draw(st.dictionaries(places, st.tuples(PRINTED, st.sampled_from(["", "e", "p", "r", "s"])), min_size=1))
    return dataset, [Cell(t, r, "Irgendwo", m, codes, *said) for (t, r, m, codes), said in found.items()]


@settings(deadline=None)
@given(written_tables(), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_nothing_is_lost_or_invented_between_writing_and_reading(written, bom, end):
    """Every dataset's file: each cell comes back once, with its line."""
    dataset, cells = written
    data = end.join([*flat(dataset, cells, quality=True), ""]).encode("utf-8-sig" if bom else "utf-8")
    read = read_cells(in_memory(data), dataset, NAME).cells
    assert cells_of(read, dataset) == cells
    assert read["line"].to_pylist() == list(range(2, len(cells) + 2))


values = st.one_of(st.integers(0, 10**9).map(str), st.sampled_from(["-", ".", "x"]))
keys = st.tuples(st.sampled_from(KREISE), st.sampled_from(["", "NATA"]), st.sampled_from(["", "GESM", "GESW"]))


@given(st.dictionaries(keys, values, min_size=1, max_size=30))
def test_every_cell_becomes_its_observation(written):
    lines = [svb(region, value, nat=nat, sex=sex) for (region, nat, sex), value in written.items()]
    words = {"": "insgesamt", "NATA": "auslaendisch", "GESM": "maennlich", "GESW": "weiblich"}
    expected = {(region, words[nat], words[sex]): value for (region, nat, sex), value in written.items()}
    found = {
        (row["region_key"], row["nationality"], row["sex"]): row["sign"] or f"{row['value']:.0f}"
        for row in observe(answer(*lines))
    }
    assert found == expected


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters=';"\n\r\0'), max_size=12)
    | st.from_regex(r"\A[-+(]?[0-9.,  ' ]{1,9}[epr)%]?\Z")
)
def test_a_cell_is_exactly_its_number_or_an_explained_sign_or_refused(text):
    try:
        (row,) = observe(answer(svb("16051", text)))
    except ContractError as problem:
        assert "line 2" in str(problem)
        return
    if row["sign"] is None:
        assert text.isascii()
        assert text.removeprefix("-").isdecimal()
        assert row["value"] == Decimal(text)
        assert row["value"] or "-" not in text, "a sign never becomes 0"
    else:
        assert row["sign"] == text
        assert row["status"] == {"-": "zero", ".": "unknown_or_secret", "x": "not_meaningful"}[text]
        assert row["value"] == (Decimal(0) if text == "-" else None)


FRACTIONS = replace(
    catalog().datasets["regio_13111_01_03_4"],
    measures=tuple(replace(m, fractions=True) for m in catalog().datasets["regio_13111_01_03_4"].measures),
)


@given(st.integers(0, 10**11), st.integers(0, 10**6 - 1))
def test_decimal_commas_are_exact(whole, part):
    (row,) = observe(answer(svb("16051", f"{whole},{part:06d}")), FRACTIONS)
    assert row["value"] == Decimal(f"{whole}.{part:06d}")


def test_the_basis_follows_the_period_and_what_was_known_when():
    found = catalog()
    dataset = found.datasets["regio_12411_01_01_4"]
    assert {rule.basis for rule in dataset.basis} == {
        "Fortschreibung_ZER",
        "Fortschreibung_Zensus2011",
        "Fortschreibung_Zensus2022",
    }
    without = replace(found.datasets["regio_13111_01_03_4"], basis=())
    with pytest.raises(ContractError, match="a rule under `basis` for 2019-06-30, found none"):
        observe(answer(GOOD), without)


@pytest.mark.skipif(not DATA.is_dir(), reason="the real answers are not here")
@pytest.mark.parametrize("path", sorted(DATA.glob("*_flat.csv")), ids=lambda path: path.stem[:14])
def test_the_real_flat_answers_are_read_whole(path):
    table = "-".join(path.name.split("_")[0].split("-"))
    dataset = next(d for d in catalog().datasets.values() if d.table == table)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    names, rows = lines[0].split(";"), [line.split(";") for line in lines[1:]]
    cells = read_cells(in_memory(path.read_bytes()), dataset, path.name).cells
    assert cells.num_rows == len(rows)
    assert cells["value"].to_pylist() == [row[names.index("value")] for row in rows]
    assert cells["line"].to_pylist() == list(range(2, len(lines) + 1))
    regions = {"DG", *(r.key for r in catalog().regions.values())}
    region_field = 8 - 1
    in_scope = [row for row in rows if row[region_field] in regions]
    assert len(observe(path.read_bytes(), dataset, path.name)) == len(in_scope)


@given(st.integers(1, 60), st.booleans())
def test_a_footer_ends_the_lines_wherever_the_pieces_are_cut(size, footed):
    lines = b"a;b\n1;2\n_3;_\n"
    rest = b"__________\n" + "Stand: heute © Amt\n".encode()
    stream = _UntilFooter(io.BytesIO(lines + rest * footed))
    pieces = iter(partial(stream.read, size), b"")
    assert b"".join(pieces) == lines
