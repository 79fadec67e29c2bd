"""Published figures that the recorded night must reproduce, and those that it only carries on.

`independent` figures were counted or computed outside of this project: each must come out of the release. `quoted` ones
are what a press release or brochure prints: where we load that print, the release must hold the same value; where we do
not, the reason stands below.
"""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from night_support import ORACLES, Night

pytestmark = pytest.mark.skipif(not ORACLES.exists(), reason="../shared/data/oracles is not on this machine")


class Figure(NamedTuple):
    """What identifies a published figure: measure, basis, region and date as the list of oracles writes them."""

    measure: str
    basis: str
    region: str
    date: str

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


def _oracles(evidence: str) -> dict[Figure, Decimal]:
    if not ORACLES.exists():
        return {}
    with ORACLES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["evidence"] == evidence]
    figures = {
        Figure(row["measure"], row["basis"], row["region_key"], row["reference_date"]): Decimal(row["value"])
        for row in rows
    }
    assert len(figures) == len(rows), "an oracle stands twice"
    return figures


INDEPENDENT, QUOTED = _oracles("independent"), _oracles("quoted")


# How to ask the release for an independent figure: a query with the region and the day as its two values.
def _indicator(indicator: str, basis: str | None = None) -> str:
    of_basis = f"and basis = '{basis}'" if basis else ""
    return (
        f"select value from mart_indicator where indicator_id = '{indicator}' and territory = 'as_published' "
        f"and is_default and group_key = 'auslaender' and region_key = ? and period_end = ? {of_basis}"
    )


def _observation(dataset: str, measure: str, nationality: str, basis: str) -> str:
    return (
        f"select value from fct_observation where dataset_id = '{dataset}' and measure = '{measure}' "
        f"and nationality = '{nationality}' and basis = '{basis}' and region_key = ? and period_end = ? "
        "and sex = 'insgesamt' and age_group = 'insgesamt' and citizenship_key = 'insgesamt' and dimensions = ''"
    )


def _inhabitants_of_all_kreise(basis: str, kreise: int) -> str:
    return (
        "select sum(value) from fct_observation join dim_region using (region_key) "
        "where dataset_id = 'regio_12411_01_01_4' and measure = 'bevoelkerung' and sex = 'insgesamt' "
        f"and basis = '{basis}' and fct_observation.region_level = 'kreis' and region_key like ? || '%' "
        f"and period_end = ? and status = 'value' having count(*) = {kreise}"
    )


CENSUS_2011, CENSUS_2022 = "Fortschreibung_Zensus2011", "Fortschreibung_Zensus2022"
RATE_BASIS = "alle zivilen Erwerbspersonen, Jahresdurchschnitt"
INHABITANTS_OF_A_KREIS = _observation("regio_12411_01_01_4", "bevoelkerung", "insgesamt", CENSUS_2011)
EMPLOYED = _observation("regio_13111_01_03_4", "svb_arbeitsort", "auslaendisch", "BA_exact")
ASK: dict[Figure, str] = {
    # Table 12411-01-01-4 prints no row for the Land in these years: the Land is the sum of all of its Kreise.
    Figure("einwohner", CENSUS_2011, "16", "2018-12-31"): _inhabitants_of_all_kreise(CENSUS_2011, 23),
    Figure("einwohner", CENSUS_2011, "16", "2019-12-31"): _inhabitants_of_all_kreise(CENSUS_2011, 23),
    Figure("einwohner", CENSUS_2022, "16", "2024-12-31"): _inhabitants_of_all_kreise(CENSUS_2022, 22),
    Figure("einwohner", CENSUS_2011, "16070", "2018-12-31"): INHABITANTS_OF_A_KREIS,
    Figure("einwohner", CENSUS_2011, "16070", "2019-12-31"): INHABITANTS_OF_A_KREIS,
    Figure("auslaender", CENSUS_2011, "16070", "2019-12-31"): _observation(
        "regio_12411_03_03_4", "bevoelkerung", "auslaendisch", CENSUS_2011
    ),
    Figure("auslaenderanteil", CENSUS_2011, "16070", "2019-12-31"): _indicator("A01", CENSUS_2011),
    Figure("auslaenderanteil", CENSUS_2011, "16", "2022-12-31"): _indicator("A01", CENSUS_2011),
    Figure("svb_auslaender_arbeitsort", "", "16", "2010-06-30"): EMPLOYED,
    Figure("svb_auslaender_arbeitsort", "", "16", "2019-06-30"): EMPLOYED,
    Figure("arbeitslosenquote der Ausländer", RATE_BASIS, "16051", "2016"): _indicator("E10"),
    Figure("arbeitslosenquote der Ausländer", RATE_BASIS, "16070", "2016"): _indicator("E10"),
}


