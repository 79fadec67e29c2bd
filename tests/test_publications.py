"""What was published at any moment is known for ever, and only real changes are kept."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from integrationsmonitor import archive, publications
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.publications import PUBLISHED, REMOVED, ROLLED_BACK, Delta, Event, State, Value
from integrationsmonitor.settings import Settings

DAY = datetime(2026, 11, 22, 1, 15)

values = st.builds(
    Value,
    st.none() | st.decimals(min_value=0, max_value=100, places=1),
    st.sampled_from(["value", "zero", "withheld", "not_yet"]),
    st.integers(1, 3),
)
states = st.dictionaries(st.sampled_from("abcde"), values, max_size=5)


def as_published(rows: list[publications.Row], moment: datetime) -> dict[str, Value]:
    """The account read by its definition: the last row of each value that was published by then."""
    last: dict[str, publications.Row] = {}
    for row in rows:
        if row.published_at <= moment:
            last[row.value_id] = row
    return {value_id: Value(*row[4:]) for value_id, row in last.items() if row.status != REMOVED}


class History:
    """Publications and rollbacks as the shelf makes them: each file against what is published then."""

    def __init__(self) -> None:
        self.files: dict[str, Delta] = {}
        self.events: list[Event] = []
        self.shown: list[tuple[str, State]] = []

    @property
    def moment(self) -> datetime:
        return DAY + timedelta(days=len(self.events))

    def publish(self, state: State) -> None:
        told = self.account()
        release_id = f"r{len(self.files)}"
        changes = publications.difference(told.state, state)
        self.files[release_id] = Delta(told.holds, self.moment, changes)
        self.events.append(Event(PUBLISHED, release_id, self.moment + timedelta(seconds=2), len(changes)))
        self.shown.append((release_id, dict(state)))

    def roll_back(self, to: int) -> None:
        release_id, state = next(entry for entry in self.shown if entry[0] == f"r{to}")
        self.events.append(Event(ROLLED_BACK, release_id, self.moment, None))
        self.shown.append((release_id, state))

    def account(self) -> publications.Account:
        return publications.fold(self.events, lambda event: self.files.get(event.release_id), self.files.get)


@given(st.data())
def test_at_every_moment_the_account_gives_exactly_what_was_shown_then(data: st.DataObject) -> None:
    history = History()
    for _ in range(data.draw(st.integers(1, 6))):
        if history.files and data.draw(st.booleans()):
            history.roll_back(data.draw(st.integers(0, len(history.files) - 1)))
        else:
            history.publish(data.draw(states))
    told = history.account()
    assert (told.holds, told.state) == history.shown[-1]
    for number, (_, state) in enumerate(history.shown):
        assert as_published(told.rows, DAY + timedelta(days=number, hours=1)) == state


@given(st.data())
def test_every_row_is_a_real_change(data: st.DataObject) -> None:
    history = History()
    for state in data.draw(st.lists(states, min_size=1, max_size=6)):
        history.publish(state)
    before: dict[str, Value] = {}
    for row in history.account().rows:
        assert before.get(row.value_id) != Value(*row[4:])
        before[row.value_id] = Value(*row[4:])


def test_a_thousand_unchanged_publications_add_no_row() -> None:
    history = History()
    state = {"a": Value(Decimal("6.1"), "value", 1), "b": Value(None, "secret", 1)}
    history.publish(state)
    first = history.account()
    quiet = [Event(PUBLISHED, f"quiet-{number}", DAY, 0) for number in range(1000)]
    again = publications.fold(
        [*history.events, *quiet], lambda event: history.files[event.release_id], history.files.get
    )
    assert again.rows == first.rows
    assert (again.state, again.holds) == (state, "quiet-999")


def test_a_value_that_was_taken_back_is_published_as_withheld_without_a_number() -> None:
    history = History()
    history.publish({"a": Value(Decimal("6.1"), "value", 1)})
    history.publish({"a": Value(None, "withheld", 1)})
    assert [(row.value, row.status) for row in history.account().rows] == [
        (Decimal("6.1"), "value"),
        (None, "withheld"),
    ]


def test_a_secret_has_no_number_at_any_time_and_nothing_else_loses_one() -> None:
    history = History()
    history.publish({name: Value(Decimal("6.1"), "value", 1) for name in "abc"})
    history.publish({name: Value(None, "withheld", 1) for name in "ab"} | {"c": Value(Decimal("6.2"), "value", 1)})
    told = publications.without_secrets(history.account().rows, {"a"})
    assert [(row.status, row.value) for row in told if row.value_id == "a"] == [("withheld", None)] * 2
    before = history.account().rows
    assert [row for row in told if row.value_id != "a"] == [row for row in before if row.value_id != "a"]


@pytest.mark.parametrize("last", [{}, {"a": Value(None, "secret", 1)}], ids=["gone", "hidden by its source"])
def test_what_went_while_it_was_withheld_keeps_no_number(last: State) -> None:
    """Why it was withheld nobody can ask any more."""
    history = History()
    for state in ({"a": Value(Decimal("6.1"), "value", 1)}, {"a": Value(None, "withheld", 1)}, last):
        history.publish(state)
    assert [row.value for row in publications.without_secrets(history.account().rows, set())] == [None] * 3


def test_what_is_said_again_has_its_numbers_again() -> None:
    history = History()
    number = Value(Decimal("6.1"), "value", 1)
    for state in ({"a": number}, {"a": Value(None, "withheld", 1)}, {"a": number}, {}):
        history.publish(state)
    assert publications.without_secrets(history.account().rows, set()) == history.account().rows


def test_what_was_published_before_an_unknown_publication_is_not_claimed() -> None:
    """The folder of an older version's release is gone: nobody knows how long the values before it stood."""
    history = History()
    history.publish({"a": Value(Decimal(1), "value", 1)})
    history.events.append(Event(PUBLISHED, "unknown", history.moment, None))
    assert history.account() == publications.Account(publications=2)
    history.publish({"a": Value(Decimal(1), "value", 1)})
    assert [(row.release_id, row.publication_no) for row in history.account().rows] == [("r1", 3)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(tmp_path)})


