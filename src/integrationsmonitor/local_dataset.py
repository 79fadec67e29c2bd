"""One description of the drop folder. Comes in: a YAML file, its schema, the known regions. Goes out: a `Dataset`.

Refuses with file, key and fix: what the schema does not know, a TODO that nobody decided, an id that is not the file's
name, a person as contact, a region that lies nowhere, words that lead nowhere, no column (or two ways) for the period,
rates without the number of persons that they stand on where a threshold must be kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from integrationsmonitor.cadence import read_cadence
from integrationsmonitor.checked_yaml import check_against, read_yaml
from integrationsmonitor.dataset import (
    FIRST_DAY,
    LAST_DAY,
    Axis,
    AxisValue,
    BasisRule,
    Contract,
    Dataset,
    JumpRule,
    Measure,
    SignRule,
)
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.local_description import (
    BASE,
    HIDDEN_SIGN,
    NO_THRESHOLD,
    PERIOD,
    REGION,
    VALUE,
    LocalTable,
    TableColumn,
)
from integrationsmonitor.observation import NATIONALITIES, SEXES
from integrationsmonitor.region import Region

CONNECTOR = "local_table"
TOTAL = "insgesamt"
_JUMP_FLOOR = 20.0  # below it, figures of a Stadtteil may do what they like
_URLS = {
    "dl-de/by-2-0": "https://www.govdata.de/dl-de/by-2-0",
    "dl-de/zero-2-0": "https://www.govdata.de/dl-de/zero-2-0",
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
}
_PERSON = re.compile(r"\b(Herrn?|Frau|Hr\.|Fr\.|Dr\.)\s|[^\W\d_]+\.[^\W\d_]+@", re.IGNORECASE)
_OUR_WORDS = {"sex": SEXES, "nationality": NATIONALITIES}
_NO_AXIS = (REGION, PERIOD, VALUE, BASE)


def read_description(file: Path, schema: Path, regions: Mapping[str, Region]) -> Dataset:
    """Read and check one description; raises ConfigError with one line."""
    raw = read_yaml(file)
    for key, word in _strings(raw):
        if "TODO" in word:
            raise ConfigError(f"{file}: {key}: is still a TODO; decide it, and take the word TODO out of the file")
    check_against(raw, file, schema)
    return _Reader(file, raw, regions).dataset()


class _Reader:
    """One description on its way to a dataset."""

    def __init__(self, file: Path, raw: Mapping[str, Any], regions: Mapping[str, Region]) -> None:
        self.file, self.raw, self.known = file, raw, regions
        self.basis = raw.get("basis", "Kreisangabe")

    def refuse(self, key: str, text: str) -> ConfigError:
        return ConfigError(f"{self.file}: {key}: {text}")

    def dataset(self) -> Dataset:
        raw = self.raw
        if raw["id"] != self.file.stem:
            raise self.refuse("id", f"is {raw['id']!r}; it must be the file's name, {self.file.stem!r}")
        for key in ("contact", "provider"):
            if _PERSON.search(raw[key]):
                raise self.refuse(key, "names a person; name the unit, and a mailbox without a person's name")
        measures, columns = self._columns()
        contract = raw.get("contract", {})
        ratio = float(contract.get("max_ratio", 0))
        jumps = tuple(JumpRule(kind, ratio, _JUMP_FLOOR) for kind in ("revision", "period") if ratio)
        return Dataset(
            id=raw["id"],
            title_de=raw["title_de"],
            publisher=raw["provider"],
            licence={"id": raw["licence"], "attribution": raw["provider"]} | self._url(),
            load="tls",
            source={"connector": CONNECTOR, "file": raw["files"]},
            cadence=read_cadence(raw.get("cadence", {}), str(self.file)),
            period_type=raw["period"]["type"],
            territory_rule="as_published",
            place=raw.get("place", "none"),
            basis=(BasisRule(self.basis),),
            constants={},
            statistic={},
            time={},
            measures=measures,
            axes=self._axes(columns),
            csv={},
            signs=self._signs(),
            not_yet="",
            outages=(),
            rounding={},
            contract=Contract(
                "none",
                (),
                (),
                (),
                int(contract.get("minimum_rows", 1)),
                (),
                jumps=jumps,
            ),
            notes_de=self._notes(),
            file_sha256=hashlib.sha256(self.file.read_bytes()).hexdigest(),
            local=self._table(columns),
        )

    def _url(self) -> dict[str, str]:
        url = _URLS.get(self.raw["licence"])
        return {"url": url} if url else {}

    def _columns(self) -> tuple[tuple[Measure, ...], tuple[TableColumn, ...]]:
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
            if what not in _NO_AXIS:
                words = {_clean(word): self._axis_word(f"columns.{heading}", what, to) for word, to in words.items()}
            sets = {name: self._axis_word(f"columns.{heading}.sets", name, to) for name, to in self._set_by(column)}
            columns.append(
                TableColumn(
                    _clean(heading),
                    what,
                    column.get("by", "name"),
                    {_clean(word): to for word, to in words.items()},
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
        headings = [*(column.heading for column in columns), *map(_clean, self.raw.get("ignore", []))]
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

    def _axes(self, columns: tuple[TableColumn, ...]) -> tuple[Axis, ...]:
        """An axis per field that columns hold or set; its codes are our words, "" the total."""
        words: dict[str, dict[str, None]] = {}
        for column in columns:
            if column.field not in _NO_AXIS:
                words.setdefault(column.field, {"": None}).update(dict.fromkeys(column.words.values()))
            for name, word in column.sets.items():
                words.setdefault(name, {"": None})[word] = None
        return tuple(
            Axis(name, (name,), tuple(AxisValue(word, (word,), {name: word or TOTAL}) for word in known))
            for name, known in sorted(words.items())
        )

    def _signs(self) -> tuple[SignRule, ...]:
        signs: dict[str, str] = self.raw.get("signs", {})
        if signs.get(HIDDEN_SIGN, "secret") != "secret":
            raise self.refuse("signs", f"{HIDDEN_SIGN!r} always means secret")
        return tuple(SignRule(sign, status) for sign, status in {**signs, HIDDEN_SIGN: "secret"}.items())

    def _notes(self) -> str:
        """What a reader must know, the circumstances of a survey and the threshold included."""
        raw = self.raw
        notes = [" ".join(str(raw.get("notes_de", "")).split())]
        if survey := raw.get("survey"):
            days = [f"{date.fromisoformat(survey[key]):%d.%m.%Y}" for key in ("from", "to")]
            notes.append(f"Befragung ({survey['mode']}), {days[0]} bis {days[1]}: {survey['population_de']}.")
        threshold = raw["confidentiality"]["threshold"]
        notes.append(
            f"Keine Geheimhaltungsgrenze: {raw['confidentiality']['reason_de']}"
            if threshold == "none"
            else f"Zahlen von Personen unter {threshold} sind geheim gehalten, weitere zu ihrem Schutz."
        )
        if raw["licence"] == "intern":
            notes.append("Nicht zur Weitergabe außerhalb dieser Installation.")
        return " ".join(note for note in (*notes, f"Auskunft: {raw['contact']}") if note)

    def _table(self, columns: tuple[TableColumn, ...]) -> LocalTable:
        raw = self.raw
        threshold = raw["confidentiality"]["threshold"]
        regions = self._regions()
        for column in columns:
            for word, key in column.words.items() if column.field == REGION else ():
                if key not in regions and key not in self.known:
                    raise self.refuse(f"columns.{column.heading}.values", f"{word!r} leads to {key!r}, no known region")
        overlapping = [c["field"] for c in raw["columns"].values() if not c.get("adds_up", True)]
        return LocalTable(
            description=self.file.name,
            files=raw["files"],
            columns=columns,
            ignore=tuple(map(_clean, raw.get("ignore", []))),
            sheet=raw.get("sheet", ""),
            encoding=raw.get("encoding", ""),
            delimiter=raw.get("delimiter", ""),
            decimal=raw.get("decimal", ","),
            thousands=self._thousands(),
            period_value=str(raw["period"].get("value", "")),
            period_filename=raw["period"].get("filename", ""),
            regions=regions,
            threshold=NO_THRESHOLD if threshold == "none" else int(threshold),
            hide_zero=bool(raw["confidentiality"].get("hide_zero", False)),
            overlapping=tuple(overlapping),
            regions_add_up=bool(raw.get("regions_add_up", True)),
            every_region=bool(raw.get("contract", {}).get("every_region", False)),
        )

    def _thousands(self) -> str:
        mark = str(self.raw.get("thousands", ""))
        if mark and mark == self.raw.get("decimal", ","):
            raise self.refuse("thousands", "is the decimal mark, too; state two different marks")
        return mark

    def _regions(self) -> dict[str, Region]:
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


def _clean(text: str) -> str:
    """A heading or word without line breaks and doubled blanks."""
    return " ".join(text.split())


def _strings(raw: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every key and text of a document, with its place."""
    if isinstance(raw, Mapping):
        for key, item in raw.items():
            yield f"{path}.{key}".strip("."), str(key)
            yield from _strings(item, f"{path}.{key}".strip("."))
    elif isinstance(raw, list):
        for number, item in enumerate(raw):
            yield from _strings(item, f"{path}.{number}".strip("."))
    elif isinstance(raw, str):
        yield path or "(top level)", raw
