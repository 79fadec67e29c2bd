"""The columns and regions of one description. Comes in: checked YAML. Goes out: measures, columns, regions.

Refuses with file, key and fix: a heading or field that stands twice, two ways for the period, words that lead nowhere,
a rate without the persons that it stands on where a threshold must be kept, a region that lies nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from integrationsmonitor.dataset import FIRST_DAY, LAST_DAY, Measure
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.local_description import BASE, PERIOD, REGION, VALUE, TableColumn
from integrationsmonitor.observation import NATIONALITIES, SEXES
from integrationsmonitor.region import Region

TOTAL = "insgesamt"
NO_AXIS = (REGION, PERIOD, VALUE, BASE)
_OUR_WORDS = {"sex": SEXES, "nationality": NATIONALITIES}


class ColumnsReader:
    """Reads what a description says of columns and regions; `refuse` makes its errors."""

    def __init__(self, file: Path, raw: Mapping[str, Any], regions: Mapping[str, Region]) -> None:
        self.file, self.raw, self.known = file, raw, regions
        self.basis = raw.get("basis", "Kreisangabe")

    def refuse(self, key: str, text: str) -> ConfigError:
        """The error for a key of the description."""
        return ConfigError(f"{self.file}: {key}: {text}")

    def columns(self) -> tuple[tuple[Measure, ...], tuple[TableColumn, ...]]:
        """Measures and columns."""
        measures: dict[str, Measure] = {}
        columns = []
        for heading, column in self.raw["columns"].items():
            what = column["field"]
            code = ""
            if what in (VALUE, BASE):
                measure = self._measure(column)
                code = measure.code
                if measures.setdefault(code, measure) != measure:
                    raise self.refuse(
                        f"columns.{heading}", f"{code!r} has another unit than before; choose another measure"
                    )
            words = column.get("values", {})
            if what not in NO_AXIS:
                words = {clean(word): self._axis_word(f"columns.{heading}", what, to) for word, to in words.items()}
            sets = {name: self._axis_word(f"columns.{heading}.sets", name, to) for name, to in self._set_by(column)}
            columns.append(
                TableColumn(
                    clean(heading),
                    what,
                    column.get("by", "name"),
                    {clean(word): to for word, to in words.items()},
                    code,
                    sets,
                    int(column.get("scale", 0)),
                )
            )
        self._check_columns(columns)
        return tuple(measures.values()), tuple(columns)

    def _set_by(self, column: Mapping[str, Any]) -> list[tuple[str, str]]:
        if column["field"] not in (VALUE, BASE):
            return []
        return list({**self.raw.get("constants", {}), **column.get("sets", {})}.items())

    def _measure(self, column: Mapping[str, Any]) -> Measure:
        if column["field"] == BASE:
            word = column.get("measure", "befragte")
            return Measure(word, (word,), word, "Anzahl", basis=self.basis)
        word, unit, basis = column["measure"], column["unit"], column.get("basis", self.basis)
        code = word if basis == self.basis else f"{word}@{basis}"
        return Measure(
            code,
            (word,),
            word,
            unit,
            basis=basis,
            fractions=bool(column.get("fractions", False)),
            persons=bool(column.get("persons", True)),
        )

    def _axis_word(self, key: str, axis: str, word: str) -> str:
        if axis in _OUR_WORDS and word not in _OUR_WORDS[axis]:
            raise self.refuse(key, f"{word!r} is no word for {axis}; known: {', '.join(_OUR_WORDS[axis])}")
        if not re.fullmatch(r"[\w ,.+<>–-]{1,60}", word):
            raise self.refuse(key, f"{word!r} holds other signs than letters, digits, blanks and _,.+-")
        return "" if word == TOTAL else word

    def _check_columns(self, columns: list[TableColumn]) -> None:
        headings = [*(column.heading for column in columns), *map(clean, self.raw.get("ignore", []))]
        for heading in headings:
            if headings.count(heading) > 1:
                raise self.refuse("columns", f"the heading {heading!r} stands twice in columns and ignore; remove one")
        fields = [column.field for column in columns]
        for what in {field for field in fields if field not in (VALUE, REGION)}:
            if fields.count(what) > 1:
                raise self.refuse("columns", f"two columns hold the field {what!r}; one may")
        for what in (VALUE, REGION):
            if what not in fields:
                raise self.refuse("columns", f"no column has `field: {what}`; every table needs one")
        ways = [way for way in ("value", "filename") if way in self.raw["period"]]
        if (PERIOD in fields) == bool(ways):
            raise self.refuse(
                "period", "the period stands in one place: a column with `field: period`, or period.value or .filename"
            )
        by = [column.by for column in columns if column.field == REGION]
        if len(set(by)) < len(by):
            raise self.refuse("columns", f"two columns hold regions by {by[0]}; only one may")
        for column in columns:
            both = set(column.sets) & set(fields)
            if both:
                raise self.refuse(
                    f"columns.{column.heading}.sets", f"{sorted(both)[0]!r} is set and has a column, too; remove one"
                )
        self._check_rates(fields)

    def _check_rates(self, fields: list[str]) -> None:
        """A rate of few persons tells of persons: where a threshold holds, it must be known what it stands on."""
        if self.raw["confidentiality"]["threshold"] == "none" or BASE in fields:
            return
        for heading, column in self.raw["columns"].items():
            is_rate = column["field"] == VALUE and column["unit"] != "Anzahl" and column.get("persons", True)
            if is_rate:
                raise self.refuse(
                    f"columns.{heading}",
                    "a rate under a threshold needs a column with `field: n`, the persons that it stands on; "
                    "if it speaks of no persons, say `persons: false`",
                )

    def regions(self) -> dict[str, Region]:
        """The declared regions, by key; Gemeinden first, since others may lie in them."""
        found: dict[str, Region] = {}
        entries = sorted(self.raw.get("regions", []), key=lambda entry: not _is_gemeinde(entry["key"]))
        for entry in entries:
            is_gemeinde = _is_gemeinde(entry["key"]) and len(entry.get("parent", "")) != 8
            parent = entry.get("parent", entry["key"][:5] if is_gemeinde else "")
            where = f"regions.{entry['key']}"
            if not parent:
                raise self.refuse(where, "needs `parent`, the AGS of the Kreis or Gemeinde that it lies in")
            above = found.get(parent) or self.known.get(parent)
            if (
                above is None
                or above.level not in ("kreis", "gemeinde")
                or (is_gemeinde and entry["key"][:5] != parent)
            ):
                raise self.refuse(
                    where,
                    f"parent {parent!r} is no Kreis of catalog/regions.yml and no Gemeinde declared here; correct it",
                )
            key = entry["key"] if is_gemeinde else f"{parent}:{entry['key']}"
            if key in found or any(r.name == entry["name"] and r.parent == parent for r in found.values()):
                raise self.refuse(where, f"key or name {entry['name']!r} stands twice; remove one")
            level, kind = ("gemeinde", "Gemeinde") if is_gemeinde else ("lokal", "Teilgebiet")
            found[key] = Region(
                key,
                entry["name"],
                level,
                entry.get("kind", kind),
                parent=parent,
                valid_from=date.fromisoformat(entry.get("valid_from", FIRST_DAY.isoformat())),
                valid_to=date.fromisoformat(entry.get("valid_to", LAST_DAY.isoformat())),
            )
        return found


def _is_gemeinde(key: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{8}", key))


def clean(text: str) -> str:
    """A heading or word without line breaks and doubled blanks."""
    return " ".join(text.split())