@hypothesis_settings(deadline=None, max_examples=30)
@given(changes=states)
def test_a_file_gives_back_what_was_kept(tmp_path_factory: pytest.TempPathFactory, changes: State) -> None:
    home = tmp_path_factory.mktemp("home")
    settings = Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(home)})
    told = Delta("before", DAY, changes)
    publications.write(settings, "after", told, {})
    assert publications.read(settings, "after") == told


def test_the_file_names_the_values_for_a_person(settings: Settings) -> None:
    import duckdb

    changes = {"a": Value(Decimal("6.1"), "value", 1), "gone": Value(None, REMOVED, 1)}
    names = ("A01", "default", "as_published", "auslaendisch", "16070", "Ilm-Kreis", "stichtag", DAY.date())
    publications.write(settings, "after", Delta("", DAY, changes), {"a": names})
    path = publications.path_of(settings, "after")
    rows = duckdb.sql(f"select value_id, indicator_id, region_name, period_end::varchar from '{path}' order by 1")
    assert rows.fetchall() == [("a", "A01", "Ilm-Kreis", "2026-11-22"), ("gone", None, None, None)]


def test_a_lost_or_damaged_file_stops_the_account(settings: Settings) -> None:
    """Without it, a state would be claimed that nobody knows."""
    archive.journal(settings, {"event": PUBLISHED, "release_id": "first", "previous": None, "changes": 3})
    with pytest.raises(MonitorError, match=r"publications/first\.parquet is missing.*backup"):
        publications.account(settings)
    path = publications.path_of(settings, "first")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PAR1 torn")
    with pytest.raises(MonitorError, match=r"publications/first\.parquet cannot be read"):
        publications.account(settings)


def test_decisions_of_people_are_no_publications(settings: Settings) -> None:
    archive.journal(settings, {"event": "withdraw", "value_id": "a", "reason": "Fehler", "who": None, "what": {}})
    assert publications.account(settings) == publications.Account()
    assert json.dumps(publications.table([]).to_pylist()) == "[]"
