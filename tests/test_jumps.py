"""Figures that jump: against themselves before, and against the period before."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flat_answers import KNOWN, NAME, answer, catalog, svb
from integrationsmonitor import jumps
from integrationsmonitor.dataset import JumpRule
from integrationsmonitor.errors import ContractError
from integrationsmonitor.local_description import LocalTable
from integrationsmonitor.sources import genesis_read, mapping
from integrationsmonitor.sources.cells import in_memory

CATALOG = catalog()
REAL = CATALOG.datasets["regio_13111_01_03_4"]
REVISION, PERIOD = JumpRule("revision", 1.5, 100), JumpRule("period", 3, 100)


def observed(value: str, year: int = 2019, region: str = "16070") -> pa.Table:
    """One figure of one region at 30.06. of a year."""
    read = genesis_read.read_answer(in_memory(answer(svb(region, value, time=f"{year}-06-30"))), REAL, NAME)
    origin = mapping.Origin(NAME, read.layout, None, KNOWN, "0" * 64, "p")
    return mapping.map_cells(read.cells, REAL, CATALOG.regions, origin).observations


def compare(now: pa.Table, before: pa.Table | None, earlier: pa.Table | None, *rules: JumpRule) -> None:
    dataset = replace(REAL, contract=replace(REAL.contract, jumps=rules))
    jumps.check(now, before, earlier, dataset, NAME)


def test_a_figure_times_ten_is_refused_with_cell_both_figures_and_the_way_out():
    with pytest.raises(ContractError) as raised:
        compare(observed("18710"), observed("1871"), None, REVISION)
    assert str(raised.value) == (
        f"regio_13111_01_03_4: {NAME}, line 2, field 18: expected svb_arbeitsort of 16070 at 2019-06-30 within a "
        "factor of 1.5 of the 1,871 before, found 18,710 (1 such figure). If the source is right, say so: "
        "monitor accept regio_13111_01_03_4 --reason …"
    )


def test_whoever_accepts_is_told_of_everything_that_jumps():
    other = JumpRule("within", 1.5, 100)
    now, before = (pa.concat_tables([observed(value, 2019), observed("1000", 2018)]) for value in ("9000", "1000"))
    with pytest.raises(ContractError) as raised:
        compare(now, before, None, REVISION, other)
    first, second = str(raised.value).split("; and in ")
    assert "within a factor of 1.5 of the 1,000 before, found 9,000 (1 such figure)" in first
    assert "within a factor of 1.5 of the 1,000 at 2018-06-30, found 9,000 (1 such figure). If the source" in second


@pytest.mark.parametrize(("new", "old"), [("1500", "1000"), ("1000", "1500"), ("100", "1"), ("0", "100")])
def test_within_the_factor_below_the_floor_or_without_a_number_nothing_jumps(new, old):
    compare(observed(new), observed(old), None, REVISION)


@pytest.mark.parametrize(("new", "old"), [("1501", "1000"), ("1000", "1501"), ("101", "1"), ("101", "0"), ("0", "101")])
def test_beyond_the_factor_and_above_the_floor_it_does(new, old):
    with pytest.raises(ContractError, match=r"within a factor of 1\.5"):
        compare(observed(new), observed(old), None, REVISION)


def test_a_new_year_is_compared_with_the_year_before():
    compare(observed("3000", 2020), None, observed("1000", 2019), PERIOD)
    with pytest.raises(ContractError, match="within a factor of 3 of the 1,000 at 2019-06-30, found 3,001"):
        compare(observed("3001", 2020), None, observed("1000", 2019), PERIOD)


def test_a_gap_of_years_allows_as_many_times_more():
    compare(observed("9000", 2022), None, observed("1000", 2019), PERIOD)
    with pytest.raises(ContractError, match="within a factor of 9"):
        compare(observed("9001", 2022), None, observed("1000", 2019), PERIOD)


def test_what_our_own_threshold_hides_is_hidden_at_once_and_what_a_source_hides_waits():
    before, now = observed("1010"), observed("-")
    hidden = now.set_column(now.column_names.index("status"), "status", pa.array(["secret"])).set_column(
        now.column_names.index("value"), "value", pa.nulls(1, pa.decimal128(18, 6))
    )
    with pytest.raises(ContractError, match="found no number for 1 of them"):
        compare(hidden, before, None, REVISION)
    own = replace(REAL, local=LocalTable("d.yml", "*.csv", (), threshold=5))
    jumps.check(hidden, before, None, own, NAME)


@pytest.mark.parametrize(("new", "old"), [("0", "900"), ("900", "0"), ("-", "900")])
def test_what_begins_or_ends_between_two_periods_is_no_jump(new, old):
    compare(observed(new, 2020), None, observed(old, 2019), PERIOD)


def test_a_rule_looks_only_where_it_is_meant_to():
    compare(observed("9000"), None, observed("1", 2018), REVISION)
    compare(observed("9000"), observed("1"), None, PERIOD)
    compare(observed("9000"), observed("1"), None, JumpRule("revision", 1.5, 100, ("another_measure",)))
    compare(observed("9000", 2020, region="16070"), None, observed("1", 2019, region="16071"), PERIOD)


def test_comparators_may_break():
    compare(observed("9000", region="DG"), observed("1", region="DG"), None, REVISION)


def test_a_revision_that_takes_numbers_back_is_refused():
    for gone in (".", "x"):
        with pytest.raises(
            ContractError, match=r"line 2, field 18: expected the 1 numbers .* before, found no number for 1"
        ):
            compare(observed(gone), observed("1871"), None)
    compare(observed("1871"), observed("."), None)
    with pytest.raises(ContractError, match="the whole file: expected the 1 numbers"):
        compare(observed("1", region="16071"), observed("1871"), None)


def test_a_window_that_moves_on_takes_nothing_back():
    window = replace(REAL, source={**REAL.source, "form": "Tabelle"})
    october, september = observed("1000", 2019), observed("1000", 2018)
    jumps.check(october, pa.concat_tables([october, september]), None, window, NAME)
    with pytest.raises(ContractError, match="expected the 1 numbers"):
        jumps.check(observed(".", 2019), pa.concat_tables([october, september]), None, window, NAME)
    with pytest.raises(ContractError, match="expected the 2 numbers"):
        compare(october, pa.concat_tables([october, september]), None)


def test_an_answer_that_ends_earlier_than_the_one_before_is_an_old_one():
    window = replace(REAL, source={**REAL.source, "form": "Tabelle"})
    october, september, august = observed("1000", 2019), observed("1000", 2018), observed("1000", 2017)
    with pytest.raises(ContractError, match="the whole file: expected figures up to 2019-06-30, as before, found 2018"):
        jumps.check(pa.concat_tables([september, august]), pa.concat_tables([october, september]), None, window, NAME)
    years = [observed("1000", year) for year in range(2000, 2020)]
    with pytest.raises(ContractError, match="expected figures up to 2019-06-30"):
        compare(pa.concat_tables(years[:-1]), pa.concat_tables(years), None)


def test_a_new_census_base_takes_nothing_back():
    other_base = observed("1900").set_column(
        observed("1").schema.get_field_index("basis"), "basis", pa.array(["another"], pa.string())
    )
    compare(other_base, observed("1871"), None, REVISION)


FIGURE = observed("1871")


def with_value(number: int) -> pa.Table:
    column = FIGURE.schema.get_field_index("value")
    return FIGURE.set_column(column, "value", pa.array([Decimal(number)], FIGURE.schema.field("value").type))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 500_000), st.integers(0, 500_000))
def test_the_direction_of_a_revision_does_not_matter(one, other):
    def jumps_from(old: int, new: int) -> bool:
        try:
            compare(with_value(new), with_value(old), None, REVISION)
        except ContractError:
            return True
        return False

    expected = max(one, other) > max(1.5 * min(one, other), 100)
    assert jumps_from(one, other) == jumps_from(other, one) == expected


# --- within one answer -----------------------------------------------------------------------------------------------

WITHIN = JumpRule("within", 1.5, 100)


def series(*values: str) -> pa.Table:
    """One answer with a figure per year, the last one of 2019."""
    return pa.concat_tables([observed(value, 2020 - len(values) + n) for n, value in enumerate(values)])


def test_the_newest_period_of_an_answer_is_compared_with_the_one_before_it():
    compare(series("1", "1000", "1500"), None, None, WITHIN)
    with pytest.raises(
        ContractError, match=r"2019-06-30 within a factor of 1\.5 of the 1,000 at 2018-06-30, found 1,5"
    ):
        compare(series("1", "1000", "1501"), None, None, WITHIN)


def test_what_lies_further_back_was_compared_when_it_was_new():
    compare(series("1000", "9000", "9000"), None, None, WITHIN)
    compare(series("9000"), None, None, WITHIN)


def test_other_answers_do_not_matter_within_one():
    compare(series("1000", "1000"), observed("1000", 2019), observed("9000", 2018), WITHIN)
