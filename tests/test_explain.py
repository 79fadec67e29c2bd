"""A number explained: what it is made of, why there is none, and what must not be made of what lies beside it."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrationsmonitor import archive
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.explain import Question, explain, lines, words
from integrationsmonitor.explain.asking import rows
from integrationsmonitor.settings import Settings

RELEASE = "20261122T011500Z-0123abcd"
END = date(2018, 12, 31)
TABLES = {
    "meta_release": "release_id, source_mode, notice_de",
    "dim_region": "region_key, region_name",
    "dim_group": "group_key, label_de",
    "dim_period": "period_type, period_start date, period_end date, label_de",
    "dim_dataset": "dataset_id, title_de",
    "dim_indicator": "indicator_id, name_de, numerator_de, denominator_de, formula_de, unit, decimals integer, "
    "definition_version integer, pitfalls_de",
    "dim_indicator_variant": "indicator_id, variant, label_de, priority integer, group_key, "
    "may_default boolean, why_de, missing_de",
    "mart_indicator": "value_id, indicator_id, variant, territory, territory_date date, region_key, period_type, "
    "period_start date, period_end date, group_key, is_default boolean, region_name, region_level, "
    "value decimal(28,10), value_low decimal(28,10), value_high decimal(28,10), numerator decimal(24,6), "
    "denominator decimal(24,6), numerator_date date, denominator_date date, numerator_status, denominator_status, "
    "unit, decimals integer, status, method, basis, place, flags",
    "mart_indicator_vintage": "value_id, axis, vintage_no integer, value decimal(28,10), status, revision_kind, "
    "known_from timestamp, known_to timestamp, unit, decimals integer",
    "mart_provenance": "value_id, role, part_no integer, observation_id, is_part_of_sum boolean, dataset_id, measure, "
    "region_key, period_end date, basis, used_value decimal(18,6), status, printed, raw_sha256, raw_locator, "
    "raw_column, filename, url, retrieved_at timestamp, source_known_from timestamp, known_from_quality, "
    "recorded_at timestamp, licence_id, licence_url, attribution, citation, origin_file, origin_sha256, "
    "origin_locator, origin_stand",
    "fct_observation": "observation_id, dataset_id, measure, nationality, sex, age_group, citizenship_key, dimensions, "
    "region_key, period_start date, period_end date, basis, value decimal(18,6)",
    "mart_correction": "correction_id, observation_id, action, printed_value decimal(18,6), "
    "published_value decimal(18,6), reason_de, is_applied boolean",
    "mart_withdrawal": "value_id, reason_de",
}
Row = dict[str, Any]


class Release:
    """A release written by hand: whole rows of a few columns."""

    def __init__(self, home: Path, *, is_written: bool = False) -> None:
        self.home = home
        self.settings = Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(home)})
        folder = self.settings.releases / RELEASE
        self.file = folder / "warehouse.duckdb"
        if not is_written:
            self._write(folder)

    def _write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "release.json").write_text(json.dumps({"release_id": RELEASE, "sequence": 1}), encoding="utf-8")
        self.settings.current.symlink_to(Path("releases") / RELEASE)
        with duckdb.connect(str(self.file)) as con:
            for table, columns in TABLES.items():
                typed = (column if " " in column else f"{column} varchar" for column in columns.split(", "))
                con.execute(f"create table {table} ({', '.join(typed)})")
        notice = "Aufgezeichnete Daten, kein Live-Abruf"
        self.add("meta_release", release_id=RELEASE, source_mode="recorded", notice_de=notice)
        for key, name in (("16070", "Ilm-Kreis"), ("16051", "Erfurt"), ("16", "Thüringen")):
            self.add("dim_region", region_key=key, region_name=name)
        self.add("dim_group", group_key="auslaender", label_de="Personen ohne deutsche Staatsangehörigkeit")
        self.add("dim_dataset", dataset_id="amt", title_de="Bevölkerung")
        self.add("dim_dataset", dataset_id="kreis", title_de="Angaben der Kreise")

    def add(self, table: str, **row: Any) -> None:
        with duckdb.connect(str(self.file)) as con:
            marks = ", ".join("?" * len(row))
            con.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))

    def indicator(self, indicator_id: str = "A01", formula: str = "Zähler ÷ Nenner × 100", **changes: Any) -> None:
        row = {"unit": "Prozent", "decimals": 1, "pitfalls_de": "Die Grundlage wechselt."} | changes
        self.add("dim_indicator", indicator_id=indicator_id, name_de="Ausländeranteil", formula_de=formula, **row)

    def variant(self, key: str, label: str, priority: int, indicator_id: str = "A01", **more: Any) -> None:
        row = {"indicator_id": indicator_id, "variant": key, "label_de": label, "priority": priority}
        self.add("dim_indicator_variant", **(row | {"group_key": "auslaender", "may_default": True} | more))

    def value(self, value_id: str, variant: str, end: date = END, region: str = "16070", **changes: Any) -> None:
        row: Row = {
            "value_id": value_id, "indicator_id": "A01", "variant": variant, "territory": "as_published",
            "territory_date": end, "region_key": region, "period_type": "stichtag", "period_start": end,
            "period_end": end, "group_key": "auslaender", "is_default": True, "region_name": "Ilm-Kreis",
            "region_level": "kreis", "unit": "Prozent", "decimals": 1, "status": "value", "method": "computed",
            "basis": "Fortschreibung_Zensus2011", "place": "Wohnort", "flags": "", "numerator_date": end,
            "denominator_date": end,
        }  # fmt: skip
        self.add("mart_indicator", **(row | changes))

    def observation(self, key: str, nationality: str, value: int, basis: str, **changes: Any) -> None:
        row: Row = {
            "observation_id": key, "dataset_id": "amt", "measure": "bevoelkerung", "nationality": nationality,
            "sex": "insgesamt", "age_group": "insgesamt", "citizenship_key": "insgesamt", "dimensions": "",
            "region_key": "16070", "period_start": END, "period_end": END, "basis": basis, "value": value,
        }  # fmt: skip
        self.add("fct_observation", **(row | changes))

    def part(self, value_id: str, role: str, key: str, printed: str | None, **changes: Any) -> None:
        number = (printed or "").replace(",", ".")
        row: Row = {
            "value_id": value_id, "role": role, "part_no": 1, "observation_id": key, "is_part_of_sum": False,
            "dataset_id": "amt", "measure": "bevoelkerung", "region_key": "16070", "period_end": END,
            "basis": "Fortschreibung_Zensus2011", "status": "value", "printed": printed, "raw_sha256": "a" * 64,
            "used_value": Decimal(number) if number.replace(".", "").isdecimal() else None,
            "raw_locator": "line 7, field 18", "raw_column": "value", "filename": "t_flat.csv",
            "url": "https://host.example/data", "retrieved_at": "2026-11-22 01:15:00",
            "source_known_from": "2019-08-01 22:30:00", "known_from_quality": "source_stand",
            "recorded_at": "2026-11-22 01:15:00", "licence_id": "dl-de/by-2-0", "attribution": "© Amt, Tabelle t",
        }  # fmt: skip
        self.add("mart_provenance", **(row | changes))

    def decide(self, event: str, value_id: str, reason: str = "Zähler verwechselt.") -> None:
        """A decision of the journal, after the release was made."""
        decision = {"event": event, "value_id": value_id, "reason": reason, "who": "x", "what": {}}
        archive.journal(self.settings, decision)

    def explain(self, *question: str, **named: str) -> dict[str, Any]:
        facts = explain(self.settings, Question(*question, **named))
        json.dumps(facts)
        return facts

    def text(self, *question: str, **named: str) -> str:
        shown = list(lines(self.explain(*question, **named)))
        assert max(map(len, shown)) <= 120
        return " ".join(" ".join(shown).split())

    def refused(self, *question: str, **named: str) -> str:
        with pytest.raises(ConfigError) as raised:
            self.explain(*question, **named)
        assert "\n" not in str(raised.value)
        return str(raised.value)


SHARE, GAP, OWN = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The Ilm-Kreis: a share of 2019, none of 2018, and for 2018 what the Kreis says itself."""
    made = Release(tmp_path_factory.mktemp("written"))
    made.indicator()
    made.variant("fortschreibung", "Fortschreibung, Zensus 2011", 1)
    made.variant("kreisangabe", "Angabe des Kreises", 9, may_default=False, why_de="Die Grundlage ist nicht genannt.")
    later = date(2019, 12, 31)
    share = Decimal("6.2061761334")
    made.value(SHARE, "fortschreibung", later, value=share, numerator=6594, denominator=106249)
    vintage = {"value_id": SHARE, "axis": "source", "status": "value", "unit": "Prozent", "decimals": 1}
    first, second = "2020-07-01 10:00:00", "2021-07-01 10:00:00"
    before = {"value": Decimal("6.3"), "revision_kind": "first", "known_from": first, "known_to": second}
    made.add("mart_indicator_vintage", **vintage, vintage_no=1, **before)
    now = {"value": share, "revision_kind": "correction", "known_from": second}
    made.add("mart_indicator_vintage", **vintage, vintage_no=2, **now)
    at = {"period_end": later}
    made.part(SHARE, "numerator", "n19", "6594", origin_file="wide.csv", origin_sha256="b" * 64,
              origin_locator="line 15, field 60", origin_stand="2020-07-01T12:00:00+02:00", **at)  # fmt: skip
    made.part(SHARE, "denominator", "d19", "106.249", used_value=106249, **at)
    periods = {"period_start": later, **at}
    made.observation("n19", "auslaendisch", 6594, "Fortschreibung_Zensus2011", **periods)
    made.observation("d19", "insgesamt", 106249, "Fortschreibung_Zensus2011", **periods)

    made.value(GAP, "fortschreibung", status="not_recorded", numerator_status="not_recorded",
               denominator_status="not_recorded")  # fmt: skip
    made.value(OWN, "kreisangabe", is_default=False, value=Decimal("6.1126670175"), numerator=6504,
               denominator=106402, basis="Kreisangabe")  # fmt: skip
    own = {"dataset_id": "kreis", "basis": "Kreisangabe", "citation": "Broschüre 2019"}
    made.part(OWN, "numerator", "n18", "6504", measure="auslaender_kreisangabe", **own)
    made.part(OWN, "denominator", "d18", "106402", measure="einwohner_kreisangabe", **own)
    made.observation("n18", "auslaendisch", 6504, "Kreisangabe", dataset_id="kreis", measure="auslaender_kreisangabe")
    made.observation("d18", "insgesamt", 106402, "Kreisangabe", dataset_id="kreis", measure="einwohner_kreisangabe")
    made.observation("e18", "insgesamt", 108742, "Fortschreibung_Zensus2011")
    return made


