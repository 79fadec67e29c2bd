"""Tables that a Kreis delivers by hand: what the description says is read, everything else is refused."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import local_wire as wire
from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources.local_table import read_cells

NAME = "stadtteile_2025.csv"
COUNTS = {"Nord": (1010, 1020), "Süd": (1030, 1040), "Ost": (1050, 1060), "West": (1070, 1080)}
RATE = {"field": "value", "measure": "zufriedenheit", "unit": "Prozent"}
IN_2025 = {"constants": None, "period": {"type": "jahressumme", "value": "2025"}}
SURVEY = {"mode": "online", "from": "2025-03-01", "to": "2025-03-31", "population_de": "Erfundene Befragte"}


def read(folder: Path, data: bytes, name: str = NAME, **changes: Any) -> dict[tuple[str, ...], str]:
    """Region, measure, axis words → value, as the reader hands it on."""
    dataset, catalog = wire.dataset(folder, **changes)
    assert not dataset.problem
    cells = read_cells(data, dataset, name, catalog.regions).cells.to_pylist()
    axes = [f"a_{axis.code}" for axis in dataset.axes]
    return {(row["region_code"], row["measure"], *(row[axis] for axis in axes)): row["value"] for row in cells}


def refused(folder: Path, data: bytes, name: str = NAME, **changes: Any) -> str:
    dataset, catalog = wire.dataset(folder, **changes)
    assert not dataset.problem
    with pytest.raises(ContractError) as caught:
        read_cells(data, dataset, name, catalog.regions)
    return str(caught.value)


def columns(**changes: Any) -> dict[str, Any]:
    return {**wire.description()["columns"], **changes}


def test_every_line_becomes_a_cell_with_its_place(tmp_path):
    dataset, catalog = wire.dataset(tmp_path)
    data = wire.csv(wire.rows(COUNTS), before=[wire.TITLE, ""], after=["Quelle: erfunden"])
    answer = read_cells(data, dataset, NAME, catalog.regions)
    first = answer.cells.to_pylist()[0]
    assert (answer.layout, answer.sheet, answer.cells.num_rows) == ("table", None, 15)
    assert first == {
        "line": 4, "col": 4, "time": "2025-12-31", "region_code": "16070:01", "region_label": "Nord",
        "measure": "personen_lokal", "a_nationality": "auslaendisch", "a_sex": "maennlich", "value": "1010",
        "quality": "", "printed": "1.010",
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_encoding_and_delimiter_are_found(tmp_path, encoding, delimiter):
    read_again = read(tmp_path, wire.csv(wire.rows(COUNTS), encoding=encoding, delimiter=delimiter, end="\n"))
    assert read_again == read(tmp_path, wire.csv(wire.rows(COUNTS)))


def test_a_workbook_says_the_same_as_a_csv(tmp_path):
    day = dt.date(2025, 12, 31)
    lines = [[wire.TITLE], [], wire.HEAD, *([a, day, s, n] for a, _, s, n in wire.rows(COUNTS))]
    data = wire.workbook({"Daten": lines, "Hinweise": [["Alles erfunden."]]})
    found = read(tmp_path, data, "stadtteile_2025.xlsx", sheet="Daten", files="*.xlsx", thousands=None)
    assert found == read(tmp_path, wire.csv(wire.rows(COUNTS)))


def test_several_columns_of_figures_stand_side_by_side(tmp_path):
    head = ("Gebiet", "Männer", "Frauen", "Gesamt")
    wide = {
        "Gebiet": {"field": "region"},
        "Männer": {"field": "value", "measure": "p", "unit": "Anzahl", "sets": {"sex": "maennlich"}},
        "Frauen": {"field": "value", "measure": "p", "unit": "Anzahl", "sets": {"sex": "weiblich"}},
        "Gesamt": {"field": "value", "measure": "p", "unit": "Anzahl"},
    }
    lines = [["Nord", 1010, 1020, 2030], ["Süd", 1030, 3, 1033]]
    found = read(
        tmp_path, wire.csv(lines, head), columns=wide, constants=None, period={"type": "jahressumme", "value": "2025"}
    )
    assert found[("16070:01", "p", "")] == "2030"
    assert [found[("16070:02", "p", sex)] for sex in ("maennlich", "weiblich", "")] == ["*", "*", "1033"]


@pytest.mark.parametrize(
    ("kind", "name", "time"),
    [
        ("jahressumme", "t_2025.csv", "2025"),
        ("monat", "t_2025-06.csv", "2025-06"),
        ("quartal", "t_2025-Q2.csv", "2025-Q2"),
        ("stichtag", "t_2025-06-30.csv", "2025-06-30"),
        ("schuljahr", "t_2025-06.csv", None),
    ],
)
def test_the_period_may_stand_in_the_files_name(tmp_path, kind, name, time):
    lines = [[area, sex, n] for area, _, sex, n in wire.rows(COUNTS)]
    own = {heading: column for heading, column in columns().items() if heading != "Stichtag"}
    changes = {"columns": own, "period": {"type": kind, "filename": "t_{period}.csv"}, "files": "t_*.csv"}
    data = wire.csv(lines, ("Gebiet", "Geschlecht", "Anzahl"))
    if time is None:
        assert "expected a period of the kind schuljahr" in refused(tmp_path, data, name, **changes)
        return
    dataset, catalog = wire.dataset(tmp_path, **changes)
    assert set(read_cells(data, dataset, name, catalog.regions).cells["time"].to_pylist()) == {time}


def test_regions_stand_by_name_by_key_or_by_ags(tmp_path):
    lines = [["01", "Nord", 1010], ["02", "Süd", 1020]]
    own = {
        "Nr": {"field": "region", "by": "key"},
        "Gebiet": {"field": "region"},
        "Anzahl": {"field": "value", "measure": "p", "unit": "Anzahl"},
    }
    changes = {"columns": own, **IN_2025}
    found = read(tmp_path, wire.csv(lines, ("Nr", "Gebiet", "Anzahl")), **changes)
    assert found == {("16070:01", "p"): "1010", ("16070:02", "p"): "1020"}
    lines[1][0] = "03"
    error = refused(tmp_path, wire.csv(lines, ("Nr", "Gebiet", "Anzahl")), **changes)
    assert "line 3, field 2: expected one region to a line, found two that differ" in error


def test_gemeinden_of_eight_digits_are_regions_too(tmp_path):
    changes = {
        "regions": [{"key": "16070999", "name": "Musterdorf"}, {"key": "01", "name": "Ortsteil", "parent": "16070999"}],
        "columns": {
            "AGS": {"field": "region", "by": "ags", "values": {"Teil": "16070999:01"}},
            "Anzahl": {"field": "value", "measure": "p", "unit": "Anzahl"},
        },
        "constants": None,
        "period": {"type": "jahressumme", "value": "2025"},
    }
    dataset, catalog = wire.dataset(tmp_path, **changes)
    data = wire.csv([["16070999", 1010], ["Teil", 1010]], ("AGS", "Anzahl"))
    assert read_cells(data, dataset, NAME, catalog.regions).cells["region_code"].to_pylist() == [
        "16070999",
        "16070999:01",
    ]
    assert [catalog.regions[key].level for key in ("16070999", "16070999:01")] == ["gemeinde", "lokal"]


def test_a_survey_keeps_its_base_and_hides_rates_of_few(tmp_path):
    own = {
        "Gebiet": {"field": "region"},
        "Antwort": {"field": "antwort", "values": {"ja": "ja", "nein": "nein"}, "adds_up": False},
        "Anteil": RATE,
        "n": {"field": "n"},
    }
    lines = [
        ["Nord", "ja", "61,5", 104],
        ["Nord", "nein", "38,5", 104],
        ["Süd", "ja", "50", 4],
        ["Süd", "nein", "50", 4],
    ]
    lines += [["Ost", "ja", "98", 100], ["Ost", "nein", "2", 100]]
    changes = {
        "columns": own, **IN_2025, "survey": SURVEY,
        "basis": "Befragung",
    }  # fmt: skip
    found = read(tmp_path, wire.csv(lines, ("Gebiet", "Antwort", "Anteil", "n")), **changes)
    assert [found[("16070:01", "zufriedenheit", word)] for word in ("ja", "nein")] == ["61,5", "38,5"]
    assert found[("16070:01", "befragte", "ja")] == "104"
    assert [found[("16070:02", measure, "ja")] for measure in ("zufriedenheit", "befragte")] == ["*", "*"]
    assert [found[("16070:03", "zufriedenheit", word)] for word in ("ja", "nein")] == [
        "*",
        "*",
    ]  # 2 of 100, and the rest


def test_figures_that_speak_of_no_persons_are_not_hidden(tmp_path):
    own = {
        "Gebiet": {"field": "region"},
        "Plätze": {"field": "value", "measure": "plaetze", "unit": "Anzahl", "persons": False},
    }
    changes = {"columns": own, **IN_2025}
    assert read(tmp_path, wire.csv([["Nord", 2]], ("Gebiet", "Plätze")), **changes) == {("16070:01", "plaetze"): "2"}


def test_signs_mean_what_the_description_says_and_an_empty_cell_is_one(tmp_path):
    lines = [["Nord", "31.12.2025", "m", "-"], ["Süd", "31.12.2025", "m", ""], ["Ost", "31.12.2025", "m", "x"]]
    signs = {"-": "zero", "leer": "not_published", "x": "secret"}
    found = read(tmp_path, wire.csv(lines), signs=signs)
    assert [found[(f"16070:0{n}", "personen_lokal", "auslaendisch", "maennlich")] for n in (1, 2, 3)] == [
        "-",
        "leer",
        "x",
    ]
    assert "line 3, field 4: expected a number" in refused(
        tmp_path, wire.csv(lines), signs={"-": "zero", "x": "secret"}
    )


def spoiled(old: str, new: str) -> bytes:
    text = wire.csv(wire.rows(COUNTS)).decode("utf-8-sig")
    assert old in text
    return text.replace(old, new, 1).encode("utf-8-sig")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Nord", "Nordwest", "line 2, field 1: expected a known region by name, found another text"),
        ("31.12.2025", "31.02.2025", "line 2, field 2: expected a time of the kind stichtag"),
        ("31.12.2025", "2025", "expected a time of the kind stichtag"),
        (";m;", ";männlich;", "line 2, field 3: expected a word among 'm', 'w', 'gesamt', found another text"),
        ("1.010", "1,5", "line 2, field 4: expected a whole number, not below 0, since it counts"),
        ("1.010", "1,010", "expected a whole number, not below 0"),  # thousands the other way round
        ("1.010", "-3", "expected a whole number, not below 0"),
        ("1.010", "1,010.0", "expected a number (decimal ',', thousands '.') or a sign of `signs`"),
        ("1.010", "10.10", "expected a number"),
        ("1.010", "geheim", "expected a number"),
        ("1.010", "1.011", "line 4, field 4: expected a total that is the sum of its parts, found another one"),
        (";w;", ";m;", "line 2, field 4 and line 3, field 4: expected every figure once, found one twice"),
        ("Anzahl", "Zahl", "Missing in the row that comes nearest: 'Anzahl'"),
        ("Anzahl\r\n", "Anzahl;Bemerkung\r\n", "line 1, field 5: expected headings of the description"),
        ("1.010\r\n", "1.010;5\r\n", "line 2, field 5: expected nothing below an empty heading, found something"),
        ("Kreis gesamt", "Kreis\x07gesamt", "expected text, found a control character"),
        ('Nord', '"Nord', "quotes that do not end where they should"),
    ],
)  # fmt: skip
def test_what_the_description_does_not_say_is_refused_with_its_place(tmp_path, old, new, words):
    error = refused(tmp_path, spoiled(old, new))
    assert words in error
    assert "\n" not in error


@pytest.mark.parametrize("new", ["Nordwest", "1.011", "10.10", "geheim", "1,5"])
def test_no_error_repeats_what_a_cell_holds(tmp_path, new):
    old = "Nord" if new == "Nordwest" else "1.010"
    assert new not in refused(tmp_path, spoiled(old, new)).replace("nothing", "")


def test_a_count_with_three_decimals_is_no_count(tmp_path):
    lines = [["Nord", "31.12.2025", "m", "1.000"], ["Süd", "31.12.2025", "m", "2.000"]]
    error = refused(tmp_path, wire.csv(lines), thousands=None, decimal=".")
    assert "line 2, field 4: expected a whole number, not below 0" in error
    assert "`thousands`" in error


def test_a_text_of_a_workbook_is_read_by_the_marks_of_the_description(tmp_path):
    own = columns(Anzahl={"field": "value", "measure": "ausgaben", "unit": "Euro", "persons": False})
    lines = [
        ["Nord", "31.12.2025", "m", "1,234.5"],
        ["Süd", "31.12.2025", "m", 1.25],
        ["Ost", "31.12.2025", "m", "1,234"],
    ]
    marks = {"decimal": ".", "thousands": ",", "files": "*.xlsx", "columns": own}
    found = read(tmp_path, wire.workbook({"Daten": [wire.HEAD, *lines]}), **marks)
    assert list(found.values()) == ["1234,5", "1,25", "1234"]


def test_a_name_that_is_a_gemeinde_and_a_kreis_names_neither(tmp_path):
    own = {"regions": [{"key": "16067029", "name": "Gotha"}]}
    data = wire.csv([["Gotha", "31.12.2025", "m", "1.010"]])
    assert "line 2, field 1: expected a known region by name" in refused(
        tmp_path, data, **own, columns=columns(Gebiet={"field": "region"})
    )
    said = columns(Gebiet={"field": "region", "values": {"Gotha": "16067029"}})
    assert [key[0] for key in read(tmp_path, data, **own, columns=said)] == ["16067029"]


QUOTES = {
    "Gebiet": {"field": "region"},
    "Geschlecht": {"field": "sex", "values": {"m": "maennlich", "w": "weiblich", "alle": "insgesamt"}},
    "Anteil": RATE,
    "n": {"field": "n"},
}


def test_a_rate_that_its_total_and_the_others_would_tell_is_protected(tmp_path):
    lines = [["Nord", "m", "2,5", 40], ["Nord", "w", "15", 60], ["Nord", "alle", "10", 100]]  # 1 + 9 = 10 persons
    data = wire.csv(lines, ("Gebiet", "Geschlecht", "Anteil", "n"))
    found = read(tmp_path, data, columns=QUOTES, **IN_2025)
    rates = {sex: value for (_, measure, sex), value in found.items() if measure == "zufriedenheit"}
    assert rates == {"maennlich": "*", "weiblich": "*", "": "10"}
    assert [value for (_, measure, _), value in found.items() if measure == "befragte"] == ["40", "60", "100"]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=4, max_size=4))
def test_no_rate_and_no_sum_of_rates_tells_of_few_persons(tmp_path, drawn):
    """Two Stadtteile and their Kreis, men, women and all: what each rate says yes to, and what it leaves."""
    inner = dict(zip(((area, sex) for area in ("Nord", "Süd") for sex in "mw"), drawn, strict=True))
    pairs = {at: (max(pair), min(pair)) for at, pair in inner.items()}

    def add(*places: tuple[str, str]) -> tuple[int, int]:
        return sum(pairs[at][0] for at in places), sum(pairs[at][1] for at in places)

    pairs |= {("Kreis gesamt", sex): add(("Nord", sex), ("Süd", sex)) for sex in "mw"}
    pairs |= {(area, "alle"): add((area, "m"), (area, "w")) for area in ("Nord", "Süd", "Kreis gesamt")}
    lines = [[*at, f"{100 * yes / n if n else 0:.4f}".replace(".", ","), str(n)] for at, (n, yes) in pairs.items()]
    own = {**QUOTES, "Gebiet": columns()["Gebiet"]}
    data = wire.csv(lines, ("Gebiet", "Geschlecht", "Anteil", "n"))
    found = read(tmp_path, data, columns=own, **IN_2025)
    rates = [value for (_, measure, _), value in found.items() if measure == "zufriedenheit"]
    hidden = {at for at, value in zip(pairs, rates, strict=True) if value == "*"}
    few = {at for at, (n, yes) in pairs.items() if 0 < yes < 5 or 0 < n - yes < 5}
    assert few <= hidden
    sums = [{(area, sex) for sex in ("m", "w", "alle")} for area in ("Nord", "Süd", "Kreis gesamt")]
    sums += [{(area, sex) for area in ("Nord", "Süd", "Kreis gesamt")} for sex in ("m", "w", "alle")]
    assert not [rule for rule in sums if len(rule & hidden) == 1 and rule & hidden & few]


def test_a_rate_that_tells_of_few_others_is_hidden(tmp_path):
    lines = [["Nord", "m", "97,5", 40], ["Süd", "m", "50", 40], ["Ost", "m", "100", 40]]  # one, twenty, no others
    data = wire.csv(lines, ("Gebiet", "Geschlecht", "Anteil", "n"))
    found = read(tmp_path, data, columns=QUOTES, **IN_2025)
    assert [value for (_, measure, _), value in found.items() if measure == "zufriedenheit"] == ["*", "50", "100"]


def test_a_column_of_a_part_may_say_that_it_is_not_all(tmp_path):
    own = {
        "Gebiet": {"field": "region"},
        "alle": {"field": "value", "measure": "p", "unit": "Anzahl"},
        "Frauen": {"field": "value", "measure": "p", "unit": "Anzahl", "sets": {"sex": "weiblich"}},
    }
    data = wire.csv([["Nord", 12, 11], ["Süd", 2070, 1040]], ("Gebiet", "alle", "Frauen"))
    assert "`adds_up: false` at the column" in refused(tmp_path, data, columns=own, **IN_2025)
    own["Frauen"]["adds_up"] = False
    assert list(read(tmp_path, data, columns=own, **IN_2025).values()) == ["12", "*", "2070", "1040"]


def test_regions_count_for_the_next_one_above_that_the_file_has(tmp_path):
    regions = [
        {"key": "16070999", "name": "Musterdorf"},
        {"key": "16070998", "name": "Beispieldorf"},
        *({"key": key, "name": name, "parent": "16070999"} for key, name in (("01", "Nord"), ("02", "Süd"))),
    ]
    counts = {"Nord": 3, "Süd": 1020, "Beispieldorf": 1030, "Kreis gesamt": 2053}  # no line for Musterdorf
    lines = [[name, "31.12.2025", "m", count] for name, count in counts.items()]
    assert list(read(tmp_path, wire.csv(lines), regions=regions).values()) == ["*", "*", "1030", "2053"]
    lines[3][3] = 2052
    assert "regions_add_up: false" in refused(tmp_path, wire.csv(lines[2:]), regions=regions)


@pytest.mark.parametrize(("unit", "rate"), [("Promille", "2"), ("je 1 000 Einwohner", "2"), ("je 100.000", "200")])
def test_rates_of_other_sizes_tell_of_few_persons_too(tmp_path, unit, rate):
    own = {**QUOTES, "Anteil": {**RATE, "unit": unit}}
    lines = [["Nord", "m", rate, 1000], ["Süd", "m", rate, 10000]]
    found = read(tmp_path, wire.csv(lines, ("Gebiet", "Geschlecht", "Anteil", "n")), columns=own, **IN_2025)
    assert [value for (_, measure, _), value in found.items() if measure == "zufriedenheit"] == ["*", rate]


@pytest.mark.parametrize(
    "part",
    ["xl/comments1.xml", "xl/threadedComments/threadedComment1.xml", "xl/persons/person.xml", "xl/embeddings/a.bin"],
)
def test_what_a_workbook_holds_beside_its_sheets_is_refused(tmp_path, part):
    book = io.BytesIO(wire.workbook({"Daten": [wire.HEAD, *wire.rows(COUNTS)]}))
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(part, "<x>Erika Muster</x>")
    error = refused(tmp_path, book.getvalue(), files="*.xlsx")
    assert "without comments and embedded files" in error
    assert "Erika" not in error


def test_a_rate_of_nobody_knows_how_many_is_hidden(tmp_path):
    lines = [["Nord", "m", "50", ""], ["Süd", "m", "50", 40]]
    data = wire.csv(lines, ("Gebiet", "Geschlecht", "Anteil", "n"))
    found = read(tmp_path, data, columns=QUOTES, signs={"leer": "not_published"}, **IN_2025)
    assert [value for (_, measure, _), value in found.items() if measure == "zufriedenheit"] == ["*", "50"]


def test_what_a_kreis_leaves_beside_its_stadtteile_is_protected(tmp_path):
    lines = [
        ["Nord", "31.12.2025", "m", 1010],
        ["Süd", "31.12.2025", "m", 1020],
        ["Kreis gesamt", "31.12.2025", "m", 2033],
    ]
    found = read(tmp_path, wire.csv(lines), regions_add_up=False)
    assert list(found.values()) == ["*", "1020", "2033"]  # 3 live in neither
    lines[2][3] = 2030
    assert list(read(tmp_path, wire.csv(lines), regions_add_up=False).values()) == ["1010", "1020", "2030"]


def test_parts_that_overlap_need_not_add_up_where_the_description_says_so(tmp_path):
    data = spoiled("1.010", "1.011")
    own = columns()
    own["Geschlecht"]["adds_up"] = False
    error = refused(tmp_path, data, columns=own)
    assert "regions_add_up: false" in error  # the Kreis is no longer the sum of its Stadtteile, either
    assert read(tmp_path, data, columns=own, regions_add_up=False)


def test_what_a_total_leaves_beside_its_part_is_protected_though_it_is_not_printed(tmp_path):
    own = columns()
    own["Geschlecht"] = {"field": "sex", "values": {"w": "weiblich", "gesamt": "insgesamt"}, "adds_up": False}
    counts = {"Nord": (1, 11), "Süd": (1030, 1040), "Ost": (0, 20)}
    lines = [line for line in wire.rows(counts, total=False) if line[2] != "m"]
    found = read(tmp_path, wire.csv(lines), columns=own)
    shown = {(region, sex): value for (region, _, _, sex), value in found.items()}
    assert shown[("16070:01", "weiblich")] == "*"  # 12, among them 11 women, would tell of one man
    assert shown[("16070:01", "")] == "12"
    assert [shown[("16070:02", sex)] for sex in ("weiblich", "")] == ["1040", "2070"]
    assert [shown[("16070:03", sex)] for sex in ("weiblich", "")] == ["20", "20"]
    lines[0][3] = 13
    assert "line 2, field 4: expected no more than the total at line 3, field 4" in refused(
        tmp_path, wire.csv(lines), columns=own
    )


def test_text_below_the_table_is_a_note_figures_are_not(tmp_path):
    assert "line 18: expected nothing but notes" in refused(
        tmp_path, wire.csv(wire.rows(COUNTS), after=["Summe;1;2;3"])
    )
    assert "expected nothing but notes" in refused(tmp_path, wire.csv(wire.rows(COUNTS), after=["4711"]))


def test_a_missing_stadtteil_is_refused_where_all_must_be_there(tmp_path):
    data = wire.csv(wire.rows({name: COUNTS[name] for name in ("Nord", "Süd", "Ost")}, total=False))
    assert read(tmp_path, data)
    assert "no 16070:04" in refused(tmp_path, data, contract={"every_region": True})


def test_percentages_that_look_like_fractions_must_say_so(tmp_path):
    own = {"Gebiet": {"field": "region"}, "Anteil": RATE, "n": {"field": "n"}}
    changes = {**IN_2025}
    data = wire.csv([["Nord", "0,615", 1010], ["Süd", "0,5", 1020]], ("Gebiet", "Anteil", "n"))
    assert "`scale: 100`" in refused(tmp_path, data, columns=own, **changes)
    data_above = wire.csv([["Nord", "161,5", 1010]], ("Gebiet", "Anteil", "n"))
    assert "expected a percentage from 0 to 100" in refused(tmp_path, data_above, columns=own, **changes)
    found = read(tmp_path, data, columns={**own, "Anteil": {**RATE, "scale": 100}}, **changes)
    assert found[("16070:01", "zufriedenheit")] == "61,5"


def test_a_formula_a_pivot_cache_and_an_old_workbook_are_refused(tmp_path):
    lines = [wire.HEAD, ["Nord", "31.12.2025", "m", "=1000+10"]]
    error = refused(tmp_path, wire.workbook({"Daten": lines}), files="*.xlsx")
    assert "expected figures, found a formula. In the spreadsheet: copy, then paste as values" in error
    assert "old XLS workbook" in refused(tmp_path, b"\xd0\xcf\x11\xe0" + bytes(100))
    pivot = io.BytesIO(wire.workbook({"Daten": [wire.HEAD, *wire.rows(COUNTS)]}))
    with zipfile.ZipFile(pivot, "a") as package:
        package.writestr("xl/pivotCache/pivotCacheRecords1.xml", "<records/>")
    assert "a workbook without a pivot table" in refused(tmp_path, pivot.getvalue(), files="*.xlsx")


@pytest.mark.parametrize("sheets", [("Daten", "Tabelle2"), ("Tabelle1", "Tabelle2")])
def test_of_several_sheets_the_description_names_one(tmp_path, sheets):
    data = wire.workbook({name: [wire.HEAD, *wire.rows(COUNTS)] for name in sheets})
    assert "Name one under `sheet`" in refused(tmp_path, data, files="*.xlsx")


AREAS = st.fixed_dictionaries({name: st.tuples(st.integers(0, 30), st.integers(0, 3000)) for name in COUNTS})


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    AREAS,
    st.sampled_from([";", "\t", "|"]),
    st.sampled_from(["utf-8-sig", "cp1252"]),
    st.randoms(use_true_random=False),
)
def test_reading_back_loses_and_invents_nothing_and_shows_nothing_small(tmp_path, areas, delimiter, encoding, chance):
    """Whatever the order of the lines: every figure is there as written, or hidden; no shown one is small."""
    lines = wire.rows(areas)
    straight = read(tmp_path, wire.csv(lines, delimiter=delimiter, encoding=encoding))
    chance: random.Random
    chance.shuffle(lines)
    assert read(tmp_path, wire.csv(lines, delimiter=delimiter, encoding=encoding)) == straight
    keys = {name: f"16070:{key}" for key, name in wire.STADTTEILE.items()} | {"Kreis gesamt": "16070"}
    sexes = {"m": "maennlich", "w": "weiblich", "gesamt": ""}
    written = {(keys[a], "personen_lokal", "auslaendisch", sexes[s]): str(n) for a, _, s, n in lines}
    assert straight.keys() == written.keys()
    for cell, value in straight.items():
        assert value == "*" or (value == written[cell] and not 0 < Decimal(value) < 5)
    if not any(0 < int(n) < 5 for n in written.values()):
        assert straight == written


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_damage_to_a_byte_is_refused_or_leaves_words_that_the_description_knows(tmp_path, at, byte):
    data = bytearray(wire.csv(wire.rows(COUNTS), encoding="utf-8"))
    data[at % len(data)] = byte
    dataset, catalog = wire.dataset(tmp_path)
    try:
        cells = read_cells(bytes(data), dataset, NAME, catalog.regions).cells.to_pylist()
    except ContractError as problem:
        assert "\n" not in str(problem)
        return
    good = {(r["region_code"], r["a_sex"]): r["value"] for r in cells}
    total = {sex: int(good[("16070", sex)]) for sex in ("maennlich", "weiblich", "") if ("16070", sex) in good}
    for sex, value in total.items():  # a figure that changed would break a sum
        parts = [int(n) for (key, s), n in good.items() if s == sex and key != "16070"]
        assert len(parts) < 4 or sum(parts) == value
