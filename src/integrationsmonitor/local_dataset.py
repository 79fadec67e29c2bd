"""One description of the drop folder. Comes in: a YAML file, its schema, the known regions. Goes out: a `Dataset`.

Refuses with file, key and fix: what the schema does not know, a TODO that nobody decided, an id that is not the file's
name, a person as contact, and what local_columns.py refuses of columns and regions.
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
    Axis,
    AxisValue,
    BasisRule,
    Contract,
    Dataset,
    JumpRule,
    SignRule,
)
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.local_columns import NO_AXIS, TOTAL, ColumnsReader, clean
from integrationsmonitor.local_description import (
    HIDDEN_SIGN,
    NO_THRESHOLD,
    REGION,
    LocalTable,
    TableColumn,
)
from integrationsmonitor.region import Region

CONNECTOR = "local_table"
_JUMP_FLOOR = 20.0  # below it, figures of a Stadtteil may do what they like
_URLS = {
    "dl-de/by-2-0": "https://www.govdata.de/dl-de/by-2-0",
    "dl-de/zero-2-0": "https://www.govdata.de/dl-de/zero-2-0",
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
}
_PERSON = re.compile(r"\b(Herrn?|Frau|Hr\.|Fr\.|Dr\.)\s|[^\W\d_]+\.[^\W\d_]+@", re.IGNORECASE)


def read_description(file: Path, schema: Path, regions: Mapping[str, Region]) -> Dataset:
    """Read and check one description; raises ConfigError with one line."""
    raw = read_yaml(file)
    for key, word in _strings(raw):
        if not isinstance(word, str):
            raise ConfigError(f"{file}: {key}: is {word!r} to YAML, and no text; put it into quotes")
        if "TODO" in word:
            raise ConfigError(f"{file}: {key}: is still a TODO; decide it, and take the word TODO out of the file")
    check_against(raw, file, schema)
    return _Reader(file, raw, regions).dataset()


class _Reader(ColumnsReader):
    """One description on its way to a dataset."""

    def dataset(self) -> Dataset:
        raw = self.raw
        if raw["id"] != self.file.stem:
            raise self.refuse("id", f"is {raw['id']!r}; it must be the file's name, {self.file.stem!r}")
        for key in ("contact", "provider"):
            if _PERSON.search(raw[key]):
                raise self.refuse(key, "names a person; name the unit, and a mailbox without a person's name")
        measures, columns = self.columns()
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

    def _axes(self, columns: tuple[TableColumn, ...]) -> tuple[Axis, ...]:
        """An axis per field that columns hold or set; its codes are our words, "" the total."""
        words: dict[str, dict[str, None]] = {}
        for column in columns:
            if column.field not in NO_AXIS:
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
        regions = self.regions()
        for column in columns:
            for word, key in column.words.items() if column.field == REGION else ():
                if key not in regions and key not in self.known:
                    raise self.refuse(f"columns.{column.heading}.values", f"{word!r} leads to {key!r}, no known region")
        incomplete = [column for column in raw["columns"].values() if not column.get("adds_up", True)]
        overlapping = [axis for column in incomplete for axis in column.get("sets", [column["field"]])]
        return LocalTable(
            description=self.file.name,
            files=raw["files"],
            columns=columns,
            ignore=tuple(map(clean, raw.get("ignore", []))),
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


def _strings(raw: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key and text of a document, with its place."""
    if isinstance(raw, Mapping):
        for key, item in raw.items():
            yield f"{path}.{key}".strip("."), key
            yield from _strings(item, f"{path}.{key}".strip("."))
    elif isinstance(raw, list):
        for number, item in enumerate(raw):
            yield from _strings(item, f"{path}.{number}".strip("."))
    elif isinstance(raw, str):
        yield path or "(top level)", raw