@pytest.fixture
def release(written: Release, tmp_path: Path) -> Release:
    """A copy of it, to which a test may add."""
    shutil.copytree(written.home, tmp_path / "home", symlinks=True)
    return Release(tmp_path / "home", is_written=True)


# --- a value ---------------------------------------------------------------------------------------------------------


def test_a_value_is_told_with_formula_numbers_places_and_origin(release: Release) -> None:
    facts = release.explain(SHARE)
    assert (facts["value_id"], facts["status"], facts["formula"]) == (SHARE, "value", "Zähler ÷ Nenner × 100")
    assert (facts["value"], facts["quoted_de"]) == (6.2061761334, "6,2 %")
    assert facts["calculation_de"] == "6.594 ÷ 106.249 × 100 = 6,21 %"
    numerator, denominator = facts["inputs"]
    assert (numerator["role"], denominator["role"]) == ("numerator", "denominator")
    told = ("raw_sha256", "raw_locator", "printed", "column", "url", "retrieved_at", "licence")
    assert [denominator[name] for name in told] == [
        *("a" * 64, "line 7, field 18", "106.249", "value"),
        *("https://host.example/data", "2026-11-22T01:15:00Z", "dl-de/by-2-0"),
    ]
    origin = {
        "file": "wide.csv",
        "sha256": "b" * 64,
        "locator": "line 15, field 60",
        "stand": "2020-07-01T12:00:00+02:00",
    }
    assert (numerator["origin"], denominator["origin"]) == (origin, None)
    assert facts["instead"] is None


