"""A proposed description as YAML with comments. Comes in: what was seen. Goes out: text, and the keys left to decide.

Texts are written as JSON strings, which every YAML reader takes as they are. Refuses nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from integrationsmonitor.describe.looking import TODO, Seen, SeenColumn, is_all_of_the_kreis, is_total

_HEAD = """\
# Vorschlag von `monitor describe` für {file}. Jedes TODO muss ein Mensch entscheiden; so lange wird nichts geladen.
# Was in welcher Zeile stehen darf: docs/lokale-daten.md
"""


def written(seen: Seen) -> str:
    """The description's text."""
    return _HEAD.format(file=seen.filename) + "\n".join(_lines(seen)) + "\n"


def undecided(text: str) -> list[str]:
    """Keys whose value is a TODO, in the order of the text."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [line.split(":")[0].strip(' -"') for line in lines if TODO in line.split("  # ")[0]]


def _lines(seen: Seen) -> Iterator[str]:
    yield f"id: {seen.id}"
    yield f"title_de: {TODO}  # Titel für Leserinnen und Leser"
    yield f"provider: {TODO}  # Amt oder Fachdienst, keine Person"
    yield f"contact: {TODO}  # Stelle und Funktionspostfach, keine Person"
    yield f"licence: {TODO}  # dl-de/by-2-0, dl-de/zero-2-0, cc-by-4.0 oder intern"
    stem, _, ending = seen.filename.rpartition(".")
    pattern = re.sub(r"(?:19|20)[0-9]{2}(?:-(?:Q?[0-9]{1,2}))?(?:-[0-9]{2})?", "*", stem, count=1)
    yield f"files: {_text(f'{pattern}.{ending}')}"
    if seen.sheet:
        yield f"sheet: {_text(seen.sheet)}"
    if seen.encoding:
        yield f"encoding: {seen.encoding}"
        yield f"delimiter: {_text(seen.delimiter)}"
    yield f"decimal: {_text(seen.decimal)}"
    if seen.thousands == TODO:
        yield f'thousands: {TODO}  # Tausenderpunkt: "."; Dezimalpunkt: diese Zeile weg und decimal: "."'
    elif seen.thousands:
        yield f"thousands: {_text(seen.thousands)}"
    yield from _period(seen, pattern, ending)
    yield "place: none  # Wohnort, Arbeitsort oder none"
    yield "basis: Kreisangabe  # Kreisangabe, AZR_lokal, BA_exact, BA_rounded10, Vollerhebung oder Befragung"
    yield "confidentiality: {threshold: 5}  # Zahlen von Personen darunter werden geheim gehalten"
    if any(column.field == "n" for column in seen.columns):
        yield f"survey: {{mode: {TODO}, from: {TODO}, to: {TODO}, population_de: {TODO}}}"
    yield from _regions(seen)
    yield "columns:"
    for column in seen.columns:
        yield f"  {_text(column.heading)}: {_column(column, seen)}"
    if not any(column.field == "region" for column in seen.columns):
        yield f"  {TODO}: {{field: region}}  # welche Spalte nennt das Gebiet?"
    if seen.ignore:
        yield f"ignore: {_list(seen.ignore)}  # {TODO.lower()}: nicht erkannt; gehört eine davon zu columns?"
    if seen.signs:
        yield "signs:  # zero, secret, unknown_or_secret, not_yet, not_published, not_meaningful, unreliable"
        yield from (f"  {_text(sign)}: {TODO}" for sign in dict.fromkeys(seen.signs))


def _period(seen: Seen, pattern: str, ending: str) -> Iterator[str]:
    if seen.period_type:
        comment = "  # jahressumme, jahresdurchschnitt oder schuljahr?" if seen.period_type == "jahressumme" else ""
        yield f"period: {{type: {TODO if comment else seen.period_type}}}{comment}"
    elif "*" in pattern:
        name = f"{pattern}.{ending}".replace("*", "{period}")
        yield f"period: {{type: {TODO}, filename: {_text(name)}}}  # stichtag, monat, quartal, jahressumme, …"
    else:
        yield f"period: {{type: {TODO}, value: {TODO}}}  # für welchen Tag oder Zeitraum gilt die Datei?"


def _regions(seen: Seen) -> Iterator[str]:
    own = [name for name in seen.regions if not is_total(name)]
    if own:
        yield "regions:  # key: eigener Schlüssel; parent: AGS des Kreises oder der Gemeinde"
    for number, name in enumerate(own, start=1):
        clean = name if not re.search(r"[,;|]", name) else TODO
        yield f'  - {{key: "{number:02}", name: {_text(clean)}, parent: {_text(seen.parent)}}}'


def _column(column: SeenColumn, seen: Seen) -> str:
    if column.field == "region":
        totals = [name for name in seen.regions if is_total(name)] if column.by == "name" else []
        meant = [f"{_text(name)}: {_text(seen.parent if is_all_of_the_kreis(name) else TODO)}" for name in totals]
        values = ", values: {" + ", ".join(meant) + "}" if meant else ""
        return f"{{field: region, by: {column.by}{values}}}"
    if column.field in ("period", "n"):
        return f"{{field: {column.field}}}"
    if column.field == "value":
        sets = (
            f", sets: {{{', '.join(f'{axis}: {word}' for axis, word in column.sets.items())}}}" if column.sets else ""
        )
        hint = "  # Was wird gezählt? Kleinbuchstaben, z. B. wohnungslose" if column.measure == TODO else ""
        return f"{{field: value, measure: {column.measure}, unit: {column.unit}{sets}}}{hint}"
    words = ", ".join(f"{_text(word)}: {_text(meant)}" for word, meant in column.words.items())
    note = "  # Wörter rechts sind Vorschläge; überschneiden sie sich: adds_up: false" if column.note else ""
    return f"{{field: {column.field}, values: {{{words}}}}}{note}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_text, texts))}]"
