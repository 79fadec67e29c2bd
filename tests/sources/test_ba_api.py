"""The BA statistics API: all regions together, JSON and CSV alike, and what its files in the catalogue promise."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ba_api_wire import KNOWN, MONTHS, Fig, dataset, json_bytes, kreise, month_words, part, parts, rows, unemployed
from integrationsmonitor import contract
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.dataset_file import load_dataset
from integrationsmonitor.errors import ConfigError, ContractError
from integrationsmonitor.sources import ba_api, mapping
from integrationsmonitor.sources.ba_months import earlier, german, last_day, month_of
from integrationsmonitor.sources.bundle import Part
from wire import catalog

FILE = "EckwerteTabelleALOKr.zip"
EVER = (date(1900, 1, 1), date(9999, 12, 31))
ALO, SERIES, WORK = dataset("ba_api_alo"), dataset("ba_api_alo_reihe"), dataset("ba_api_bst")
API = sorted(id for id in catalog().datasets if id.startswith("ba_api_"))
JUNE = ("2026-06", "2026-05", "2025-06")


def read(answers: list[Part], found: Dataset = ALO, known: datetime = KNOWN) -> list[dict[str, Any]]:
    return ba_api.read_cells(answers, found, FILE, known).cells.to_pylist()


def observed(answers: list[Part], found: Dataset = ALO, known: datetime = KNOWN) -> list[dict[str, Any]]:
    """Read, map and check as a load does."""
    answer = ba_api.read_cells(answers, found, FILE, known)
    origin = mapping.Origin(FILE, answer.layout, None, known, "0" * 64, "p")
    mapped = mapping.map_cells(answer.cells, found, catalog().regions, origin)
    contract.check(mapped.observations, answer.cells, mapped.periods, found, catalog(), FILE, EVER)
    return mapped.observations.to_pylist()


def refused(answers: list[Part], found: Dataset = ALO) -> str:
    with pytest.raises(ContractError) as raised:
        observed(answers, found)
    return str(raised.value)


def figure(
    rows: list[dict[str, Any]], region: str, measure: str, month: str = "2026-10", dimensions: str = ""
) -> dict[str, Any]:
    end = last_day(month)
    (found,) = (
        row
        for row in rows
        if (row["region_key"], row["measure"], row["period_end"], row["dimensions"])
        == (region, measure, end, dimensions)
    )
    return found


# --- what comes out --------------------------------------------------------------------------------------------------


def test_a_night_of_all_regions_becomes_observations_on_todays_territory():
    found = observed(parts(ALO, unemployed()))
    assert len(found) == 24 * 8 * 3
    erfurt = figure(found, "16051", "arbeitslose")
    assert (erfurt["value"], erfurt["basis"], erfurt["place"]) == (Decimal(3020), "BA_rounded10", "Wohnort")
    assert (erfurt["period_start"], erfurt["territory_date"]) == (date(2026, 10, 1), date(2024, 1, 1))
    assert erfurt["raw_locator"] == "16051.json line 1, field 1"
    assert figure(found, "16051", "arbeitslose", dimensions="rechtskreis=sgb2")["value"] == 2010
    rate = figure(found, "16051", "arbeitslosenquote_alle_zivilen", dimensions="rechtskreis=sgb2")
    assert (rate["value"], rate["unit"]) == (Decimal("3.1"), "Prozent")
    assert "16056" not in {row["region_key"] for row in found}, "Eisenach is part of the Wartburgkreis throughout"


def test_json_and_csv_of_the_same_figures_say_the_same():
    def without_place(rows: list[dict[str, Any]]) -> list[tuple[tuple[str, Any], ...]]:
        return sorted(tuple((k, v) for k, v in row.items() if k != "raw_locator") for row in rows)

    as_json, as_csv = (observed(parts(ALO, unemployed(), kind)) for kind in ("json", "csv"))
    assert len(as_json) == 576
    assert without_place(as_json) == without_place(as_csv)
    assert as_csv[0]["raw_locator"] == "16.csv line 9, field 2"


def test_a_label_is_known_by_its_parent_whatever_the_order_of_the_list():
    def by_metric(bodies: dict[str, list[Any]]) -> None:
        for region, body in bodies.items():
            bodies[region] = [row for number in range(8) for row in body[number::8]]

    def place_free(rows: list[dict[str, Any]]) -> list[Any]:
        return sorted((r["region_key"], r["measure"], r["period_end"], r["dimensions"], r["value"]) for r in rows)

    assert place_free(observed(parts(ALO, unemployed(), change=by_metric))) == place_free(
        observed(parts(ALO, unemployed()))
    )


def test_a_group_is_an_axis_and_belongs_to_the_last_day_of_its_month():
    figures = [
        Fig(region, month, "BESCH", group, Decimal(value + 1000 * number + 10 * back))
        for number, region in enumerate(kreise())
        for back, month in enumerate(JUNE)
        for group, value in (("", 3010), ("SVB", 2010), ("AGB", 1000))
    ]
    for back, month in enumerate(JUNE):
        for group in ("", "SVB", "AGB"):
            land = sum(f.value for f in figures if f.month == month and f.group == group and f.region in kreise())
            figures += [
                Fig("16", month, "BESCH", group, land),
                Fig("DG", month, "BESCH", group, Decimal(10**7 + 10 * back)),
            ]
    found = observed(parts(WORK, figures), WORK)
    gera = figure(
        found, "16052", "beschaeftigte_arbeitsort", "2026-06", "beschaeftigungsart=sozialversicherungspflichtig"
    )
    assert (gera["value"], gera["period_start"], gera["place"]) == (Decimal(3010), date(2026, 6, 30), "Arbeitsort")


def test_figures_are_provisional_until_so_many_months_have_passed():
    figures = [Fig("16051", month, "BESCH", "", Decimal(1010)) for month in JUNE]
    figures += [Fig("16052", month, "BESCH", "", Decimal(1020)) for month in JUNE]
    for day, expected in (("2026-11-29", "pp"), ("2026-11-30", "p"), ("2026-12-30", "p"), ("2026-12-31", "")):
        cells = read(parts(WORK, figures), WORK, datetime.fromisoformat(f"{day}T12:00:00+00:00"))
        assert "".join(cell["quality"] for cell in cells[:3]) == expected, day
    assert {cell["quality"] for cell in read(parts(ALO, unemployed()))} == {""}


def test_a_hidden_figure_has_no_value_but_a_status():
    hidden = [fig._replace(value="*") if fig[:3] == ("16051", "2026-10", "ALO_SGB3") else fig for fig in unemployed()]
    for kind in ("json", "csv"):
        cell = figure(observed(parts(ALO, hidden, kind)), "16051", "arbeitslose", dimensions="rechtskreis=sgb3")
        assert (cell["value"], cell["sign"], cell["status"]) == (None, "*", "secret")


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_host_that_ignores_the_region_is_found_out():
    answers = parts(ALO, unemployed())
    germany = answers[-1].body
    same = [replace(answer, body=germany) if answer.region_key == "16051" else answer for answer in answers]
    assert "DG.json: expected figures of DG, found the very figures of 16051.json" in refused(same)


def test_a_region_too_few_is_refused():
    assert "a row for region 16077" in refused([p for p in parts(ALO, unemployed()) if p.region_key != "16077"])


def test_regions_with_other_months_are_refused():
    def one_month_back(bodies: dict[str, list[Any]]) -> None:
        for row in bodies["16060" if "16060" in bodies else "16061"]:
            month = month_of(row["attributes"]["0"]["DESC"])
            row["attributes"]["0"]["DESC"] = german(earlier(month or "", 1))

    assert "16061.json: expected the months of 16.json" in refused(parts(ALO, unemployed(), change=one_month_back))


def test_months_that_the_dataset_file_does_not_name_are_refused():
    assert "expected figures of September 2026, found none" in refused(
        parts(ALO, unemployed(("2026-10", "2026-08", "2025-10")))
    )
    assert "3 months before Oktober 2026" in refused(parts(ALO, unemployed((*MONTHS, "2024-10"))))


def test_a_month_that_has_not_come_yet_is_refused():
    later = unemployed(("2026-12", "2026-11", "2025-12"))
    assert "16.json: expected no month after November 2026, found Dezember 2026" in refused(parts(ALO, later))


def series(months: list[str], change: Callable[[str, str], Decimal] = lambda region, month: Decimal(0)) -> list[Fig]:
    base = {"16": 50_010, "DG": 2_000_010}
    return [
        Fig(region, month, "ALO", "", Decimal(base[region] + 10 * at) + change(region, month))
        for region in base
        for at, month in enumerate(months)
    ]


def test_a_series_has_no_gap():
    months = [earlier("2026-10", back) for back in range(30)]
    for kind in ("json", "csv"):
        assert len(observed(parts(SERIES, series(months), kind), SERIES)) == 60
        gap = [month for month in months if month != "2025-03"]
        assert "expected figures of März 2025, found none" in refused(parts(SERIES, series(gap), kind), SERIES)


def test_kreise_that_do_not_add_up_to_their_land_are_refused():
    def shifted(by: int) -> list[Fig]:
        return [
            fig._replace(value=fig.value + by)  # type: ignore[operator]
            if fig[:3] in {("16051", "2026-10", code) for code in ("UB",)}
            else fig
            for fig in unemployed()
        ]

    assert len(observed(parts(ALO, shifted(110)))) == 576, "rounding may add up to 115"
    assert "parts of the Kreise that add up to the total" in refused(parts(ALO, shifted(120)))


def test_parts_that_do_not_add_up_to_their_total_are_refused():
    wrong = [
        fig._replace(value=Decimal(1030)) if fig[:3] == ("16051", "2026-10", "ALO_SGB3") else fig
        for fig in unemployed()
    ]
    message = refused(parts(ALO, wrong))
    assert "16051.json line 1: expected parts of measure that add up to the total 3020 within 15, found 3040" in message


def test_a_count_that_is_not_rounded_is_of_another_basis():
    exact = [
        fig._replace(value=Decimal(1013)) if fig[:3] == ("16051", "2026-10", "ALO_SGB3") else fig
        for fig in unemployed()
    ]
    message = "16051.json line 2, field 1: expected a multiple of 10, as this source rounds, found 1013"
    assert message in refused(parts(ALO, exact))


def test_an_answer_to_another_question_is_refused():
    answers = parts(ALO, unemployed())
    other = [replace(p, url=p.url.replace("ALOKr", "STEA")) if p.region_key == "16051" else p for p in answers]
    assert "16051.json: expected an answer to EckwerteTabelleALOKr" in refused(other)
    name = [replace(p, url=p.url.replace("Erfurt", "Gera")) if p.region_key == "16051" else p for p in answers]
    assert "'Erfurt, Stadt'" in refused(name)
    assert "a region that the dataset's file asks for" in refused([replace(answers[0], region_key="11")])
    assert "answers of regions" in refused([])


def test_two_formats_in_one_answer_are_refused():
    answers = parts(ALO, unemployed())
    csv = next(p for p in parts(ALO, unemployed(), "csv") if p.region_key == "16051")
    mixed = [replace(p, body=csv.body) if p.region_key == "16051" else p for p in answers]
    assert "16051.json: expected the format of 16.json" in refused(mixed)


# --- properties ------------------------------------------------------------------------------------------------------

_VALUES = st.one_of(
    st.integers(0, 99_999).map(lambda n: Decimal(n * 10)),
    st.integers(0, 9_999_999).map(lambda n: Decimal(n * 10)),
    st.just("*"),
)
_MONTHS = st.integers(0, 200).map(lambda back: earlier("2026-10", back))


@settings(deadline=None, max_examples=40)
@given(st.data(), st.sampled_from(["json", "csv"]))
def test_reading_back_loses_and_invents_nothing(data, kind):
    newest = data.draw(_MONTHS)
    months = [earlier(newest, back) for back in range(data.draw(st.integers(1, 14)))]
    figures = [
        Fig(region, month, code, "", data.draw(_VALUES))
        for region in ("16", "DG")
        for month in months
        for code in ("ALO", "ALO_SB", "UB")
    ]
    if [f[1:] for f in figures if f.region == "16"] == [f[1:] for f in figures if f.region == "DG"]:
        return
    cells = read(parts(SERIES, figures, kind), SERIES)
    assert sorted((c["region_code"], c["time"], c["measure"], c["value"]) for c in cells) == sorted(
        (f.region, f.month, f.measure, str(f.value)) for f in figures
    )


def _figures_of(answers: list[Part]) -> list[tuple[Any, ...]]:
    return sorted((c["region_code"], c["time"], c["measure"], c["value"]) for c in read(answers))


CLEAN = {kind: parts(ALO, unemployed(), kind) for kind in ("json", "csv")}
SAID = {kind: _figures_of(answers) for kind, answers in CLEAN.items()}


@settings(deadline=None, max_examples=40)
@given(st.data(), st.sampled_from(["json", "csv"]))
def test_bytes_that_are_lost_are_refused_or_harmless(data, kind):
    answers = CLEAN[kind]
    number = data.draw(st.integers(0, len(answers) - 1))
    body = answers[number].body
    at = data.draw(st.integers(0, len(body) - 1))
    length = data.draw(st.sampled_from([1, 2, 7, len(body)]))
    damaged = body[:at] + body[at + length :]
    try:
        found = _figures_of([*answers[:number], replace(answers[number], body=damaged), *answers[number + 1 :]])
    except ContractError:
        return
    changed = [pair for pair in zip(found, SAID[kind], strict=True) if pair[0] != pair[1]]
    assert kind == "csv" or not changed, "JSON says each number twice"
    assert len(changed) <= 1, "a lost digit of a CSV is left to the sums and changes of the contract"


# --- the files of the catalogue --------------------------------------------------------------------------------------


def test_every_dataset_of_this_source_says_what_a_reader_must_know():
    assert len(API) == 9
    for id in API:
        found = dataset(id)
        assert (found.licence["id"], found.load, found.territory_date) == ("ba-statistik", "ba", date(2024, 1, 1)), id
        assert [rule.basis for rule in found.basis] == ["BA_rounded10"], id
        for word in ("gerundet", "Eisenach", "Nie verkettet", "13111", "XLSX", "Staatsangehörigkeit"):
            assert word in found.notes_de, (id, word)
        for measure in found.measures:
            assert measure.unit != "Prozent" or measure.rounding == {"half_unit": 0.05}, measure.code
        assert found.table == found.source["requests"][0]["table"], id
    assert dataset("ba_api_bb").place == "none", "applicants at their residence, places at that of the training"
    assert {id for id in API if dataset(id).off_de} == {"ba_api_alo_kreise_reihe", "ba_api_grusi"}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"parent": "ALOX"}, "'ALO_SGB3' stands below 'ALOX', which is no measure of its own"),
        ({"parent": "ALO_SGB2"}, "which is no measure of its own"),
        ({"parent": "ALOQ"}, "'im Rechtskreis SGB III' stands twice; give each a parent of its own"),
        ({"label": "Arbeitslose"}, "'Arbeitslose' stands twice"),
    ],
)
def test_a_parent_must_be_a_measure_and_tell_two_labels_apart(change, text, tmp_path):
    raw = yaml.safe_load((catalog().path / "datasets" / "ba_api_alo.yml").read_text(encoding="utf-8"))
    raw["measures"][1] |= change
    refused_file(raw, tmp_path, text)


def test_a_sum_over_measures_names_measures_of_the_file(tmp_path):
    raw = yaml.safe_load((catalog().path / "datasets" / "ba_api_alo.yml").read_text(encoding="utf-8"))
    raw["contract"]["sums"][0]["parts"][0] = "ALO_SGB4"
    refused_file(raw, tmp_path, "contract.sums over 'measure' names 'ALO_SGB4', which is not declared in this file")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            lambda raw: raw["source"]["requests"].append(raw["source"]["requests"][0]),
            "source.requests: 'kreise' stands",
        ),
        (lambda raw: raw["source"]["requests"][0].pop("parameter"), "'parameter' is a required property"),
        (lambda raw: raw["source"]["requests"][1].pop("parameter"), "'parameter' is a required property"),
        (lambda raw: raw["source"]["requests"][1].pop("name"), "'name' is a required property"),
        (lambda raw: raw["source"]["requests"][2].update(parameter="Land"), "'name' is a dependency of 'parameter'"),
        (lambda raw: raw["axes"].append({**raw["axes"][0], "code": "MORE"}), "axes: a table of the BA statistics API"),
        (lambda raw: raw["source"].update(change_metrics=["Beschäftigte"]), "'Beschäftigte' stands twice; remove one"),
        (lambda raw: raw["measures"].append({**raw["measures"][0], "code": "B"}), "'Beschäftigte' stands twice"),
    ],
)
def test_a_file_that_would_have_a_figure_taken_for_another_is_refused(change, text, tmp_path):
    raw = yaml.safe_load((catalog().path / "datasets" / "ba_api_bst.yml").read_text(encoding="utf-8"))
    change(raw)
    refused_file(raw, tmp_path, text)


def refused_file(raw: dict[str, Any], tmp_path: Path, text: str) -> None:
    file = Path(tmp_path) / f"{raw['id']}.yml"
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_dataset(file, catalog().path / "schemas" / "dataset.schema.json")
    assert text in str(raised.value)


def test_months_are_german_words_and_nothing_else():
    for year in (1991, 2026):
        for number in range(1, 13):
            month = f"{year}-{number:02}"
            assert german(month) == month_words(month)
            assert month_of(german(month)) == month
            assert earlier(earlier(month, 17), -17) == month
    for text in ("May 2026", "Maerz 2026", "Mai  2026", "mai 2026", "Mai 26", "05/2026", "", "Mai 2026 ", "Okt 2026"):
        assert month_of(text) is None, text


def test_the_moment_of_a_night_is_that_of_berlin():
    known = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    november = unemployed(("2026-11", "2026-10", "2025-11"))
    assert len(read(parts(ALO, november), known=known)) == 576


def test_a_bom_and_spaces_around_the_list_do_no_harm():
    found = [f for f in unemployed() if f.region == "16051"]
    body = b"\xef\xbb\xbf \n" + json.dumps(rows(ALO, found), indent=2).encode()
    plain = part(ALO, "16051", json_bytes(rows(ALO, found)))
    assert read([replace(plain, body=body)]) == read([plain])