def test_the_text_holds_what_a_reader_needs(release: Release) -> None:
    text = release.text(SHARE)
    for words_of in (
        "A01 Ausländeranteil: Ilm-Kreis (16070), 31.12.2019",
        "Gerechnet 6.594 ÷ 106.249 × 100 = 6,21 %",
        "Zähler 16070, 31.12.2019: „6594“ in line 7, field 18 von t_flat.csv",
        "aufgezeichnet aus wide.csv, line 15, field 60",
        "6,3 % seit 01.07.2020: erste Fassung",
        "6,2 % seit 01.07.2021: von der Quelle berichtigt",
        "Die Grundlage wechselt.",
        "Aufgezeichnete Daten, kein Live-Abruf",
    ):
        assert words_of in text
    assert text.endswith(
        "Zitat Ausländeranteil, Variante „Fortschreibung, Zensus 2011“, Ilm-Kreis, 31.12.2019: 6,2 % "
        "(6.594 von 106.249). © Amt, Tabelle t, Stand 02.08.2019 "
        "(Lizenz dl-de/by-2-0); eigene Berechnung. Integrationsmonitor Thüringen, aufgezeichnete Daten, "
        f"Wert {SHARE}@{RELEASE}."
    ), "a Stand of half past ten in the evening, UTC, is the next day in Thüringen"