def test_every_independent_figure_has_its_question() -> None:
    assert set(INDEPENDENT) == set(ASK)


@pytest.mark.parametrize(("figure", "expected"), INDEPENDENT.items(), ids=map(str, INDEPENDENT))
def test_an_independent_figure_is_reproduced(recorded_home: Night, figure: Figure, expected: Decimal) -> None:
    day = figure.date if len(figure.date) > 4 else f"{figure.date}-12-31"
    found = recorded_home.query(ASK[figure], figure.region, day)
    assert len(found) == 1, f"{figure}: {len(found)} answers"
    assert _as_printed(found[0][0], expected) == expected


def test_the_shares_name_the_numbers_they_are_made_of(recorded_home: Night) -> None:
    made_of = recorded_home.query(
        "select region_key, period_end::varchar, numerator::bigint, denominator::bigint from mart_indicator "
        "where indicator_id = 'A01' and territory = 'as_published' "
        "and (region_key, period_end) in (('16070', date '2019-12-31'), ('16', date '2022-12-31')) order by all"
    )
    assert made_of == [("16", "2022-12-31", 161_291, 2_126_846), ("16070", "2019-12-31", 6_594, 106_249)]


# ---- quoted figures: (dataset, measure, basis in our words, further fields) of the print that we load -------------
PRESS, BROCHURE = "local_azr_presse", "local_kreisangaben_2019"
AZR_LOCAL = "AZR (lokale Abfrage, ungerundet)"
ORIGIN = {
    "Europa": "europa", "EU": "eu28_2013", "Asien": "asien", "Afrika": "afrika", "Amerika": "amerika",
    "Australien/Ozeanien": "ozeanien", "ungeklärt und staatenlos": "ohne_angabe", "Syrien": "st475",
    "Polen": "st152", "Rumänien": "st154", "Afghanistan": "st423", "Irak": "st438",
}  # fmt: skip
SEX = {"männlich": "maennlich", "weiblich": "weiblich"}
LOADED = {
    ("auslaender", "AZR"): (PRESS, "auslaender_azr", "AZR"),
    ("auslaender", AZR_LOCAL): (BROCHURE, "auslaender_kreisangabe", "AZR_lokal"),
    ("auslaender", "Kreisangabe, Basis nicht genannt"): (BROCHURE, "auslaender_kreisangabe", "Kreisangabe"),
    ("einwohner", "Kreisangabe"): (BROCHURE, "einwohner_kreisangabe", "Kreisangabe"),
    ("geflüchtete", "Kreisangabe, Abgrenzung nicht genannt"): (BROCHURE, "gefluechtete_kreisangabe", "Kreisangabe"),
}
# Printed figures that the release holds as an indicator, computed from other prints that we load.
COMPUTED = {
    "anteil des Kreises an allen Ausländern in Thüringen": "A03",
    "index 2010=100": "A04",
}
NOT_LOADED = {
    "anteil an den Ausländern: Europa": "a share; the counts it is made of are loaded",
    "anteil an den Ausländern: Asien": "a share; the counts it is made of are loaded",
    "anteil an den Ausländern: Afrika": "a share; the counts it is made of are loaded",
    "anteil an den Ausländern: Amerika": "a share; the counts it is made of are loaded",
    "anteil an den Ausländern: Australien/Ozeanien": "a share; the counts it is made of are loaded",
    "anteil an den Ausländern: staatenlos (mit ungeklärt)": "a share; the counts it is made of are loaded",
    "einwohner Zensus 2022": "the census day, 2022-05-15, is in no table that is recorded",
    "auslaenderanteil Kreisangabe": "mixes two bases: its denominator is no published number; not to be published",
    "auslaenderanteil": "an order of magnitude in words",
    "anteil europäischer Staatsangehöriger an ausländischen SvB": "an order of magnitude in words",
    "geflüchtete": "an order of magnitude; how it is delimited is not said",
    "svb_auslaender": "a quarter's figure with a tolerance; the quarters of table 13111 are not recorded",
    "fachkräftebedarf bis 2030": "a forecast, no observation",
    "kreise": "no statistic; dim_region says which Kreise there were",
    "nationen": "counts nations, not people; its source cannot be reproduced",
    "integrationskonzepte in Kraft": "no statistic; rpt_tabelle_1 holds it, and test_coverage.py compares it",
    "integrationskonzepte in Arbeit": "no statistic; rpt_tabelle_1 holds it, and test_coverage.py compares it",
    "geförderte Kommunen": "a survey of the brochure, no statistic that is loaded yet",
}


