"""CHANGELOG.md: what every publication changed, newest first.

Comes in: what the new release changes; the journal; the pages of the releases that still lie on the shelf. Goes out:
one German page. An entry is written once, when its release is made, and taken over word by word from then on. The
journal says which publications there were: one whose page is gone or damaged is told from it, with as much as it knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from integrationsmonitor import archive, files, publications
from integrationsmonitor.release import news, shelf
from integrationsmonitor.settings import Settings

FILE = "CHANGELOG.md"
MOST_LINES = 25
_MARK, _MOST_PERIODS = "## ", 5
_HEAD = """# Änderungen der Daten

Die neueste Veröffentlichung steht oben. Jede ist mit der verglichen, die zuvor galt; gezählt sind die Werte von
`mart_indicator`. Einzeln stehen die Änderungen in `diff.md` und `diff.json` der jeweiligen Veröffentlichung."""


def write(target: Path, settings: Settings, difference: Mapping[str, Any], quarantined: Sequence[str]) -> None:
    """Write the page of the new release into the folder of its exports."""
    told = dict(_told(settings))
    labels = {
        record["release_id"]: record["reason"]
        for record in archive.journal_records(settings)
        if record["event"] == "freeze"
    }
    page = [_HEAD, "", *_entry(difference, quarantined)]
    for event in reversed(publications.events(settings)):
        page += ["", *_earlier(event, told.get(event.release_id), labels.get(event.release_id))]
    (target / FILE).write_text("\n".join(page) + "\n", encoding="utf-8")


def _entry(difference: Mapping[str, Any], quarantined: Sequence[str]) -> Iterator[str]:
    new = difference["new"]
    lines = [*news.summary(difference), *_periods(difference["values"])]
    if quarantined:
        lines.append(
            f"- Nicht erneuert, weil wir die letzte Antwort der Quelle nicht annahmen: {', '.join(quarantined)}"
        )
    yield f"{_MARK}{new['release_id']} vom {news.day(new['released_at'])}"
    yield ""
    room = MOST_LINES - 2
    if len(lines) > room:
        left = len(lines) - room + 1
        lines = [*lines[: room - 1], f"- … und {left} weitere Angaben in `diff.md`"]
    yield from lines


def _periods(values: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The periods that no release had before, newest first, with the indicators that have them."""
    found: dict[Any, set[str]] = {}
    for value in values:
        if value["reason"] == "new_period" and value["territory"] != "harmonised":
            period = (value["period_end"], value["period_start"], value["period_type"])
            found.setdefault(period, set()).add(value["indicator_id"])
    told = [
        f"{news.period(kind, start, end)} ({', '.join(sorted(indicators))})"
        for (end, start, kind), indicators in sorted(found.items(), key=lambda item: item[0], reverse=True)
    ]
    if told:
        more = f" und {len(told) - _MOST_PERIODS} weitere" if len(told) > _MOST_PERIODS else ""
        yield f"- Neue Zeiträume: {', '.join(told[:_MOST_PERIODS])}{more}"


def _earlier(event: publications.Event, body: Sequence[str] | None, label: str | None) -> Iterator[str]:
    """The entry of a publication that is over, or of a return to it."""
    kept = f", aufbewahrt als „{label}“" if label else ""
    if event.kind == publications.ROLLED_BACK:
        yield f"{_MARK}Rückkehr zu {event.release_id} am {news.day(event.at)}"
        yield ""
        yield f"Seither galt wieder diese Veröffentlichung. {_counted(event)}"
        return
    yield f"{_MARK}{event.release_id} vom {news.day(event.at)}{kept}"
    yield ""
    if body:
        yield from body
    else:
        yield f"Die Seite dieser Veröffentlichung liegt nicht mehr vor; dies sagt das Journal. {_counted(event)}"


def _counted(event: publications.Event) -> str:
    if event.changes is None:
        return "Wie viele Werte sich änderten, hat niemand gezählt."
    if event.changes == 1:
        return "Ein Wert war anders als unmittelbar zuvor."
    count = news.number(Decimal(event.changes), 0) if event.changes else "Keine"
    return f"{count} Werte waren anders als unmittelbar zuvor."


def _told(settings: Settings) -> Iterator[tuple[str, list[str]]]:
    """The entries that lie on the shelf, by release; a later page has the last word."""
    for release in shelf.whole(settings):
        path = settings.releases / release["release_id"] / "exports" / FILE
        listed = {file["path"]: file["sha256"] for file in release["files"]}
        if path.is_file() and files.sha256_of(path) == listed.get(f"exports/{FILE}"):
            yield from _parsed(path.read_text(encoding="utf-8"))


def _parsed(page: str) -> Iterator[tuple[str, list[str]]]:
    for entry in f"\n{page}".split(f"\n{_MARK}")[1:]:
        heading, *lines = entry.strip("\n").split("\n")
        name, said = heading.split(" ")[0], "\n".join(lines).strip("\n")
        if not said.startswith("Die Seite dieser Veröffentlichung liegt nicht mehr vor"):
            yield name, said.split("\n")