def test_a_value_is_named_by_indicator_region_and_period_too(release: Release) -> None:
    wanted = release.explain(SHARE)
    for region in ("16070", "Ilm-Kreis"):
        for period in ("2019-12-31", "2019"):
            assert release.explain("A01", region, period) == wanted
    assert release.explain(f"{SHARE}@{RELEASE}") == wanted
    assert release.explain("A01", "16070", "2018", variant="kreisangabe")["value_id"] == OWN


def test_an_adopted_rate_is_told_as_the_source_prints_it(release: Release) -> None:
    release.indicator("B01", "Zähler ÷ Nenner × 1 000", unit="je 1 000 Ausländer")
    release.variant("quote", "Veröffentlichte Quote", 1, "B01")
    release.value("d" * 16, "quote", indicator_id="B01", method="adopted", value=15, unit="je 1 000 Ausländer",
                  value_low=Decimal("14.5"), value_high=Decimal("15.5"), flags="uncertain_by_source")  # fmt: skip
    release.part("d" * 16, "numerator", "q", "1,5")
    text = release.text("d" * 16)
    assert "übernommen, wie veröffentlicht: 1,5 × 10 = 15,00 je 1 000 Ausländer" in text
    assert "15,0 je 1 000 Ausländer (wegen der Rundung der Quelle zwischen 14,50 und 15,50)" in text
    assert "Quote 16070, 31.12.2018: „1,5“ in" in text
    assert "in Klammern gedruckt: Aussagewert eingeschränkt" in text
    assert "Formel Veröffentlichte Quote × 10, übernommen Gerechnet" in text
    assert "; übernommen, mit 10 multipliziert. Integrationsmonitor" in text


def test_a_count_of_one_observation_is_passed_on_and_no_calculation_of_ours(release: Release) -> None:
    release.indicator("A00", "Zähler", unit="Personen", decimals=0)
    release.variant("fortschreibung", "Fortschreibung, Zensus 2011", 1, "A00")
    count = {"indicator_id": "A00", "unit": "Personen", "decimals": 0, "value": 106249, "numerator": 106249}
    release.value("4" * 16, "fortschreibung", **count)
    release.part("4" * 16, "numerator", "d19", "106249")
    assert "Gerechnet übernommen: 106.249" in release.text("4" * 16)
    assert "; übernommen. Integrationsmonitor" in release.text("4" * 16)
    release.value("5" * 16, "fortschreibung", date(2017, 12, 31), flags="replaced_by_us", **count)
    release.part("5" * 16, "numerator", "d19", "106294", used_value=106249)
    assert "; von uns berichtigt. Integrationsmonitor" in release.text("5" * 16)


