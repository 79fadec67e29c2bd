"""What a dataset's file promises to add up, in the words of its observations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrationsmonitor.dataset import Contract, Dataset, RegionSum, SumRule
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.sums import ALL_KINDS, REGION, Sum, sums_of
from wire import catalog

ASYLBLG = catalog().datasets["regio_22221_01_01_4"]


def promising(dataset: Dataset, *rules: SumRule, regions: tuple[RegionSum, ...] = ()) -> Dataset:
    """The dataset with no other sums than these."""
    contract: Contract = replace(dataset.contract, sums=rules, region_sums=regions)
    return replace(dataset, contract=contract)


def test_every_promise_of_the_catalogue_can_be_compared_in_the_warehouse() -> None:
    for dataset in catalog().datasets.values():
        found = list(sums_of(dataset))
        assert len({promised.number for promised in found}) == len(found)
        assert {promised.kind for promised in found} <= set(ALL_KINDS)
        over_axes = [promised for promised in found if promised.kind != REGION]
        assert len(over_axes) >= len(dataset.contract.sums), dataset.id
        assert all(len(promised.parts) > 1 and promised.total not in promised.parts for promised in over_axes)


def test_counts_and_areas_of_the_kreise_make_up_the_land_with_or_without_a_promise_and_rates_do_not() -> None:
    for dataset in catalog().datasets.values():
        summed = {promised.measure for promised in sums_of(dataset) if promised.kind == REGION}
        units = {measure.unit for measure in dataset.measures if measure.measure in summed}
        assert units <= {"Anzahl", "qkm"}, dataset.id
        left_out = {measure.measure for measure in dataset.measures if measure.unit in ("Anzahl", "qkm")} - summed
        assert all(measure.endswith("_saisonbereinigt") for measure in left_out), dataset.id


def test_parts_of_an_axis_without_a_column_of_its_own_are_words_of_the_dimensions() -> None:
    benefits, ages = [promised for promised in sums_of(ASYLBLG) if promised.kind != REGION]
    assert (benefits.kind, benefits.field, benefits.total) == ("dimension", "leistung", "insgesamt")
    assert benefits.parts == ("grundleistungen", "hilfe_zum_lebensunterhalt")
    assert (ages.kind, ages.field, len(ages.parts)) == ("age", "age_group", 6)


def test_measures_that_differ_in_one_constant_add_up_over_it() -> None:
    found = [promised for promised in sums_of(catalog().datasets["ba_api_alo"]) if promised.kind == "dimension"]
    assert [(promised.measure, promised.field, promised.parts) for promised in found] == [
        ("arbeitslose", "rechtskreis", ("sgb3", "sgb2")),
        ("arbeitslosenquote_alle_zivilen", "rechtskreis", ("sgb3", "sgb2")),
    ]


def test_groups_of_people_that_stand_in_one_axis_are_told_apart_by_what_they_say() -> None:
    amr = [promised for promised in sums_of(catalog().datasets["ba_amr_kreise"]) if promised.kind != REGION]
    expected = Sum(2, "sex", "sex", "arbeitslose", "Anzahl", "insgesamt", ("maennlich", "weiblich"), 5, True)
    assert amr == [expected]


def test_an_area_of_which_one_measure_is_not_promised_is_compared_all_the_same() -> None:
    schools = catalog().datasets["regio_21111_01_03_4"]
    only_pupils = promising(schools, regions=(RegionSum(2, measures=("BIL003",)),))
    assert [(promised.measure, promised.is_promised, promised.tolerance) for promised in sums_of(only_pupils)] == [
        ("schulen", False, 0),
        ("schueler", True, 2),
    ]


@pytest.mark.parametrize(
    ("dataset", "rule", "words"),
    [
        ("regio_13211_02_05_4", SumRule("PERGR", "", ("NATA", "GESM")), "differ in nationality, sex"),
        ("regio_12711_03_02_4", SumRule("measure", "BEV081", ("BEV083",)), "differ in measure"),
        ("regio_12411_01_01_4", SumRule("GES", "GESM", ("GESM",)), "differ in nothing"),
    ],
)
def test_total_and_parts_that_no_single_word_tells_apart_are_refused(dataset: str, rule: SumRule, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        list(sums_of(promising(catalog().datasets[dataset], rule)))
    assert f"catalog/datasets/{dataset}.yml" in str(caught.value)
