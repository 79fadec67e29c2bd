"""What is new in a release, in German. Comes in: the comparison (`release.diff`). Goes out: counts, sentences, lines.

Numbers are printed as they are quoted (`6,1 %`, `106.249 Personen`): rounded commercially to the indicator's decimals,
with more of them where the rounded ones would hide the change. The list for people is that of the values as published;
converted ones are counted. The pages are made of it by `release.news_pages`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from integrationsmonitor.release.reasons import REASONS

_MOST_DECIMALS = 10
KINDS_DE = {
    "appeared": ("Wert neu", "Werte neu"),
    "changed": ("Wert geändert", "Werte geändert"),
    "gone": ("Wert entfallen", "Werte entfallen"),
    "marked": ("Wert nur anders gekennzeichnet", "Werte nur anders gekennzeichnet"),
}
# As docs/handbuch.md explains them.
STATUS_DE = {
    "zero": "genau null",
    "rounded_to_zero": "auf null gerundet",
    "secret": "geheim gehalten",
    "unknown_or_secret": "unbekannt oder geheim",
    "not_yet": "noch nicht geliefert",
    "not_published": "nicht veröffentlicht",
    "not_meaningful": "nicht sinnvoll",
    "unreliable": "nicht verlässlich",
    "not_existing": "Region gab es nicht",
    "outage": "Datenausfall",
    "withheld": "zurückgehalten",
    "not_recorded": "nicht erfasst",
    "not_convertible": "nicht umrechenbar",
}
# What a sentence says instead of a number that is no longer said.
_NO_LONGER_SAID_DE = {
    "withdrawn_by_us": "die Zahl von bisher ist nicht weiter zu zitieren",
    "confidential_by_us": "die Zahl von bisher ist nicht weiter zu nennen",
}
_NUMBERS = {"value", "zero"}
_UNITS = {"Prozent": " %", "Index": ""}
Difference = Mapping[str, Any]


def number(value: Decimal, decimals: int) -> str:
    """`106.249` or `6,11`: points between thousands, a decimal comma, all decimals printed."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{rounded:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def decimals_apart(one: Decimal, other: Decimal, least: int) -> int:
    """With how many decimals two numbers read differently; the least there is where they are the same."""
    more = range(least, _MOST_DECIMALS + 1)
    return next((decimals for decimals in more if number(one, decimals) != number(other, decimals)), least)


def day(when: date) -> str:
    """`31.12.2019`."""
    return f"{when:%d.%m.%Y}"


def period(kind: str, start: date, end: date) -> str:
    """A period as dim_period names it."""
    if kind == "stichtag":
        return day(end)
    if kind == "quartal":
        return f"{(end.month + 2) // 3}. Quartal {end.year}"
    words = {"jahressumme": "Jahr", "jahresdurchschnitt": "Jahresdurchschnitt", "schuljahr": "Schuljahr, Berichtsjahr"}
    return f"{words[kind]} {end.year}" if kind in words else f"{day(start)} bis {day(end)}"


def sentence(value: Difference) -> str:
    """What became of one value, and why."""
    reason = REASONS[value["reason"]]
    if value["reason"] == "withdrawn_by_us" and value["withdrawal_de"]:
        reason += f" ({value['withdrawal_de'].rstrip('.')})"
    group = f"; {value['group_de']}" if value["group_de"] else ""
    head = f"{value['indicator_id']} {value['indicator_de']} ({value['variant_de']}{group})"
    when = period(value["period_type"], value["period_start"], value["period_end"])
    why = reason if value["reason"] == "unknown" else f"Grund: {reason}"
    if value["territory"] == "harmonised":
        when += f", Gebietsstand {day(value['territory_date'])}"
    return f"{head}, {value['region_name']}, {when}: {_what(value)}. {why}."


def of_region(difference: Difference, key: str, name: str) -> dict[str, Any]:
    """The same comparison with the values of one region only."""
    values = [value for value in difference["values"] if value["region_key"] == key]
    return {**difference, "region": f"{name} ({key})", **counted(values), "values": values}


def counted(values: Sequence[Difference]) -> dict[str, Any]:
    """How many values of what kind, why and where, as published; and how many on territories they are converted to."""
    told = [*as_published(values)]
    kinds, converted = (Counter(value["kind"] for value in some) for some in (told, values))
    return {
        "counts": {kind: kinds[kind] for kind in KINDS_DE},
        "reasons": dict(Counter(value["reason"] for value in told).most_common()),
        "converted": {kind: converted[kind] - kinds[kind] for kind in KINDS_DE},
        "regions": _by_region(told),
    }


def _by_region(told: Sequence[Difference]) -> list[dict[str, Any]]:
    """The same for each region that has news, by key; `no_longer_said` are changed or gone and had a number before."""
    regions: dict[str, dict[str, Any]] = {}
    for value in sorted(told, key=lambda value: str(value["region_key"])):
        place = {name: value[name] for name in ("region_key", "region_name", "region_level")}
        nothing = {**place, **dict.fromkeys(KINDS_DE, 0), "no_longer_said": 0}
        region = regions.setdefault(value["region_key"], nothing)
        region[value["kind"]] += 1
        region["no_longer_said"] += _is_number(value["old"]) and not _is_number(value["new"])
    return [*regions.values()]


def _is_number(stated: Difference | None) -> bool:
    return stated is not None and stated["status"] in _NUMBERS


def lines(difference: Difference) -> Iterator[str]:
    """The same for a terminal: the summary and every value; nothing is cut."""
    yield from summary(difference)
    if "region" not in difference and (rows := difference.get("tables", {}).get("rows")):
        counts = (f"{table} {thousands(old)} → {thousands(new)}" for table, (old, new) in rows.items())
        yield f"- Zeilen: {', '.join(counts)}"
    for value in as_published(difference["values"]):
        yield f"- {value['sentence_de']}"


def summary(difference: Difference) -> Iterator[str]:
    """How much changed, why, and what else is different."""
    old, new = difference["old"], difference["new"]
    if old is None:
        yield f"Veröffentlichung {new['release_id']} ({new['notice_de']}): {difference['without_old_de']}"
        return
    yield f"Veröffentlichung {new['release_id']} vom {day(new['released_at'])} ({new['notice_de']}),"
    yield f"verglichen mit {old['release_id']} vom {day(old['released_at'])}."
    yield ""
    if "region" in difference:
        yield f"Nur Region {difference['region']}."
    yield f"{_kinds(difference['counts']) or 'Kein Wert hat sich geändert'}."
    for reason, count in difference["reasons"].items():
        yield f"- {thousands(count)} × {REASONS[reason]}"
    if converted := _kinds(difference["converted"]):
        yield ""
        yield f"Auf umgerechnetem Gebietsstand: {converted}; einzeln nur in `diff.json`."
    if "region" not in difference:
        yield from _around(difference)


def _around(difference: Difference) -> Iterator[str]:
    """What came to the catalogue and the tables, or went."""
    words = {
        "indicators_new": "Neue Indikatoren",
        "indicators_removed": "Entfallene Indikatoren",
        "variants_new": "Neue Varianten",
        "variants_removed": "Entfallene Varianten",
    }
    told = [(word, difference["catalogue"][key]) for key, word in words.items()]
    for word, which in (("Neue Gebietsstände", "new"), ("Entfallene Gebietsstände", "removed")):
        days = difference["territories"][which].items()
        told.append((word, [f"{day(date.fromisoformat(text))} ({thousands(count)} Werte)" for text, count in days]))
    tables = difference["tables"]
    told += [("Neue Tabellen", tables["added"]), ("Entfallene Tabellen", tables["gone"])]
    for word, key in (("Neue Spalten", "added"), ("Entfallene Spalten", "gone"), ("Spalten anderer Art", "retyped")):
        named = [f"{table}.{column}" for table, columns in tables["columns"].items() for column in columns[key]]
        told.append((word, named))
    for word, names in told:
        if names:
            yield f"- {word}: {', '.join(names)}"


def as_published(values: Sequence[Difference]) -> Iterator[Difference]:
    """The values that are told to people; converted ones follow from them."""
    return (value for value in values if value["territory"] != "harmonised")


def _kinds(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{thousands(count)} {KINDS_DE[kind][count != 1]}" for kind, count in counts.items() if count)


def _what(value: Difference) -> str:
    old, new, columns = value["old"], value["new"], value["columns"]
    if value["kind"] == "appeared":
        return f"neu, {_quoted(value, new)}"
    if value["kind"] == "gone":
        return f"entfallen, zuletzt {_quoted(value, old)}"
    if value["reason"] in _NO_LONGER_SAID_DE and new["status"] == "withheld":
        return f"{_quoted(value, new)}; {_NO_LONGER_SAID_DE[value['reason']]}"
    if old != new:
        now, before = _apart(value, new, old)
        return f"{now} statt {before}" + (
            ", kein Unterschied jenseits der Rundung" if value["is_within_rounding"] else ""
        )
    text = f"{_quoted(value, new)} wie bisher"
    if value["kind"] == "changed":
        return f"{text}, aber {_parts(columns)}"
    if "is_default" in columns:
        return f"{text}, jetzt {'' if columns['is_default'][1] else 'nicht mehr '}die bevorzugte Variante"
    if "flags" in columns:
        before, now = (words or "keine" for words in columns["flags"])
        return f"{text}, Kennzeichen {now} statt {before}"
    if value["reason"] == "bounds_changed":
        return f"{text}, {_parts(columns)}"
    return f"{text}, geändert: {', '.join(columns)}"


def _parts(columns: Difference) -> str:
    """What changed of the numbers beside the value."""
    words = {"numerator": "Zähler", "denominator": "Nenner", "value_low": "untere Grenze", "value_high": "obere Grenze"}
    told = []
    for column, word in words.items():
        if column in columns:
            before, now = (_plain(part) for part in columns[column])
            told.append(f"{word} {now} statt {before}")
    return ", ".join(told)


def _plain(part: Decimal | None) -> str:
    """A number with the decimals that it has."""
    if part is None:
        return "keine Angabe"
    digits = -int(part.normalize().as_tuple().exponent)
    return number(part, max(digits, 0))


def _apart(value: Difference, one: Difference, other: Difference) -> tuple[str, str]:
    """Two statements with as many decimals as it takes to tell them apart."""
    decimals = value["decimals"]
    if one["value"] is not None and other["value"] is not None:
        decimals = decimals_apart(one["value"], other["value"], decimals)
    texts = _quoted(value, one, decimals), _quoted(value, other, decimals)
    if texts[0] != texts[1]:
        return texts
    return f"{texts[0]} ({one['status']})", f"{texts[1]} ({other['status']})"


def _quoted(value: Difference, stated: Difference, decimals: int | None = None) -> str:
    """A value with its unit, or why there is none."""
    if stated["value"] is None and stated["status"] == "value":
        return "eine Zahl, die nicht mehr zu nennen ist"
    if stated["value"] is None:
        return f"kein Wert ({STATUS_DE.get(stated['status'], stated['status'])})"
    unit = _UNITS.get(value["unit"], f" {value['unit']}")
    return number(stated["value"], value["decimals"] if decimals is None else decimals) + unit


def thousands(count: int) -> str:
    """`12.863`."""
    return number(Decimal(count), 0)