def test_a_count_that_is_a_sum_says_of_what_and_that_we_added(release: Release) -> None:
    release.indicator("A00", "Zähler", unit="Personen", decimals=0)
    release.variant("fortschreibung", "Fortschreibung, Zensus 2011", 1, "A00")
    count = {"indicator_id": "A00", "unit": "Personen", "decimals": 0, "value": 19, "numerator": 19}
    sums = {"Kreisen": ("6" * 16, "16051", "16070"), "Altersgruppen": ("7" * 16, "16", "16")}
    for words_of, (value_id, *regions) in sums.items():
        release.value(value_id, "fortschreibung", **count)
        for number, region in enumerate(regions, start=1):
            member = {"is_part_of_sum": True, "part_no": number, "region_key": region}
            release.part(value_id, "numerator", f"n{number}", "9", **member)
        text = release.text(value_id)
        assert f"Gerechnet Summe von 2 {words_of}: 19" in text
        assert f"; Summe von 2 {words_of}, eigene Berechnung. Integrationsmonitor" in text


def test_a_variant_beside_the_indicator_is_never_cited_as_the_indicator(release: Release) -> None:
    assert (
        "Zitat Ausländeranteil, Variante „Angabe des Kreises“ (steht nur neben dem Indikator und ist nicht der "
        "Indikator selbst), Ilm-Kreis, 31.12.2018: 6,1 %"
    ) in release.text(OWN)


def test_a_place_that_a_number_is_quoted_from_is_named_once_and_as_a_quotation(release: Release) -> None:
    brochure = "Broschüre „Integration“, 2019"
    release.value("8" * 16, "fortschreibung", value=10, numerator=1, denominator=10)
    quoted = {"licence_id": "quotation", "attribution": brochure}
    release.part("8" * 16, "numerator", "n", "1", citation=brochure, **quoted)
    release.part("8" * 16, "denominator", "d", "10", citation=f"Pressemitteilung 81; {brochure}", **quoted)
    cited = release.explain("8" * 16)["citation_de"]
    assert cited.count(brochure) == 1
    assert f"{brochure}, Stand 02.08.2019 (Zitat); zitiert nach: Pressemitteilung 81; eigene Berechnung" in cited
    assert "quotation" not in release.text("8" * 16)


@pytest.mark.parametrize("word", ["ilm-kreis", "ILM-KREIS"])
def test_a_region_is_found_however_its_letters_are_written(release: Release, word: str) -> None:
    assert release.explain("A01", word, "2019")["value_id"] == SHARE


def test_the_day_of_a_vintage_is_a_bound_where_that_of_a_part_is(release: Release) -> None:
    with duckdb.connect(str(release.file)) as con:
        con.execute("update mart_provenance set known_from_quality = 'upper_bound' where observation_id = 'd19'")
    assert "6,3 % spätestens seit 01.07.2020: erste Fassung" in release.text(SHARE)


def test_vintages_that_differ_read_differently_and_in_german(release: Release) -> None:
    with duckdb.connect(str(release.file)) as con:
        con.execute("update mart_indicator_vintage set value = 6.2061 where vintage_no = 1")
        con.execute("update mart_indicator_vintage set vintage_no = 3 where vintage_no = 2")
    gone = {"status": "withheld", "revision_kind": "own_correction", "known_from": "2020-10-01 10:00:00"}
    release.add("mart_indicator_vintage", value_id=SHARE, axis="source", vintage_no=2, **gone)
    assert [vintage["text_de"].split(" seit ")[0] for vintage in release.explain(SHARE)["vintages"]] == [
        "6,2061 %",
        "keine Zahl (zurückgehalten)",
        "6,2062 %",
    ]