def _kind(figure: Figure) -> str:
    measure = figure.measure.partition(":")[0]
    if (measure, figure.basis) in LOADED:
        return "loaded"
    if figure.measure in COMPUTED:
        return "computed"
    if figure.measure in NOT_LOADED or f"{figure.measure} {figure.basis}" in NOT_LOADED:
        return "not loaded"
    return "unaccounted for"


def _quoted(kind: str) -> dict[str, Any]:
    chosen = {figure: value for figure, value in QUOTED.items() if _kind(figure) == kind}
    return {"argvalues": list(chosen.items()), "ids": [str(figure) for figure in chosen]}


def test_every_quoted_figure_is_accounted_for() -> None:
    assert [str(figure) for figure in QUOTED if _kind(figure) == "unaccounted for"] == []
    assert Counter(map(_kind, QUOTED)) == {"loaded": 43, "computed": 2, "not loaded": 19}


@pytest.mark.parametrize(("figure", "expected"), **_quoted("loaded"))
def test_a_quoted_figure_is_carried_unchanged(recorded_home: Night, figure: Figure, expected: Decimal) -> None:
    measure, _, part = figure.measure.partition(": ")
    dataset, our_measure, basis = LOADED[measure, figure.basis]
    found = recorded_home.query(
        "select value, nullif(raw_locator, '') is not null from fct_observation "
        "where dataset_id = ? and measure = ? and basis = ? and region_key = ? and period_end = ? "
        "and sex = ? and citizenship_key = ?",
        *(dataset, our_measure, basis, figure.region, figure.date),
        *(SEX.get(part, "insgesamt"), ORIGIN.get(part, "insgesamt")),
    )
    assert found == [(expected, True)]


@pytest.mark.parametrize(("figure", "expected"), **_quoted("computed"))
def test_a_quoted_share_comes_out_of_the_counts(recorded_home: Night, figure: Figure, expected: Decimal) -> None:
    found = recorded_home.query(_indicator(COMPUTED[figure.measure]), figure.region, figure.date)
    assert len(found) == 1
    assert _as_printed(found[0][0], expected) == expected


def _as_printed(value: Decimal, like: Decimal) -> Decimal:
    """The value with as many decimals as the print has, rounded half up as statistical offices do."""
    return value.quantize(Decimal(1).scaleb(like.as_tuple().exponent), rounding="ROUND_HALF_UP")
