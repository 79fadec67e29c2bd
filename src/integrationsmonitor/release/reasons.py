"""Why a published value differs from the release before. Comes in: its row in both, and what both releases say beside.

Goes out: one kind of change and exactly one reason, a key of REASONS. Refuses to guess: what no fact of the two
releases explains is `unknown`. Where several facts would do, the order of the rules decides: a decision of a person
before a definition, a definition before a correction of our own, that before a revision of the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from integrationsmonitor.decisions import CONFIDENTIAL, WITHDRAWN, no_longer_said

KINDS = ("appeared", "changed", "gone", "marked")

# The revisions of a source have the names of `revision_kind` (mart_indicator_vintage).
REASONS = {
    "withdrawn_by_us": "von uns zurückgezogen",
    "given_back": "Rücknahme aufgehoben",
    "confidential_by_us": "zurückgehalten, weil sich sonst eine geheime Zahl errechnen ließe",
    "said_again": "nicht mehr zurückgehalten: Es lässt sich keine geheime Zahl mehr errechnen",
    "indicator_new": "Indikator neu im Katalog",
    "indicator_removed": "Indikator nicht mehr im Katalog",
    "variant_new": "Variante neu im Katalog",
    "variant_removed": "Variante nicht mehr im Katalog",
    "definition_version": "Definition des Indikators geändert",
    "source_error": "bekannter Fehler der Quelle, siehe mart_correction",
    "own_correction": "eigene Korrektur: Wir haben unser Einlesen berichtigt, die Quelle hat nichts geändert",
    "correction": "Quelle hat berichtigt",
    "provisional_to_final": "vorläufige Zahl durch die endgültige ersetzt",
    "census_rebase": "Quelle hat auf eine andere Zensusgrundlage umgestellt",
    "territory_restated": "Quelle hat auf einen anderen Gebietsstand umgerechnet",
    "definition_change": "Quelle hat ihre Abgrenzung geändert",
    "late_delivery": "von der Quelle nachgeliefert",
    "other_source": "Zahl stammt jetzt aus einem anderen, bevorzugten Datensatz",
    "withdrawn": "Quelle nennt die Zahl nicht mehr",
    "new_period": "neuer Zeitraum",
    "newly_recorded": "neu erfasst, lag bisher nicht vor",
    "gap_shown": "Lücke wird jetzt ausgewiesen",
    "gap_dropped": "Lücke wird nicht mehr ausgewiesen",
    "bounds_changed": "Grenzen anders angegeben, der Wert ist derselbe",
    "default_changed": "eine andere Variante ist die bevorzugte",
    "flags_changed": "Kennzeichen geändert",
    "described_anew": "Angaben zum Wert geändert, nicht der Wert",
    "unknown": "Grund nicht feststellbar",
}
GAP = "not_recorded"
# Beside value and status: what makes another number of it for somebody who recomputes it.
_NUMBERS = {"value", "status", "numerator", "denominator"}
_BOUNDS = ("value_low", "value_high")
_BY_US = {"dropped_by_us", "replaced_by_us"}
_REVISIONS = {
    "correction", "provisional_to_final", "census_rebase", "territory_restated", "definition_change", "late_delivery",
    "other_source", "withdrawn",
}  # fmt: skip
Row = Mapping[str, Any]


class Vintage(NamedTuple):
    """The last vintage of a value on one axis."""

    revision_kind: str
    known_from: datetime
    known_to: datetime | None


@dataclass(frozen=True)
class Evidence:
    """What two releases say beside the values; pairs are (old, new).

    `definitions`: version by indicator · `variants`: (indicator, variant) · `withdrawn`: reason by value that a person
    took back · `newest_period`: last day by (indicator, variant, group) in the old one · `vintages`: the last one by
    (value, axis) · `has_vintages`: whether the old release has such a table at all · `is_backwards`: whether the old
    one is the later one.
    """

    released_at: datetime
    definitions: tuple[Mapping[str, int], Mapping[str, int]] = ({}, {})
    variants: tuple[set[tuple[str, str]], set[tuple[str, str]]] = field(default_factory=lambda: (set(), set()))
    withdrawn: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
    newest_period: Mapping[tuple[str, ...], date] = field(default_factory=dict)
    vintages: tuple[Mapping[tuple[str, str], Vintage], Mapping[tuple[str, str], Vintage]] = ({}, {})
    has_vintages: bool = True
    is_backwards: bool = False


def kind_of(old: Row | None, new: Row | None, different: set[str]) -> str:
    """What became of a value; `marked` where no number of it changed."""
    if old is None:
        return "appeared"
    if new is None:
        return "gone"
    return "changed" if different & _NUMBERS else "marked"


def hidden_because(old: Row | None, new: Row | None, evidence: Evidence) -> str | None:
    """Why no number of a value may be told; None where it may.

    What is withdrawn in the new release was wrong, what is confidential in the later one is secret, also where
    somebody compares backwards.
    """
    row, later = new or old, (old or new) if evidence.is_backwards else (new or old)
    if row and no_longer_said(row, evidence.withdrawn[1]) == WITHDRAWN:
        return WITHDRAWN
    return CONFIDENTIAL if later and no_longer_said(later) == CONFIDENTIAL else None


def reason_of(kind: str, old: Row | None, new: Row | None, evidence: Evidence) -> str:
    """The one reason, a key of REASONS."""
    if kind == "appeared" and new:
        return _why_it_appeared(new, evidence)
    if kind == "gone" and old:
        return _why_it_went(old, evidence)
    if old and new:
        return _why_it_changed(old, new, evidence) if kind == "changed" else _why_it_is_marked(old, new)
    return "unknown"


def _why_it_appeared(new: Row, evidence: Evidence) -> str:
    if new["status"] == GAP:
        return "gap_shown"
    if catalogue := _catalogue_reason(new, evidence):
        return catalogue
    revision = _revision(new, None, evidence)
    if revision in ("own_correction", "late_delivery"):
        return revision
    if not _later(new["recorded_at"], evidence.released_at):
        return "unknown"  # our archive had it already: something of ours let it appear, and nothing says what
    last = evidence.newest_period.get((new["indicator_id"], new["variant"], new["group_key"]))
    return "new_period" if last is not None and new["period_end"] > last else "newly_recorded"


def _why_it_went(old: Row, evidence: Evidence) -> str:
    if old["status"] == GAP:
        return "gap_dropped"
    if catalogue := _catalogue_reason(old, evidence):
        return catalogue
    revision = _revision(old, old, evidence)
    if revision in ("own_correction", "definition_change", "territory_restated"):
        return revision
    return "withdrawn" if _has_ended(old, evidence) else "unknown"


def _why_it_changed(old: Row, new: Row, evidence: Evidence) -> str:
    sides = zip((old, new), evidence.withdrawn, strict=True)
    before, after = (no_longer_said(row, withdrawn) for row, withdrawn in sides)
    if before != after and after:
        return {WITHDRAWN: "withdrawn_by_us", CONFIDENTIAL: "confidential_by_us"}[after]
    if before != after and before == CONFIDENTIAL:
        return "confidential_by_us" if evidence.is_backwards else "said_again"
    if before != after:
        return "given_back"
    if old["definition_version"] != new["definition_version"]:
        return "definition_version"
    if _BY_US & (_words(old) ^ _words(new)):
        return "source_error"
    if new["value"] is None and _has_ended(old, evidence):
        return "withdrawn"
    if old["status"] == GAP and _later(new["recorded_at"], evidence.released_at):
        kind = _revision(new, old, evidence)
        return "late_delivery" if kind == "late_delivery" else "newly_recorded"
    return _revision(new, old, evidence) or "unknown"


def _why_it_is_marked(old: Row, new: Row) -> str:
    if old["definition_version"] != new["definition_version"]:
        return "definition_version"
    if old["is_default"] != new["is_default"]:
        return "default_changed"
    if old["flags"] != new["flags"]:
        return "flags_changed"
    return "bounds_changed" if any(old.get(name) != new.get(name) for name in _BOUNDS) else "described_anew"


def _catalogue_reason(row: Row, evidence: Evidence) -> str | None:
    """What the catalogue says of a value that stands in one of the releases only; None where it knew it in both."""
    indicator, variant = row["indicator_id"], (row["indicator_id"], row["variant"])
    old, new = evidence.definitions
    if (indicator in old) != (indicator in new):
        return "indicator_new" if indicator in new else "indicator_removed"
    if (variant in evidence.variants[0]) != (variant in evidence.variants[1]):
        return "variant_new" if variant in evidence.variants[1] else "variant_removed"
    return "definition_version" if old.get(indicator) != new.get(indicator) else None


def _revision(row: Row, old: Row | None, evidence: Evidence) -> str | None:
    """What the vintages say, if their last one came after the old release; the flags where there are none.

    On the axis `source` everything is read with today's reader, so that a correction of our own shows on the axis
    `recorded` only.
    """
    recorded = _since(row["value_id"], "recorded", evidence)
    if recorded == "own_correction" or _gained(old, row, "own_correction"):
        return "own_correction"
    source = _since(row["value_id"], "source", evidence)
    if source in _REVISIONS:
        return source
    if old is None or old["source_known_from"] == row["source_known_from"]:
        return None
    moved = _later(row["source_known_from"], old["source_known_from"])
    return "provisional_to_final" if moved and _gained(row, old, "provisional") else None


def _since(value_id: str, axis: str, evidence: Evidence) -> str | None:
    """The kind of the last vintage on an axis, if the old release did not have it."""
    last = evidence.vintages[1].get((value_id, axis))
    if last is None:
        return None
    if evidence.has_vintages:
        known = evidence.vintages[0].get((value_id, axis))
        return last.revision_kind if known is None or known.known_from < last.known_from else None
    return last.revision_kind if axis == "recorded" and last.known_from >= evidence.released_at else None


def _has_ended(old: Row, evidence: Evidence) -> bool:
    """Whether the source no longer says anything of a value that it told before."""
    last = evidence.vintages[1].get((old["value_id"], "source"))
    return last is not None and last.known_to is not None


def _later(one: datetime | None, other: datetime | None) -> bool:
    """A row without figures has no times; nothing is concluded from it."""
    return one is not None and other is not None and one >= other


def _gained(before: Row | None, after: Row, word: str) -> bool:
    return before is not None and word in _words(after) - _words(before)


def _words(row: Row) -> set[str]:
    return {word for word in str(row["flags"] or "").split("|") if word}