def test_a_sum_tells_every_member_and_cites_each_source_once(release: Release) -> None:
    release.value("e" * 16, "fortschreibung", region="16", value=Decimal("9.5"), numerator=19, denominator=200)
    release.part("e" * 16, "numerator", "n1", "9", is_part_of_sum=True, region_key="16051")
    release.part("e" * 16, "numerator", "n2", "10", is_part_of_sum=True, part_no=2)
    release.part("e" * 16, "denominator", "d", "200", region_key="16")
    facts = release.explain("e" * 16)
    assert [(part["role"], part["region_key"], part["value"]) for part in facts["inputs"]] == [
        ("numerator", "16051", 9),
        ("numerator", "16070", 10),
        ("denominator", "16", 200),
    ]
    assert facts["citation_de"].count("© Amt") == 1
    assert "Zähler (Summand) 16051" in release.text("e" * 16)


# --- no value --------------------------------------------------------------------------------------------------------


def test_where_nothing_is_recorded_the_reason_and_what_exists_instead(release: Release) -> None:
    facts = release.explain("A01", "16070", "2018-12-31")
    assert (facts["value_id"], facts["value"], facts["status"]) == (GAP, None, "not_recorded")
    assert facts["inputs"] == []
    assert facts["citation_de"] is None
    text = release.text("A01", "16070", "2018-12-31")
    assert "Ergebnis keine Zahl Grund Dafür liegt uns keine Zahl vor" in text
    assert "Angabe des Kreises (kreisangabe): 6.504 ÷ 106.402 × 100 = 6,11 %, zitiert als 6,1 %" in text
    assert "31.12.2019: Fortschreibung, Zensus 2011 (fortschreibung): 6.594 ÷ 106.249 × 100 = 6,21 %" in text


def test_numbers_of_two_bases_are_named_as_a_mixture_that_is_not_formed(release: Release) -> None:
    instead = release.explain(GAP)["instead"]
    assert [entry["text_de"] for entry in instead["mixtures"]] == [
        "6.504 ÷ 108.742 × 100 = 5,98 % mischt zwei Grundlagen (Kreisangabe und Fortschreibung_Zensus2011): Dieser "
        "Quotient wird nicht gebildet und steht in keiner Tabelle."
    ]
    ready = {(entry["role"], entry["value"], entry["basis"]) for entry in instead["observations"]}
    assert ready == {
        ("numerator", 6504, "Kreisangabe"),
        ("denominator", 106402, "Kreisangabe"),
        ("denominator", 108742, "Fortschreibung_Zensus2011"),
    }


def test_a_quotient_that_a_mart_holds_is_no_forbidden_mixture(release: Release) -> None:
    release.value("f" * 16, "fortschreibung", value=Decimal("5.981130"), numerator=6504, denominator=108742,
                  is_default=False, indicator_id="B09")  # fmt: skip
    assert release.explain(GAP)["instead"]["mixtures"] == []


def test_a_variant_that_never_speaks_for_the_indicator_says_why(release: Release) -> None:
    assert "Angabe des Kreises (kreisangabe). Steht nur daneben: Die Grundlage ist nicht genannt." in release.text(OWN)


def test_where_no_dataset_holds_what_is_needed_the_catalogue_says_so(release: Release) -> None:
    release.variant("nach_alter", "Nach Alter", 2, missing_de="Keine Tabelle nennt das Alter.")
    release.value("3" * 16, "nach_alter", date(2015, 12, 31), status="not_recorded")
    assert str(release.explain("3" * 16)["reason_de"]).endswith(" Keine Tabelle nennt das Alter.")


def test_one_basis_alone_is_no_mixture(release: Release) -> None:
    release.value("1" * 16, "fortschreibung", date(2017, 12, 31), status="secret", numerator_status="secret",
                  denominator_status="value")  # fmt: skip
    at = {"period_start": date(2017, 12, 31), "period_end": date(2017, 12, 31)}
    release.observation("d17", "insgesamt", 107000, "Fortschreibung_Zensus2011", **at)
    facts = release.explain("1" * 16)
    assert facts["instead"]["mixtures"] == []
    assert [entry["value"] for entry in facts["instead"]["observations"]] == [107000]
    assert facts["reason_de"] == "Die Quelle hält die Zahl geheim (statistische Geheimhaltung). Es fehlt der Zähler."


