"""The contract: an answer that is incomplete, doubled or does not add up is refused before any number is used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from flat_answers import KNOWN, NAME, answer, svb
from integrationsmonitor import contract
from integrationsmonitor.dataset import Dataset, Plausible, RegionSum, SignRule
from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources import genesis_read, mapping
from integrationsmonitor.sources.cells import in_memory
from wire import catalog

REAL = catalog().datasets["regio_13111_01_03_4"]
# the figures below are artificial and small, and every region has the same ones
DATASET = replace(REAL, contract=replace(REAL.contract, plausible=(), region_sums=()))
CASES = [(nat, sex) for nat in ("", "NATA") for sex in ("", "GESM", "GESW")]
AMOUNTS = {"": "100", "GESM": "60", "GESW": "40"}


def whole(**other: str) -> list[str]:
    """All lines that 13111-01-03-4 must hold for 2019; `other` replaces the value of `<region>_<nat>_<sex>`."""
    found = catalog()
    regions = ["DG", "16", *found.kreise_at(date(2019, 6, 30))]
    return [
        svb(key, other.get(f"k{key}_{nat}_{sex}", AMOUNTS[sex]), nat=nat, sex=sex)
        for key in regions
        for nat, sex in CASES
    ]


YEAR = (date(2019, 1, 1), date(2019, 12, 31))


def check(lines: list[str], dataset: Dataset = DATASET, scope: tuple[date, date] = YEAR) -> int:
    found = catalog()
    read = genesis_read.read_answer(in_memory(answer(*lines)), dataset, NAME)
    origin = mapping.Origin(NAME, read.layout, None, read.stand or KNOWN, "0" * 64, "p")
    mapped = mapping.map_cells(read.cells, dataset, found.regions, origin)
    return contract.check(mapped.observations, read.cells, mapped.periods, dataset, found, NAME, scope)


def test_a_whole_answer_passes():
    assert check(whole()) == 25 * 6


def test_half_an_answer_is_refused():
    with pytest.raises(ContractError, match="the whole file: expected at least"):
        check(whole()[: 25 * 3])


def test_a_missing_kreis_is_named():
    small = replace(DATASET, contract=replace(DATASET.contract, minimum_rows=1))
    lines = [line for line in whole() if ";16070;" not in line]
    with pytest.raises(ContractError, match="a row for region 16070 with ERW032, NAT=total, GES=total, found none"):
        check(lines, small)


def test_a_missing_cell_is_named():
    lines = whole()
    gone = next(number for number, line in enumerate(lines) if ";16070;" in line and "GESW" in line and "NATA" in line)
    with pytest.raises(ContractError, match="a row for region 16070 with ERW032, NAT=NATA, GES=GESW, found none"):
        check(lines[:gone] + lines[gone + 1 :])


def test_what_the_dataset_does_not_promise_may_be_missing():
    free = replace(DATASET, contract=replace(DATASET.contract, complete="none", minimum_rows=1))
    assert check(whole()[:6], free) == 6


def test_a_cell_that_stands_twice_is_refused_with_both_lines():
    lines = whole()
    with pytest.raises(ContractError, match=r"line 2, field 18 and line 152, field 18: expected every cell once"):
        check([*lines, lines[0]])


def test_parts_must_add_up_to_their_total_in_thueringen():
    with pytest.raises(ContractError, match=r"parts of GES that add up to the total 101 within 0, found 100"):
        check(whole(k16070__="101"))


def test_germany_is_a_comparator_whose_parts_may_differ():
    assert check(whole(kDG__="101")) == 25 * 6


def test_a_hidden_part_is_no_missing_sum():
    assert check(whole(k16070_NATA_GESM=".", k16070_NATA_GESW=".")) == 25 * 6


def test_figures_of_another_year_than_asked_for_are_refused():
    with pytest.raises(ContractError, match="time 2019-06-30: expected figures for 2018-01-01 to 2018-12-31"):
        check(whole(), scope=(date(2018, 1, 1), date(2018, 12, 31)))


def bounded(*bounds: Plausible) -> Dataset:
    return replace(REAL, contract=replace(REAL.contract, plausible=bounds, region_sums=()))


@pytest.mark.parametrize(
    "bounds",
    [
        Plausible("svb_arbeitsort", "kreise", True, 100, 100),
        Plausible("svb_arbeitsort", "16", True, 0, 100),
        Plausible("svb_arbeitsort", "kreise", False, 40, 100),
        Plausible("svb_arbeitsort", "99999", False, 0, 0),
        Plausible("another_measure", "kreise", False, 0, 0),
    ],
)
def test_figures_on_or_within_their_bounds_pass(bounds):
    assert check(whole(), bounded(bounds)) == 25 * 6


@pytest.mark.parametrize(
    ("bounds", "problem"),
    [
        (
            Plausible("svb_arbeitsort", "kreise", True, 101, 999),
            "svb_arbeitsort of 16051 .* between 101 and 999, found 100",
        ),
        (
            Plausible("svb_arbeitsort", "16", True, 0, 99),
            "svb_arbeitsort of 16 at 2019-06-30 between 0 and 99, found 100",
        ),
        (Plausible("svb_arbeitsort", "kreise", False, 41, 100), "between 41 and 100, found 40"),
    ],
)
def test_figures_beyond_their_bounds_are_refused_on_a_first_load_too(bounds, problem):
    with pytest.raises(ContractError, match=problem) as raised:
        check(whole(), bounded(bounds))
    assert "widen contract.plausible in catalog/datasets/regio_13111_01_03_4.yml" in str(raised.value)


def test_a_hidden_figure_keeps_all_bounds():
    assert check(whole(k16051__="."), bounded(Plausible("svb_arbeitsort", "16051", True, 1, 2))) == 25 * 6


ADDING_UP = replace(DATASET, contract=replace(DATASET.contract, region_sums=(RegionSum(0),)))


def whole_land(**other: str) -> list[str]:
    """The same lines with a Land that is the sum of its 23 Kreise."""
    land = {f"k16_{nat}_{sex}": str(23 * int(AMOUNTS[sex])) for nat, sex in CASES}
    return whole(**{**land, **other})


def test_a_land_that_is_the_sum_of_its_kreise_passes():
    assert check(whole_land(), ADDING_UP) == 25 * 6


def test_one_kreis_times_ten_is_refused_on_a_first_load_since_the_land_says_otherwise():
    times_ten = {f"k16070_{nat}_{sex}": f"{AMOUNTS[sex]}0" for nat, sex in CASES}
    with pytest.raises(ContractError, match="parts of the Kreise that add up to the total 2300 within 0, found 3200"):
        check(whole_land(**times_ten), ADDING_UP)


AVERAGES = replace(ADDING_UP, rounding={"half_unit": 0.5}, contract=replace(ADDING_UP.contract, sums=()))


def test_rounded_averages_may_differ_by_half_a_unit_for_each_kreis_and_the_land():
    assert check(whole_land(k16070__="112"), AVERAGES) == 25 * 6
    with pytest.raises(ContractError, match="add up to the total 2300 within 12, found 2313"):
        check(whole_land(k16070__="113"), AVERAGES)
    with pytest.raises(ContractError, match="within 12, found 2287"):
        check(whole_land(k16070__="87"), AVERAGES)


def test_a_part_cannot_be_less_than_nothing():
    """23 averages that print 0 are 0 to 11.5 together; a Land of 12 is 11.5 at least, one of 13 is 12.5."""
    nothing = {f"k{key}__": "0" for key in catalog().kreise_at(date(2019, 6, 30))}
    assert check(whole_land(k16__="12", **nothing), AVERAGES) == 25 * 6
    with pytest.raises(ContractError, match="total 13 within 12, found 0"):
        check(whole_land(k16__="13", **nothing), AVERAGES)


def test_what_a_file_allows_comes_on_top_of_the_rounding():
    generous = replace(AVERAGES, contract=replace(AVERAGES.contract, region_sums=(RegionSum(5),)))
    assert check(whole_land(k16070__="117"), generous) == 25 * 6
    with pytest.raises(ContractError, match="within 17, found 2318"):
        check(whole_land(k16070__="118"), generous)


def test_before_the_source_rounds_its_figures_are_exact():
    rounding = {"step": 5, "low": 2, "high": 2, "from": "2020-01-01"}
    with pytest.raises(ContractError, match=r"parts of GES that add up to the total 101 within 0, found 100"):
        check(whole(k16070__="101"), replace(DATASET, rounding=rounding))
    rounded = replace(DATASET, rounding=rounding | {"from": "2019-01-01"})
    assert check(whole(k16070__="106"), rounded) == 25 * 6
    with pytest.raises(ContractError, match=r"total 107 within 6, found 100"):
        check(whole(k16070__="107"), rounded)


def test_figures_that_the_source_changes_at_random_are_not_added_up():
    def changed_from(day: date) -> Dataset:
        return replace(ADDING_UP, measures=tuple(replace(known, perturbed_from=day) for known in REAL.measures))

    assert check(whole_land(k16070__="101"), changed_from(date(2019, 6, 30))) == 25 * 6
    with pytest.raises(ContractError, match="total 101 within 0, found 100"):
        check(whole_land(k16070__="101"), changed_from(date(2019, 7, 1)))


def test_a_hidden_kreis_leaves_nothing_to_add_up():
    assert check(whole_land(k16070_NATA_="."), ADDING_UP) == 25 * 6


def test_kreise_that_are_not_delivered_yet_are_no_wrong_sum():
    nothing = {f"k{key}_{nat}_{sex}": "-" for key in catalog().kreise_at(date(2019, 6, 30)) for nat, sex in CASES}
    assert check(whole_land(**nothing), ADDING_UP) == 25 * 6


def test_one_kreis_that_is_a_dash_counts_as_nothing():
    with pytest.raises(ContractError, match="add up to the total 2300 within 0, found 2200"):
        check(whole_land(**{f"k16070_{nat}_{sex}": "-" for nat, sex in CASES}), ADDING_UP)


def test_a_rule_for_some_groups_and_years_leaves_the_others_alone():
    only_foreigners = RegionSum(0, axes={"NAT": ("NATA",)})
    later = RegionSum(0, first=date(2020, 1, 1))
    for rule in (only_foreigners, later):
        limited = replace(DATASET, contract=replace(DATASET.contract, region_sums=(rule,)))
        assert check(whole_land(k16__="2301", k16__GESM="1381"), limited) == 25 * 6


RESTATED = replace(ADDING_UP, territory_rule="current_territory")


def test_a_source_that_restates_its_history_must_not_know_eisenach():
    with pytest.raises(ContractError, match="no value for 16056, which did not exist"):
        check(whole_land(), RESTATED)


def test_a_source_that_restates_its_history_is_complete_with_todays_kreise():
    land = {f"k16_{nat}_{sex}": str(22 * int(AMOUNTS[sex])) for nat, sex in CASES}
    lines = [line for line in whole(**land) if ";16056;" not in line]
    assert check(lines, RESTATED) == 24 * 6
    with pytest.raises(ContractError, match="a row for region 16056 with ERW032"):
        check(lines, DATASET)


@pytest.mark.parametrize(("status", "is_refused"), [("rounded_to_zero", True), ("zero", True), ("secret", False)])
def test_a_nought_that_is_a_sign_adds_nothing_or_is_unknown_as_the_file_says(status, is_refused):
    signed = replace(DATASET, signs=(*DATASET.signs, SignRule("0", status)))
    lines = whole(k16070__GESW="0")
    if is_refused:
        with pytest.raises(ContractError, match="parts of GES that add up to the total 100 within 0, found 60"):
            check(lines, signed)
    else:
        assert check(lines, signed) == 25 * 6
