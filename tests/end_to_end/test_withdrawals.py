"""A person takes a published value back, and gives it back: what readers of the release see of it, and what not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from night_support import Night, Outcome, copy_home, differing_tables

REASON = "Zähler und Nenner stammen aus verschiedenen Gebietsständen."
# The rate of 2016 has two variants: the published one speaks. The share of 2020 has numerator and denominator.
RATE = "indicator_id = 'B01' and region_key = '16051' and period_end = '2016-12-31'"
SHARE = "indicator_id = 'A01' and region_key = '16051' and period_end = '2020-12-31'"
AS_PUBLISHED = "territory = 'as_published'"
NUMBERS = "value, value_low, value_high, numerator, denominator"


def _succeed(outcome: Outcome) -> Outcome:
    assert outcome.code == 0, outcome.err[-3000:]
    return outcome


def _default(night: Night, where: str) -> str:
    ((value_id,),) = night.query(f"select value_id from mart_indicator where {where} and {AS_PUBLISHED} and is_default")
    return str(value_id)


@pytest.fixture(scope="session")
def withdrawn(published: Night, once: Callable[..., tuple[Path, Outcome]]) -> Night:
    """The night after two values were taken back, each the one that speaks for its indicator."""

    def night(folder: Path) -> Night:
        return Night(folder / "home", published.extra)

    def make(folder: Path) -> Outcome:
        copy_home(published.home, folder / "home")
        here = night(folder)
        for where in (RATE, SHARE):
            _succeed(here.monitor("withdraw", _default(here, where), "--reason", REASON))
        return _succeed(here.monitor("build"))

    return night(once("withdrawn", make)[0])


@pytest.fixture
def rate(published: Night) -> str:
    return _default(published, RATE)


@pytest.fixture
def share(published: Night) -> str:
    return _default(published, SHARE)


def test_a_withdrawn_value_stands_there_without_any_number(published: Night, withdrawn: Night, share: str) -> None:
    columns = f"{NUMBERS}, status, numerator_status, denominator_status, flags, is_default"
    question = f"select {columns} from mart_indicator where value_id = ?"
    ((*before, _, _, _, _, _),) = published.query(question, share)
    assert None not in before
    assert withdrawn.query(question, share) == [(*(None,) * 5, *("withheld",) * 3, "withdrawn", True)]


def test_an_explanation_tells_no_number_of_it_and_cites_it_from_no_release(
    published: Night, withdrawn: Night, share: str
) -> None:
    facts = withdrawn.monitor("explain", share, "--json").json
    assert (facts["value"], facts["citation_de"], facts["vintages"]) == (None, None, [])
    assert (facts["instead"]["observations"], facts["instead"]["mixtures"]) == ([], [])
    assert REASON in facts["reason_de"]
    before = withdrawn.monitor("explain", f"{share}@{published.release['release_id']}", "--json").json
    assert before["value"] is not None
    assert before["citation_de"] is None
    assert before["withdrawal"]["text_de"].endswith(f": {REASON.rstrip('.')}; nicht weiter zu zitieren.")


def test_no_other_variant_speaks_in_its_place(published: Night, withdrawn: Night) -> None:
    where = f"{RATE} and {AS_PUBLISHED}"
    question = f"select variant, is_default, value is null from mart_indicator where {where} order by variant"
    assert published.query(question) == [
        ("fortschreibung_vorjahr", False, False),
        ("veroeffentlichte_quote", True, False),
    ]
    assert withdrawn.query(question) == [
        ("fortschreibung_vorjahr", False, False),
        ("veroeffentlichte_quote", True, True),
    ]


def test_an_analyst_and_a_reader_of_the_files_see_the_reason(withdrawn: Night, rate: str, share: str) -> None:
    told = withdrawn.query("select value_id, reason_de, is_applied from mart_withdrawal order by 1")
    assert told == [(value_id, REASON, True) for value_id in sorted((rate, share))]
    text = (withdrawn.home / "current" / "exports" / "csv" / "mart_withdrawal.csv").read_text(encoding="utf-8")
    assert text.count(REASON) == 2
    assert rate in text
    assert share in text


def test_nothing_else_changes(published: Night, withdrawn: Night, rate: str, share: str) -> None:
    changed = differing_tables(published.warehouse, withdrawn.warehouse)
    indicators = {"mart_indicator", "mart_indicator_vintage", "mart_indicator_change", "mart_indicator_flag"}
    beside = {"mart_indicator_wide", "mart_indicator_latest", "mart_comparison", "mart_coverage"}
    assert set(changed) == indicators | beside | {"mart_withdrawal", "mart_provenance", "dim_indicator"}
    assert changed["mart_indicator"] == 12  # two rows as they were, and as they are, on three territories
    withheld = f"select value_id from mart_indicator where status = 'withheld' and {AS_PUBLISHED} order by 1"
    assert withdrawn.query(withheld) == [(value_id,) for value_id in sorted((rate, share))]
    counts = "select indicator_id, n_values from dim_indicator where indicator_id in ('A01', 'B01') order by 1"
    assert withdrawn.query(counts) == [(name, count - 1) for name, count in published.query(counts)]


def test_the_journal_says_what_was_withdrawn_why_and_when(withdrawn: Night, rate: str, share: str) -> None:
    entries = {entry["value_id"]: entry for entry in withdrawn.monitor("withdraw", "--list", "--json").json}
    assert entries.keys() == {rate, share}
    assert entries[share]["reason"] == REASON
    assert entries[share]["at"].startswith("2026-11-22T01:15")
    assert (entries[share]["what"]["indicator_id"], entries[share]["what"]["region_name"]) == ("A01", "Erfurt")
    assert Decimal(entries[share]["what"]["value"]) > 0
    text = withdrawn.monitor("withdraw", "--list").out
    assert "withdrawn since 2026-11-22: A01" in text
    assert f"({share}): {REASON}" in text


def test_what_was_published_before_stays_known_and_what_is_published_now_is_withheld(
    published: Night, withdrawn: Night, share: str
) -> None:
    account = "select status, value, release_id from mart_publication where value_id = ? order by publication_no"
    before, after = (night.release["release_id"] for night in (published, withdrawn))
    ((number,),) = published.query("select value from mart_indicator where value_id = ?", share)
    assert withdrawn.query(account, share) == [("value", number, before), ("withheld", None, after)]
    now = "select status, value from published_as_of(timestamp '2026-12-01') where value_id = ?"
    assert withdrawn.query(now, share) == [("withheld", None)]


def test_the_news_say_what_was_withdrawn_and_why_and_nothing_else(withdrawn: Night, rate: str, share: str) -> None:
    news = withdrawn.monitor("diff", "--json").json
    told = {(value["value_id"], value["kind"], value["reason"]) for value in news["values"]}
    withheld = withdrawn.query("select value_id from mart_indicator where status = 'withheld'")
    assert told == {(value_id, "changed", "withdrawn_by_us") for (value_id,) in withheld}
    assert {rate, share} < {value_id for value_id, _, _ in told}, "and what repeats them on other territories"
    text = withdrawn.monitor("diff", "--region", "Erfurt").out
    assert text.count("Grund: von uns zurückgezogen (Zähler und Nenner stammen") == 2
    assert "Kein Wert hat sich geändert." in withdrawn.monitor("diff", "--region", "16070").out


def test_a_withdrawal_is_news_once(withdrawn: Night, tmp_path: Path) -> None:
    night = withdrawn.copied_to(tmp_path / "home")
    again = _succeed(night.monitor("build"))
    assert "nothing new" in again.err
    assert night.release["release_id"] == withdrawn.release["release_id"]


def test_a_withdrawal_survives_a_home_that_is_made_anew_from_its_archive(withdrawn: Night, tmp_path: Path) -> None:
    restored = withdrawn.copied_to(tmp_path / "home", only=("archive",))
    _succeed(restored.monitor("build"))
    assert differing_tables(withdrawn.warehouse, restored.warehouse) == {}
    account = "from mart_publication order by all"
    assert restored.query(account) == withdrawn.query(account), "what was published when, the archive knows"


def test_undoing_gives_the_release_before_row_for_row(
    published: Night, withdrawn: Night, rate: str, share: str, tmp_path: Path
) -> None:
    night = withdrawn.copied_to(tmp_path / "home")
    for value_id, indicator in ((rate, "B01"), (share, "A01")):
        told = _succeed(night.monitor("withdraw", value_id, "--undo", "--reason", "Der Wert stimmt doch."))
        assert f"given back: {indicator}" in told.out
    assert night.monitor("withdraw", "--list").out == "nothing is withdrawn\n"
    _succeed(night.monitor("build"))
    assert differing_tables(published.warehouse, night.warehouse) == {}
    twice = night.monitor("withdraw", share, "--undo", "--reason", "Noch einmal.")
    assert twice.code == 1
    assert "is not withdrawn: nothing to undo" in twice.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["0123456789abcdef", "--reason", "x"], "'0123456789abcdef' is no value of the current release"),
        (["VALUE"], "a reason is needed"),
        (["VALUE", "--reason", "  "], "a reason is needed"),
        (["VALUE", "--undo", "--reason", "x"], "is not withdrawn: nothing to undo"),
        ([], "name a value"),
    ],
    ids=["unknown", "no reason", "an empty reason", "undo of nothing", "no value"],
)
def test_a_mistake_is_refused_in_one_line_and_nothing_is_written(
    published: Night, share: str, arguments: list[str], message: str
) -> None:
    journal = published.home / "archive" / "journal.jsonl"
    before = journal.read_bytes()
    outcome = published.monitor("withdraw", *[share if word == "VALUE" else word for word in arguments])
    assert (outcome.code, outcome.out) == (1, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert journal.read_bytes() == before


def test_a_value_is_withdrawn_once(withdrawn: Night, share: str) -> None:
    twice = withdrawn.monitor("withdraw", share, "--reason", "Noch einmal.")
    assert twice.code == 1
    assert f"{share} is withdrawn already" in twice.err


def test_without_a_release_there_is_nothing_to_withdraw(tmp_path: Path) -> None:
    outcome = Night(tmp_path / "home").monitor("withdraw", "0123456789abcdef", "--reason", "x")
    assert outcome.code == 1
    assert "no release yet" in outcome.err


def test_the_command_says_what_was_withdrawn_and_what_happens_next(
    published: Night, share: str, tmp_path: Path
) -> None:
    night = published.copied_to(tmp_path / "home")
    told = _succeed(night.monitor("withdraw", share, "--reason", REASON))
    assert "withdrawn: A01 (fortschreibung_zensus2011, auslaender), Erfurt, 2020-12-31: 9.06" in told.out
    assert "The next `monitor build` or night publishes it as withheld" in told.out
    assert differing_tables(published.warehouse, night.warehouse) == {}, "until then the release stays as it is"