def test_what_an_index_is_made_of_lies_ready_as_its_numerator_only(release: Release) -> None:
    release.indicator("A04", unit="Index")
    release.variant("azr", "Register", 1, "A04")
    index = {"indicator_id": "A04", "unit": "Index", "region": "16", "basis": "AZR"}
    start, gap = date(2010, 12, 31), date(2015, 12, 31)
    release.value("4" * 16, "azr", start, value=100, numerator=35220, denominator=35220, **index)
    release.value("5" * 16, "azr", gap, status="not_recorded", **index)
    for role in ("numerator", "denominator"):
        release.part("4" * 16, role, "a10", "35220", region_key="16", period_end=start)
    for key, end in (("a10", start), ("a15", gap)):
        release.observation(key, "auslaendisch", 35220, "AZR", region_key="16", period_start=end, period_end=end)
    ready = release.explain("5" * 16)["instead"]["observations"]
    assert [(entry["role"], entry["value"]) for entry in ready] == [("numerator", 35220)]


def withdrawn(release: Release) -> str:
    """A share of the end of 2018 that a person took back, of numbers that lie there for everybody."""
    value_id = "2" * 16
    release.indicator("A09")
    release.variant("fortschreibung", "Fortschreibung", 1, "A09")
    release.variant("kreisangabe", "Angabe des Kreises", 2, "A09")
    of_a09 = {"indicator_id": "A09"}
    release.value(value_id, "fortschreibung", status="withheld", flags="withdrawn", **of_a09)
    for key, role in (("n18", "numerator"), ("e18", "denominator")):
        release.part(value_id, role, key, None, status="withheld")
    release.value("4" * 16, "kreisangabe", value=6, numerator=6504, denominator=108400, is_default=False, **of_a09)
    release.part("4" * 16, "numerator", "n18", "6504")
    release.part("4" * 16, "denominator", "e18", "108400")
    release.add("mart_correction", correction_id="x", observation_id="n18", action="replace", printed_value=6540,
                published_value=6504, reason_de="Zahlendreher", is_applied=True)  # fmt: skip
    release.add("mart_withdrawal", value_id=value_id, reason_de="Zähler verwechselt")
    release.add("mart_indicator_vintage", value_id=value_id, axis="source", vintage_no=1, status="withheld",
                revision_kind="first", known_from="2020-07-01 10:00:00")  # fmt: skip
    return value_id


def test_a_withdrawn_value_is_told_with_our_reason_and_without_a_number(release: Release) -> None:
    facts = release.explain(withdrawn(release))
    assert facts["reason_de"] == "Nach der Veröffentlichung zurückgezogen, nicht weiter zu zitieren: Zähler verwechselt"
    assert (facts["value"], facts["inputs"][0]["printed"], facts["citation_de"]) == (None, None, None)
    text = release.text("2" * 16)
    assert "Zähler 16070, 31.12.2018: von uns zurückgehalten (line 7, field 18 von t_flat.csv)" in text
    assert "keine Zahl in" not in text


def test_beside_a_withdrawn_value_stands_no_number_to_compute_it_from(release: Release) -> None:
    facts = release.explain(withdrawn(release))
    assert (facts["instead"]["observations"], facts["instead"]["mixtures"], facts["vintages"]) == ([], [], [])
    assert [entry["text_de"] for entry in facts["instead"]["variants"]] == ["Angabe des Kreises (kreisangabe): 6,0 %"]
    told = json.dumps(facts)
    assert not [number for number in ("6504", "6540", "108742", "108400") if number in told]
    assert facts["corrections"][0]["reason_de"] == "Zahlendreher"


def test_a_release_from_before_a_withdrawal_tells_its_number_and_no_citation(release: Release) -> None:
    release.decide("withdraw", SHARE)
    for question in (SHARE, f"{SHARE}@{RELEASE}"):
        facts = release.explain(question)
        assert (facts["value"], facts["citation_de"], facts["vintages"]) == (6.2061761334, None, [])
        text = release.text(question)
        assert "Ergebnis 6,2 % (so in dieser Veröffentlichung) Hinweis zurückgezogen am " in text
        assert ": Zähler verwechselt; nicht weiter zu zitieren." in text
        assert "Zitat" not in text
    assert release.explain(GAP)["instead"]["periods"] == [], "nor is it offered in place of another"


