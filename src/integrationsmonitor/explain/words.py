"""The German of an explanation. Comes in: words and numbers of the marts. Goes out: plain German. Refuses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from integrationsmonitor.vocabulary import NO_NUMBER

AVAILABILITY = {
    "not_recorded": "Woher die Zahlen kommen müssten, ist bekannt; aufgezeichnet sind sie nicht.",
    "no_source_per_kreis": "Es ist keine Quelle bekannt, die das je Kreis nennt.",
    "on_order_only": "Das gibt es nur als Sonderauswertung auf Bestellung.",
}
# What an observation serves as (mart_provenance).
ROLES = {
    "numerator": "Zähler",
    "denominator": "Nenner",
    "against_numerator": "Zähler des zweiten Werts",
    "against_denominator": "Nenner des zweiten Werts",
}
CONFIDENTIAL = "Von uns zurückgehalten, weil sich sonst eine geheime Zahl errechnen ließe."
NOT_CONVERTIBLE = {
    "no_weight": "Ein Kreis wäre zu teilen, und kein bekannter Anteil passt zu dem, was hier gezählt wird.",
    "between_steps": "Der Zeitbezug liegt zwischen zwei Teilen einer Gebietsänderung, deren Anteile niemand nennt.",
    "crosses_step": "Im Zeitraum ging ein Kreis in diesem auf und hat noch eine eigene Zahl.",
    "published_rate": "Eine veröffentlichte Quote wird nicht umgerechnet: Zähler und Nenner nennt die Quelle nicht.",
    "never_converted": "Was hier gemessen wird, wird auf keinen anderen Gebietsstand umgerechnet.",
}
WEIGHTS = {
    "population": "nach der Bevölkerung",
    "employment": "nach den Beschäftigten am Arbeitsort",
    "area": "nach der Fläche",
    "merge_only": "nach ganzen Kreisen",
}
# What is computed from values (mart_indicator_change); a change is told without its name.
MEASURES = {
    "index_2010": "Index (2010 = 100)",
    "gap_insgesamt": "Abstand zum Wert aller Personen",
    "gap_deutsche": "Abstand zum Wert der Deutschen",
    "ratio_insgesamt": "Im Verhältnis zum Wert aller Personen",
    "ratio_deutsche": "Im Verhältnis zum Wert der Deutschen",
    "mean_three_years": "Mittel aus drei Jahren",
    "position": "Platz",
}
NO_CHANGE = {
    "no_previous_value": "Es gibt keinen früheren Wert.",
    "no_base_value": "Für 2010 gibt es keinen Wert.",
    "no_reference_value": "Für die Vergleichsgruppe gibt es keinen Wert.",
    "other_basis": "Vergleichbar wäre nur ein Wert auf anderer Grundlage oder in einer anderen Variante.",
    "doubtful_source": "Einer der beiden Werte ist an der Quelle zweifelhaft.",
    "weak_estimate": "Einer der beiden Werte ist eine schwache Schätzung, der andere nicht.",
    "withheld": "Einer der beiden Werte ist von uns zurückgehalten.",
    "previous_is_zero": "Der frühere Wert ist null, oder war es vor der Rundung womöglich.",
    "reference_is_zero": "Der Wert der Vergleichsgruppe ist null, oder war es vor der Rundung womöglich.",
    "rounded": "Die Quelle hat gerundet; aus gerundeten Werten wird kein Mittel gebildet.",
    "estimate": "Der Wert ist geschätzt und bekommt keinen Platz.",
    "group_too_small": "Vergleichbar sind weniger als zehn Kreise.",
}
CHANGES = {
    "first": "erste Fassung",
    "late_delivery": "nachgeliefert",
    "other_source": "aus einem anderen, bevorzugten Datensatz",
    "correction": "von der Quelle berichtigt",
    "provisional_to_final": "vorläufig zu endgültig",
    "census_rebase": "auf neuer Zensusgrundlage",
    "territory_restated": "auf anderen Gebietsstand umgerechnet",
    "definition_change": "andere Abgrenzung",
    "withdrawn": "von der Quelle zurückgezogen",
    "own_correction": "unser Einlesen berichtigt",
}
_KNOWN = {"source_stand": "Stand", "publication": "veröffentlicht am", "upper_bound": "bekannt spätestens am"}
_UNITS = {"Prozent": " %", "Index": "", "Anzahl": ""}
_UNITS_OF_CHANGE = {"Index": "Punkte"}
_BERLIN = ZoneInfo("Europe/Berlin")


def number(value: Decimal, decimals: int | None = None) -> str:
    """`106.776`, `8,82`: rounded half away from zero where decimals are given, without trailing zeros where not."""
    if decimals is not None:
        text = f"{value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"
    else:
        text = f"{value:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.translate(str.maketrans(",.", ".,"))


def bounds(low: Decimal, high: Decimal, decimals: int) -> tuple[str, str]:
    """Two bounds with one decimal more than a value is quoted with, rounded outwards, lest they promise too much."""
    last = Decimal(1).scaleb(-decimals - 1)
    return number(low.quantize(last, ROUND_FLOOR)), number(high.quantize(last, ROUND_CEILING))


def decimal(value: float) -> Decimal:
    """A number of the facts, exactly as it is written."""
    return Decimal(str(value))


def with_unit(text: str, unit: str) -> str:
    """A number with its unit: `8,8 %`, `187.765 Personen`."""
    return text + _UNITS.get(unit, f" {unit}")


def quoted(row: Mapping[str, Any]) -> str:
    """A value in the form in which it is quoted: `8,8 %`."""
    return with_unit(number(row["value"], row["decimals"]), row["unit"])


def unit_of_change(unit: str) -> str:
    """The unit of a difference, in words."""
    return _UNITS_OF_CHANGE.get(unit, unit)


def reason(status: str) -> str:
    """Why there is no number, in a sentence."""
    return NO_NUMBER.get(status, status)


def speaks(variant: Mapping[str, Any]) -> bool:
    """Whether a variant may speak for its indicator, or only stands beside it."""
    return variant.get("may_default", True) is not False


def licence(licence_id: str) -> str:
    """`Lizenz dl-de/by-2-0`; what is quoted has no licence."""
    return "Zitat" if licence_id == "quotation" else f"Lizenz {licence_id}"


def day(moment: date) -> str:
    """`31.12.2022`; a moment is one of UTC, and its day that of Berlin."""
    if isinstance(moment, datetime):
        moment = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(_BERLIN)
    return f"{moment:%d.%m.%Y}"


def known(moment: datetime, quality: str) -> str:
    """From when a figure is known: `Stand 10.10.2017`."""
    return f"{_KNOWN.get(quality, quality)} {day(moment)}"
