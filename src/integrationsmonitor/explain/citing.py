"""A line to cite a value by. Comes in: its row, its indicator, variant and parts. Goes out: the line.

It names the variant always, the territory where the value is converted; and what merely stands beside the indicator is
never cited as the indicator. Refuses nothing: whether a value may be cited at all is decided before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from integrationsmonitor.explain import making, words

Row = Mapping[str, Any]


def citation(row: Row, indicator: Row, variant: Row, parts: Sequence[Row], meta: Row, *, period: str) -> str:
    """Value, numbers, sources with Stand and licence, whose calculation, release."""
    mode = "aufgezeichnete Daten, " if meta["source_mode"] == "recorded" else ""
    what = f"{indicator['name_de']}, {_variant(variant)}, {row['region_name']}, {period}{_territory(row)}"
    return (
        f"{what}: {_estimated(row)}{words.quoted(row)}{_numbers(row)}. "
        f"{'; '.join([*_sources(parts), *_quotes(parts)])}; {making.whose(row, variant, parts)}. "
        f"Integrationsmonitor Thüringen, {mode}Wert {row['value_id']}@{meta['release_id']}."
    )


def _variant(variant: Row) -> str:
    aside = ""
    if not words.speaks(variant):
        aside = " (steht nur neben dem Indikator und ist nicht der Indikator selbst)"
    return f"Variante „{variant['label_de']}“{aside}"


def _numbers(row: Row) -> str:
    """The numbers behind a quotient: a part of a whole, or two numbers that are set against each other."""
    if row["denominator"] is None or row["numerator"] is None:
        return ""
    between = "von" if row["unit"] == "Prozent" else "÷"
    return f" ({making.counted(row, 'numerator')} {between} {making.counted(row, 'denominator')})"


def _territory(row: Row) -> str:
    """A converted value is none without its territory; one that a later step touched is only beside those of it."""
    if row["territory"] != "harmonised":
        return ""
    day = words.day(row["territory_date"])
    if "territory_step" in row["flags"].split("|"):
        return f", für den Gebietsstand {day} wie veröffentlicht (Gebiet seither geändert)"
    return f", Gebietsstand {day}"


def _estimated(row: Row) -> str:
    return "geschätzt " if row["method"] == making.ESTIMATED else ""


def _sources(parts: Sequence[Row]) -> Iterator[str]:
    """Each source once, with the newest Stand of its parts."""
    newest: dict[tuple[str, str, str], datetime] = {}
    for part in parts:
        source = (part["attribution"], part["known_from_quality"], part["licence_id"])
        newest[source] = max(part["source_known_from"], newest.get(source, part["source_known_from"]))
    for (attribution, quality, licence), moment in newest.items():
        yield f"{attribution}, {words.known(moment, quality)} ({words.licence(licence)})"


def _quotes(parts: Sequence[Row]) -> Iterator[str]:
    """Where numbers are quoted from, each place once and none that the source's name has told already."""
    places = sorted({part["citation"] for part in parts if part["citation"]})
    named = {part["attribution"] for part in parts}
    fresh = dict.fromkeys(place for told in places for place in told.split("; ") if place not in named)
    if fresh:
        yield f"zitiert nach: {'; '.join(fresh)}"