def test_a_value_that_was_given_back_may_be_cited_again(release: Release) -> None:
    before = release.explain(SHARE)
    release.decide("withdraw", SHARE)
    release.decide("reinstate", SHARE, "doch richtig")
    assert release.explain(SHARE) == before


# --- what is not there -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "words_of"),
    [
        (("aaaaaaaaaaaaaaab",), "aaaaaaaaaaaaaaab is no value of this release; the nearest: aaaaaaaaaaaaaaaa"),
        ((f"{SHARE}@2020",), f"'2020' is no release of this home: there are {RELEASE}"),
        (("A1", "16070", "2018"), "'A1' is no indicator and no value_id; indicators: A01"),
        (("A01",), "name --region and --period, too"),
        (("A01", "Ilmkreis", "2018"), "'Ilmkreis' is no region; the nearest: Ilm-Kreis"),
        (("A01", "16070", "2031"), "no period ends in 2031; the nearest: 2018-12-31, 2019-12-31"),
        (("A01", "16070", "2018-06-30"), "no period ends on 2018-06-30; the nearest: 2018-12-31, 2019-12-31"),
        (("A01", "16070", "letztes Jahr"), "expected the last day, such as 2019-12-31"),
        (("A01", "16051", "2018"), "no value for the region, whatever the period"),
        (("A01", "16070", "2018", "azr"), "'azr' is no variant of A01 there; there are fortschreibung, kreisangabe"),
        (("A01", "16070", "2018", "", "alle"), "'alle' is no group of A01 there; there are auslaender"),
    ],
)
def test_what_the_release_does_not_hold_is_refused_with_the_nearest(
    release: Release, question: tuple[str, ...], words_of: str
) -> None:
    assert words_of in release.refused(*question)


def test_a_home_without_a_release_says_what_makes_one(tmp_path: Path) -> None:
    settings = Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(tmp_path)})
    with pytest.raises(ConfigError, match="no release yet: `monitor run`"):
        explain(settings, Question(SHARE))


def test_a_release_from_before_says_so(release: Release) -> None:
    with duckdb.connect(str(release.file)) as con:
        con.execute("drop table mart_provenance")
    assert "was made before releases kept the provenance" in release.refused(SHARE)


# --- words and queries -----------------------------------------------------------------------------------------------


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 3))
def test_a_number_is_rounded_half_away_from_zero_as_the_exports_round_it(number: Decimal, decimals: int) -> None:
    read = Decimal(words.number(number, decimals).replace(".", "").replace(",", "."))
    assert abs(read - number) <= Decimal(5).scaleb(-decimals - 1)
    assert -read == Decimal(words.number(-number, decimals).replace(".", "").replace(",", "."))
    whole = words.number(number)
    assert Decimal(whole.replace(".", "").replace(",", ".")) == number


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@settings(deadline=None, max_examples=30)
@given(TEXTS, st.dates(), st.decimals(0, 10**9, places=6))
def test_a_value_in_a_query_is_only_ever_a_value(text: str, day: date, number: Decimal) -> None:
    with duckdb.connect() as con:
        found = rows(con, "select $text as text, $day as day, $number as number, $all as all_of_them",
                     {"text": text, "day": day, "number": number, "all": [text, "x"]})  # fmt: skip
    assert found == [{"text": text, "day": day, "number": number, "all_of_them": [text, "x"]}]


@pytest.mark.parametrize("known", [words.REASONS, words.FLAGS, words.CHANGES])
def test_every_word_of_the_marts_has_german(known: dict[str, str]) -> None:
    assert all(text and word not in text for word, text in known.items())


def test_reasons_are_told_for_every_status_without_a_value() -> None:
    from integrationsmonitor.observation import STATUSES, STATUSES_WITH_VALUE

    assert {*STATUSES, "not_recorded"} - set(words.REASONS) == set(STATUSES_WITH_VALUE)
