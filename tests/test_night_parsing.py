"""What an answer's envelope says of itself must be plausible, and an answer must not shrink by half."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from flat_answers import answer, svb
from integrationsmonitor import columns
from integrationsmonitor.errors import ContractError
from integrationsmonitor.night import parsing
from integrationsmonitor.replay.store import zip_answer
from wire import catalog

DATASET = catalog().datasets["regio_13111_01_03_4"]
NOW = datetime(2026, 11, 22, 1, 15, tzinfo=UTC)


def unpack(epoch: int) -> parsing.Content:
    body = zip_answer(DATASET.table, epoch, answer(svb("16051", "5")))
    return parsing.unpack(DATASET, body, "answer.zip", NOW)


def test_the_moment_in_the_members_name_is_when_the_figures_were_known():
    assert unpack(1773175029986).known_from == datetime(2026, 3, 10, 20, 37, 9, 986000, tzinfo=UTC)


@pytest.mark.parametrize("epoch", [1773175029, 4102444800000])
def test_a_moment_before_2000_or_after_tomorrow_is_refused(epoch):
    with pytest.raises(ContractError, match="a moment between 2000 and now in the member's name"):
        unpack(epoch)


def test_an_answer_that_lost_half_its_rows_is_refused():
    content = unpack(1773175029986)
    parsing.refuse_halved(DATASET, content, rows=95, before=150)
    with pytest.raises(ContractError, match="about as many rows as the 150 of the answer before, found 75"):
        parsing.refuse_halved(DATASET, content, rows=75, before=150)


def test_other_figures_under_an_earlier_stand_are_an_error():
    content = unpack(1773175029986)
    assert "from which other figures are known" in str(parsing.refuse_older(DATASET, content, "2026-08-01"))


def test_more_words_than_numbers_reject_the_answer_and_leave_no_file(monkeypatch, tmp_path):
    """No real table comes near: so the limit is lowered."""
    monkeypatch.setattr(columns, "_LARGEST", 0)
    scope = (date(2019, 1, 1), date(2019, 12, 31))
    with pytest.raises(ContractError, match=r"the whole file: expected words .* found more than 0 possible tuples"):
        parsing.parse(catalog(), DATASET, unpack(1773175029986), "0" * 64, "k", scope, tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_refused_answer_leaves_no_file(tmp_path):
    scope = (date(2019, 1, 1), date(2019, 12, 31))
    with pytest.raises(ContractError, match="at least 144 rows"):
        parsing.parse(catalog(), DATASET, unpack(1773175029986), "0" * 64, "k", scope, tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []
