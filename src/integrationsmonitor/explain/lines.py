"""An explanation as lines of a terminal, in German, at most 120 columns. Comes in: the facts. Goes out: text.

Refuses nothing; reads nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from integrationsmonitor.explain import words

Facts = Mapping[str, Any]
_WIDTH = 120
_LABEL = 14


def lines(facts: Facts) -> Iterator[str]:
    """All lines, the number first, then where it comes from."""
    if facts["value_id"] is None:
        yield from _absent(facts)
        return
    indicator, region = facts["indicator"], facts["region"]
    yield f"{indicator['id']} {indicator['name_de']}: {region['name']} ({region['key']}), {facts['period']['label_de']}"
    yield from _labelled("Personen", facts["group"]["label_de"])
    yield from _labelled("Variante", _variant(facts["variant"]))
    yield from _labelled("Formel", facts["formula"])
    if facts["value"] is None:
        yield from _labelled("Ergebnis", "keine Zahl")
        yield from _labelled("Grund", facts["reason_de"])
    else:
        yield from _labelled("Gerechnet", facts["calculation_de"])
        then = " (so in dieser Veröffentlichung)" if facts["withdrawal"] else ""
        estimated = ", geschätzt" if facts["method"] == "estimated" else ""
        yield from _labelled("Ergebnis", facts["quoted_de"] + estimated + then + _bounds(facts))
        if facts["withdrawal"]:
            yield from _labelled("Hinweis", facts["withdrawal"]["text_de"])
    yield from _labelled("Grundlage", facts["basis"] or "keine")
    yield from _labelled("Gebiet", facts["territory"]["text_de"])
    flags = [f"{flag['text_de']} ({flag['flag']})" for flag in facts["flags"]]
    yield from _labelled("Kennzeichen", "; ".join(flags) or "keine")
    if facts["instead"] is not None:
        yield from _instead(facts["instead"])
    else:
        yield from _listed("Weitere Varianten dort", [entry["text_de"] for entry in facts["variants"]])
    yield from _listed("Auf anderem Gebietsstand", [entry["text_de"] for entry in facts["elsewhere"]])
    yield from _listed("Umrechnung", [*_conversion(facts)])
    yield from _listed("Verglichen", [*dict.fromkeys(change["text_de"] for change in facts["changes"])])
    yield from _sources(facts)
    yield from _listed("Berichtigungen", [entry["reason_de"] for entry in facts["corrections"]])
    yield from _listed("Fassungen", [vintage["text_de"] for vintage in facts["vintages"]])
    yield from _listed("Zu beachten", [indicator["pitfalls_de"]] if indicator["pitfalls_de"] else [])
    yield ""
    yield from _labelled("Wert", f"{facts['value_id']}@{facts['release']['release_id']}")
    yield from _labelled("Hinweis", facts["release"]["notice_de"])
    if facts["citation_de"]:
        yield from _labelled("Zitat", facts["citation_de"])


def _absent(facts: Facts) -> Iterator[str]:
    """An indicator that nothing is recorded of: why, and what would have to arrive."""
    indicator, region, period = facts["indicator"], facts["region"], facts["period"]
    asked = [f"{region['name']} ({region['key']})"] if region else []
    asked += [_day(period) if "-" in period else period] if period else []
    yield f"{indicator['id']} {indicator['name_de']}" + (f": {', '.join(asked)}" if asked else "")
    yield from _labelled("Ergebnis", "keine Zahl, für keine Region und keine Zeit")
    yield from _labelled("Grund", facts["reason_de"])
    yield from _labelled("Zähler", indicator["numerator_de"])
    yield from _labelled("Nenner", indicator["denominator_de"] or "keiner")
    yield from _labelled("Formel", facts["formula"])
    told = [f"{entry['label_de']} ({entry['variant']}): {entry['missing_de']}" for entry in facts["missing"]]
    yield from _listed("Was fehlt, je Variante", told if len(told) > 1 else [])
    yield from _listed("Zu beachten", [indicator["pitfalls_de"]] if indicator["pitfalls_de"] else [])
    yield ""
    yield from _labelled("Hinweis", facts["release"]["notice_de"])


def _variant(variant: Facts) -> str:
    why = variant["why_de"] or "Das ist nicht der Indikator selbst."
    aside = "" if variant["may_default"] else f". Steht nur daneben: {why}"
    return f"{variant['label_de']} ({variant['key']})" + (", bevorzugt" if variant["is_default"] else aside)


def _bounds(facts: Facts) -> str:
    """The bounds, where they reach beyond what rounding the value for people leaves open anyway."""
    decimals = facts["indicator"]["decimals"]
    value, low, high = (facts[name] for name in ("value", "value_low", "value_high"))
    if low is None or high is None:
        return ""
    if len({words.number(words.decimal(bound), decimals) for bound in (value, low, high)}) == 1:
        return ""
    told = words.bounds(words.decimal(low), words.decimal(high), decimals)
    return f" (wegen der Rundung der Quelle zwischen {told[0]} und {told[1]})"


def _conversion(facts: Facts) -> Iterator[str]:
    """How the numbers came to another territory: shares first, then where these are from and what they are worth."""
    territory = facts["territory"]
    if territory["shares"]:
        yield ", ".join(share["text_de"] for share in territory["shares"])
    yield from (step["text_de"] for step in territory["steps"])
    yield from (text for text in (territory["quality_de"], facts["bounds_de"]) if text)


def _instead(instead: Facts) -> Iterator[str]:
    yield from _listed(
        "Stattdessen gibt es", [entry["text_de"] for entry in (*instead["variants"], *instead["periods"])]
    )
    ready = [f"{words.ROLES[entry['role']]} {entry['text_de']}" for entry in instead["observations"]]
    yield from _listed("Einzelzahlen für Region und Zeit", ready)
    yield from _listed("Nicht gebildet", [entry["text_de"] for entry in instead["mixtures"]])


def _sources(facts: Facts) -> Iterator[str]:
    inputs: Sequence[Facts] = facts["inputs"]
    if not inputs:
        return
    yield ""
    yield "Quellen"
    for entry in inputs:
        part = " (Summand)" if entry["is_part_of_sum"] else ""
        role = "Quote" if facts["method"] == "adopted" else words.ROLES[entry["role"]]
        yield from _wrapped(f"  {role}{part} {entry['region_key']}, {_day(entry['period_end'])}: {_found(entry)}")
        yield from _wrapped(f"    SHA-256 {entry['raw_sha256']}, Spalte {entry['column']}")
        known = words.known(datetime.fromisoformat(entry["known_from"]), entry["known_from_quality"])
        yield from _wrapped(f"    {known}, abgerufen {_day(entry['retrieved_at'])} von {entry['url']}")
        if entry["origin"]:
            yield from _wrapped(f"    aufgezeichnet aus {entry['origin']['file']}, {entry['origin']['locator']}")
        if entry["citation"]:
            yield from _wrapped(f"    zitiert nach {entry['citation']}")
    for attribution, licence in sorted({(entry["attribution"], entry["licence"]) for entry in inputs}):
        yield from _wrapped(f"  {attribution} ({words.licence(licence)})")


def _found(entry: Facts) -> str:
    """What stands where; what we withhold does stand there, and is not told."""
    where = f"{entry['raw_locator']} von {entry['filename']}"
    if entry["printed"] is not None:
        return f"„{entry['printed']}“ in {where}"
    return f"von uns zurückgehalten ({where})" if entry["status"] == "withheld" else f"keine Zahl in {where}"


def _listed(title: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield ""
        yield title
    for text in texts:
        yield from _wrapped(f"  - {text}")


def _labelled(label: str, text: str) -> Iterator[str]:
    indent = " " * _LABEL
    yield from textwrap.wrap(
        f"{label:<{_LABEL}}{text}", _WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=" " * 6, break_long_words=False, break_on_hyphens=False)


def _day(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return words.day(moment if "T" in text else moment.date())
