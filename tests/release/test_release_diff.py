"""What is new in a release stands in it, in German, and can be asked for between any two."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_support import facts_of, settings_of

from integrationsmonitor import publications
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.release import Release, asked, diff, news, news_pages, publish, releases
from integrationsmonitor.release.reasons import REASONS
from integrationsmonitor.settings import Settings

# A value changes, one goes, one comes, some are marked, one is taken back; tables and the catalogue change, too.
IN_ERFURT = "region_key = '16051' and indicator_id = 'A01' and variant = 'fortschreibung' and period_end = '2021-12-31'"
TAKEN_BACK = "region_key = '16054' and variant = 'fortschreibung' and period_end = '2020-12-31'"
EDITS = (
    f"update mart_indicator set value = 10.04, numerator = numerator + 4 where {IN_ERFURT}",
    "delete from mart_indicator where region_key = '16052' and variant = 'andere' and period_end = '2020-12-31'",
    "insert into mart_indicator select * replace ('new' as value_id, date '2022-12-31' as period_end, "
    f"timestamp '2026-11-23' as recorded_at) from mart_indicator where {IN_ERFURT}",
    "update mart_indicator set flags = 'provisional' where region_key = '16053' and variant = 'andere'",
    "insert into mart_withdrawal select value_id, 'Falscher Nenner.', timestamp '2026-11-22', true "
    f"from mart_indicator where {TAKEN_BACK}",
    f"update mart_indicator set value = null, status = 'withheld' where {TAKEN_BACK}",
    "alter table dim_group add column note_de varchar",
    "insert into dim_indicator_variant values ('A02', 'neu', 2, true, 'count', 1, null, null, null, null, null)",
)
OLDER = "drop table dim_sum_explanation"  # the first release is of a version that did not have it
Two = tuple[Release, Release]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, candidate: Path, quality_dir: Path) -> Settings:
    """Two releases: the sample, and the sample after the edits; read-only."""
    folder = tmp_path_factory.mktemp("diff")
    settings = settings_of(folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_NOW", "2026-11-22T02:15:00+01:00")
        for name, statements in (("older", (OLDER,)), ("changed", EDITS)):
            shutil.copy(candidate, folder / f"{name}.duckdb")
            with duckdb.connect(str(folder / f"{name}.duckdb")) as con:
                for statement in statements:
                    con.execute(statement)
        publish(settings, folder / "older.duckdb", quality_dir, facts_of(1))
        publish(settings, folder / "changed.duckdb", quality_dir, facts_of(2))
    return settings


@pytest.fixture(scope="module")
def two(home: Settings) -> Two:
    first, second = (
        Release(found["release_id"], home.releases / found["release_id"], found["tables"], 0.0)
        for found in releases(home)
    )
    return first, second


def told(release: Release) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((release.path / "diff.json").read_text(encoding="utf-8"))
    return found


def test_every_difference_is_told_once_with_its_reason(two: Two) -> None:
    found = told(two[1])
    assert {(value["kind"], value["reason"], value["region_key"]) for value in found["values"]} == {
        ("changed", "unknown", "16051"),
        ("appeared", "new_period", "16051"),
        ("gone", "unknown", "16052"),
        ("marked", "flags_changed", "16053"),
        ("changed", "withdrawn_by_us", "16054"),
    }
    assert found["counts"] == {"appeared": 1, "changed": 2, "gone": 1, "marked": 2}
    assert (
        sum(found["reasons"].values()) == len(found["values"]) == len({value["value_id"] for value in found["values"]})
    )
    assert (found["old"]["release_id"], found["new"]["release_id"]) == (two[0].id, two[1].id)


def test_tables_columns_rows_and_variants_are_told(two: Two) -> None:
    found = told(two[1])
    assert found["tables"]["added"] == ["dim_sum_explanation"]
    assert found["tables"]["columns"] == {"dim_group": {"added": ["note_de"], "gone": [], "retyped": []}}
    assert found["tables"]["rows"]["dim_indicator_variant"] == [3, 4]
    assert found["catalogue"]["variants_new"] == ["A02/neu"]


def test_what_was_taken_back_is_not_told_again(two: Two) -> None:
    (taken_back,) = [value for value in told(two[1])["values"] if value["reason"] == "withdrawn_by_us"]
    assert (taken_back["old"]["value"], taken_back["old"]["status"]) == (None, "value")
    assert not {"value", "numerator", "denominator"} & taken_back["columns"].keys()
    assert "status" in taken_back["columns"]


def test_a_sentence_says_what_it_was_what_it_is_and_why(two: Two) -> None:
    sentences = {(value["kind"], value["reason"]): value["sentence_de"] for value in told(two[1])["values"]}
    head = "A01 Ausländeranteil (fortschreibung; Personen ohne deutsche Staatsangehörigkeit), "
    assert sentences["changed", "unknown"] == (
        f"{head}Erfurt, 31.12.2021: 10,04 % statt 10,00 %. Grund nicht feststellbar."
    ), "as many decimals as it takes to see the change"
    assert sentences["appeared", "new_period"].endswith("Erfurt, 31.12.2022: neu, 10,0 %. Grund: neuer Zeitraum.")
    assert "zuletzt 10,0 %" in sentences["gone", "unknown"]
    assert "10,0 % wie bisher, Kennzeichen provisional statt keine" in sentences["marked", "flags_changed"]
    withdrawn = sentences["changed", "withdrawn_by_us"]
    assert "kein Wert (zurückgehalten)" in withdrawn
    assert withdrawn.endswith("Grund: von uns zurückgezogen (Falscher Nenner).")
    assert "10,0" not in withdrawn, "what was taken back is not quoted again"


def test_the_page_begins_with_the_summary_and_ends_with_the_tables(two: Two) -> None:
    page = (two[1].path / "diff.md").read_text(encoding="utf-8")
    assert "1 Wert neu, 2 Werte geändert, 1 Wert entfallen, 2 Werte nur anders gekennzeichnet." in page
    headings = re.findall(r"^#+ .*", page, re.MULTILINE)
    assert headings[:3] == ["# Was ist neu", "## Je Indikator", "### A01 Ausländeranteil"]
    assert headings[3:5] == ["## Je Kreis", "### Erfurt (16051)"]
    assert headings[-1] == "## Tabellen"
    listed = {file["path"] for file in json.loads((two[1].path / "release.json").read_text())["files"]}
    assert {"diff.json", "diff.md"} <= listed


def test_a_kreis_with_news_has_a_page_of_its_own(two: Two) -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in (two[1].path / "diff").iterdir()}
    kreise = {region["region_key"]: region for region in told(two[1])["regions"]}
    assert pages.keys() == {f"{key}.md" for key in kreise} == {"16051.md", "16052.md", "16053.md", "16054.md"}
    assert (kreise["16051"]["appeared"], kreise["16051"]["changed"], kreise["16051"]["no_longer_said"]) == (1, 1, 0)
    assert (kreise["16054"]["changed"], kreise["16054"]["no_longer_said"]) == (1, 1), "it was taken back"
    assert (kreise["16052"]["gone"], kreise["16052"]["no_longer_said"]) == (1, 1)
    assert pages["16051.md"].startswith("# Was ist neu: Erfurt\n")
    assert pages["16051.md"].count("Erfurt, 31.12.2021: 10,04 % statt 10,00 %") == 1
    assert "Erfurt, 31." not in pages["16052.md"]
    page = (two[1].path / "diff.md").read_text(encoding="utf-8")
    assert "| [Erfurt](diff/16051.md) | 1 | 1 | 0 | 0 | 0 |" in page
    assert "| [Gera](diff/16052.md) | 0 | 0 | 1 | 1 | 0 |" in page
    assert not (two[0].path / "diff").exists()


def test_the_first_release_says_that_it_is_the_first(two: Two) -> None:
    assert told(two[0])["old"] is None
    assert "die erste, es gibt nichts zu vergleichen" in (two[0].path / "diff.md").read_text(encoding="utf-8")


def test_a_lost_or_damaged_folder_is_no_reason_not_to_publish(publish_night: Callable[..., Release]) -> None:
    first = publish_night(1)
    warehouse = first.path / "warehouse.duckdb"
    warehouse.chmod(0o644)
    warehouse.write_bytes(b"no warehouse")
    second = publish_night(2)
    assert f"{first.id} liegt nicht mehr vor" in (second.path / "diff.md").read_text(encoding="utf-8")
    shutil.rmtree(second.path.parent)
    page = (publish_night(3).path / "diff.md").read_text(encoding="utf-8")
    assert f"{second.id} liegt nicht mehr vor" in page


def test_long_lists_are_cut_and_counted_and_the_json_is_complete(
    settings: Settings,
    publish_all_tables: Callable[..., Release],
    candidate: Path,
    quality_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(news_pages, "PER_REGION", 2)
    monkeypatch.setattr(news_pages, "PER_PAGE", 3)
    publish_all_tables(1)
    shutil.copy(candidate, tmp_path / "all.duckdb")
    with duckdb.connect(str(tmp_path / "all.duckdb")) as con:
        con.execute("update mart_indicator set value = value + 1 where indicator_id = 'A01'")
    release = publish(settings, tmp_path / "all.duckdb", quality_dir, facts_of(2))
    found, page = told(release), (release.path / "diff.md").read_text(encoding="utf-8")
    count = len(found["values"])
    assert count > 100
    assert f"- … und {count - news_pages.PER_INDICATOR} weitere" in page
    of_indicators, of_kreise = page.split("## Je Kreis")
    assert of_indicators.count("\n- A01 ") == news_pages.PER_INDICATOR
    assert of_kreise.split("### ")[1].count("\n- A01 ") == 2
    erfurt = next(region["changed"] for region in found["regions"] if region["region_key"] == "16051")
    of_erfurt = (release.path / "diff" / "16051.md").read_text(encoding="utf-8")
    assert of_erfurt.count("\n- A01 ") == 3
    assert f"- … und {erfurt - 3} weitere" in of_erfurt


def test_any_two_releases_can_be_asked_for(home: Settings, two: Two) -> None:
    assert diff.as_json(asked.difference(home)) == json.dumps(told(two[1]), ensure_ascii=False)
    backwards = asked.difference(home, two[1].id, two[0].id)
    assert backwards["counts"] == {"appeared": 1, "changed": 2, "gone": 1, "marked": 2}
    (back,) = [value for value in backwards["values"] if value["reason"] == "given_back"]
    assert back["new"]["value"] == 10


@pytest.mark.parametrize("region", ["16051", "Erfurt", "erfurt"])
def test_one_region_can_be_asked_for(home: Settings, two: Two, region: str) -> None:
    found = asked.difference(home, region=region)
    assert found["counts"] == {"appeared": 1, "changed": 1, "gone": 0, "marked": 0}
    assert "Nur Region Erfurt (16051)." in list(news.lines(found))


def test_mistakes_name_what_there_is(home: Settings, two: Two) -> None:
    with pytest.raises(ConfigError, match=f"1999 is no whole release.*{two[0].id}, {two[1].id}"):
        asked.difference(home, "1999")
    with pytest.raises(ConfigError, match="2026 begins 2 releases"):
        asked.difference(home, "2026")
    with pytest.raises(ConfigError, match="--region Nirgends: is no key and no name"):
        asked.difference(home, region="Nirgends")


def test_without_a_release_there_is_nothing_to_compare(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="no release yet"):
        asked.difference(settings)


# ---- what must stay secret ----------------------------------------------------------------------------------------

SECRET = "region_key = '16054' and variant = 'fortschreibung' and period_end = '2020-12-31'"
ZERO = "region_key = '16053' and variant = 'fortschreibung' and period_end = '2020-12-31'"
FOUR = (
    "update mart_indicator set value = 4.3484969270, value_low = 4.3484969270, value_high = 4.3484969270, "
    f"numerator = 1691, denominator = 38887 where {SECRET}",
    "update mart_indicator set value = 0, value_low = 0, value_high = 0, numerator = 0, status = 'zero', "
    f"numerator_status = 'zero' where {ZERO}",
)
SILENT = (
    "update mart_indicator set value = null, value_low = null, value_high = null, numerator = null, "
    "denominator = null, numerator_status = 'withheld', denominator_status = 'withheld', status = 'withheld', "
    "flags = 'confidential' "
    f"where ({SECRET}) or ({ZERO})"
)


@pytest.fixture
def silenced(settings: Settings, candidate: Path, quality_dir: Path, tmp_path: Path) -> tuple[Settings, Two]:
    """A release that says a number, and one in which it must stay secret."""
    made = []
    for number, statements in enumerate((FOUR, (SILENT,)), start=1):
        path = tmp_path / f"{number}.duckdb"
        shutil.copy(candidate, path)
        with duckdb.connect(str(path)) as con:
            for statement in statements:
                con.execute(statement)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MONITOR_NOW", f"2026-11-2{number}T02:15:00+01:00")
            made.append(publish(settings, path, quality_dir, facts_of(number)))
    return settings, (made[0], made[1])


def test_the_news_of_a_secret_do_not_tell_it(silenced: tuple[Settings, Two]) -> None:
    _, (_, release) = silenced
    values = told(release)["values"]
    assert {(value["kind"], value["reason"], value["no_longer_said"]) for value in values} == {
        ("changed", "confidential_by_us", "confidential")
    }
    assert [value["old"] for value in values] == [{"value": None, "status": "value"}] * 2, "nor that it was a zero"
    numbers = {"value", "value_low", "value_high", "numerator", "denominator"}
    assert not any(numbers & value["columns"].keys() for value in values)
    assert all("zero" not in columns for value in values for columns in value["columns"].values())
    assert values[0]["sentence_de"].endswith(
        "kein Wert (zurückgehalten); die Zahl von bisher ist nicht weiter zu nennen. Grund: zurückgehalten, weil sich "
        "sonst eine geheime Zahl errechnen ließe."
    )
    pages = [release.path / "diff.json", release.path / "diff.md", *(release.path / "diff").iterdir()]
    assert {path.name for path in pages} == {"diff.json", "diff.md", "16053.md", "16054.md"}
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert not [number for number in ("4,3", "4.3", "1691", "38887") if number in text], path
    regions = {region["region_key"]: region["no_longer_said"] for region in told(release)["regions"]}
    assert regions == {"16053": 1, "16054": 1}, "nor does it show here which of them was a zero"


def test_who_compares_backwards_is_not_told_it_either(silenced: tuple[Settings, Two]) -> None:
    settings, (first, second) = silenced
    found = asked.difference(settings, second.id, first.id)
    assert {value["reason"] for value in found["values"]} == {"confidential_by_us"}
    assert [value["new"] for value in found["values"]] == [{"value": None, "status": "value"}] * 2
    text = "\n".join([diff.as_json(found), *news.lines(found)])
    assert "eine Zahl, die nicht mehr zu nennen ist statt kein Wert (zurückgehalten)" in text
    assert not [number for number in ("4,3", "4.3", "1691", "38887") if number in text]


def test_the_account_of_a_release_keeps_no_number_of_a_secret(silenced: tuple[Settings, Two]) -> None:
    settings, (_, second) = silenced
    account = (
        "select distinct told.status, told.value from mart_publication as told join mart_indicator using (value_id) "
        f"where ({SECRET}) or ({ZERO})"
    )
    with duckdb.connect(str(second.path / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute(account).fetchall() == [("withheld", None)]
        ids = con.execute(f"select value_id from mart_indicator where {SECRET}").fetchall()
        assert con.execute("select count(*) from mart_publication where value is not null").fetchone() > (0,)
    kept = [row.value for row in publications.account(settings).rows if (row.value_id,) in ids]
    assert kept == [Decimal("4.3484969270"), None], "the archive knows what was published, for those who answer for it"


# ---- German -------------------------------------------------------------------------------------------------------


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=10), st.integers(0, 4))
def test_a_number_reads_back_as_its_rounded_self(value: Decimal, decimals: int) -> None:
    text = news.number(value, decimals)
    back = Decimal(text.replace(".", "").replace(",", "."))
    assert abs(back - value) <= Decimal(5).scaleb(-decimals - 1)
    assert len(text.partition(",")[2]) == decimals
    assert re.fullmatch(r"-?\d{1,3}(\.\d{3})*(,\d+)?", text)


def test_numbers_and_periods_are_printed_as_they_are_quoted() -> None:
    assert news.number(Decimal("106249"), 0) == "106.249"
    assert news.number(Decimal("6.105"), 2) == "6,11"
    assert news.period("stichtag", date(2019, 12, 31), date(2019, 12, 31)) == "31.12.2019"
    assert news.period("quartal", date(2019, 4, 1), date(2019, 6, 30)) == "2. Quartal 2019"
    assert news.period("monat", date(2019, 4, 1), date(2019, 4, 30)) == "01.04.2019 bis 30.04.2019"
    assert news.period("jahressumme", date(2019, 1, 1), date(2019, 12, 31)) == "Jahr 2019"


def test_every_reason_is_a_german_phrase_of_its_own() -> None:
    assert len(set(REASONS.values())) == len(REASONS)
