"""One file of `catalog/datasets/`. Comes in: the YAML file and its schema. Goes out: a `Dataset`.

Refuses with file, key and fix: what the JSON schema does not know, an id that differs from the file's name, words that
stand twice, rules of the contract that name what the file does not declare.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from integrationsmonitor.cadence import read_cadence
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.dataset import (
    FIRST_DAY,
    LAST_DAY,
    OVER_MEASURES,
    Axis,
    AxisValue,
    BasisRule,
    Contract,
    Dataset,
    JumpRule,
    Measure,
    OutageRule,
    Plausible,
    RegionSum,
    SignRule,
    SumRule,
)
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.sums import sums_of


def load_dataset(file: Path, schema: Path) -> Dataset:
    """Read and check one dataset file."""
    raw = read_checked(file, schema)
    if raw["id"] != file.stem:
        raise ConfigError(f"{file}: id is {raw['id']!r}; it must be the file's name, {file.stem!r}")
    dataset = Dataset(
        id=raw["id"],
        title_de=raw["title_de"],
        publisher=raw["publisher"],
        licence=raw["licence"],
        load=raw["load"],
        source=raw["source"],
        cadence=read_cadence(raw["cadence"], str(file)),
        period_type=raw["period"]["type"],
        territory_rule=raw["territory_rule"],
        place=raw["place"],
        basis=tuple(
            BasisRule(
                b["basis"],
                _day(b.get("from"), FIRST_DAY),
                _day(b.get("until"), LAST_DAY),
                _day(b.get("known_before"), LAST_DAY),
            )
            for b in raw["basis"]
        ),
        constants=raw.get("constants", {}),
        statistic=raw.get("statistic", {}),
        time=raw.get("time", {}),
        measures=tuple(_measure(m) for m in raw["measures"]),
        axes=tuple(_axis(a) for a in raw.get("axes", [])),
        csv=raw.get("csv", {}),
        signs=tuple(
            SignRule(
                s["sign"],
                s["status"],
                s.get("layout", ""),
                tuple(s.get("measures", ())),
                _day(s.get("from"), FIRST_DAY),
                _day(s.get("until"), LAST_DAY),
            )
            for s in raw.get("signs", [])
        ),
        not_yet=raw.get("not_yet", ""),
        outages=tuple(
            OutageRule(o["axis"], o["sign"], tuple(o["parts"]), tuple(o.get("rest", ())))
            for o in raw.get("outages", [])
        ),
        rounding=raw.get("rounding", {}),
        contract=_contract(raw["contract"]),
        notes_de=" ".join(str(raw.get("notes_de", "")).split()),
        off_de=" ".join(str(raw.get("off_de", "")).split()),
        territory_date=_day(raw["territory_date"], LAST_DAY) if "territory_date" in raw else None,
        provisional_months=int(raw.get("provisional_months", 0)),
        file_sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
    )
    _check_unique(file, "measures", [m.code for m in dataset.measures])
    _check_unique(file, "axes", [a.code for a in dataset.axes])
    for axis in dataset.axes:
        _check_unique(file, f"axes.{axis.code}.values", [v.code for v in axis.values])
        _check_unique(file, f"axes.{axis.code}.values.labels", [x for v in axis.values for x in v.labels])
    _check_names(file, dataset)
    _check_parents(file, dataset)
    if dataset.connector == "ba_api":
        _check_api(file, dataset)
    return dataset


def _check_parents(file: Path, dataset: Dataset) -> None:
    """A label that stands below a parent must be known by it: a row could otherwise be taken for another."""
    parents: dict[str, list[str]] = {}
    for measure in dataset.measures:
        above = dataset.measure_by_code.get(measure.parent)
        if measure.parent and (above is None or above.parent):
            stands = f"{measure.code!r} stands below {measure.parent!r}, which is no measure of its own"
            raise ConfigError(f"{file}: measures: {stands}")
        for label in measure.labels:
            parents.setdefault(label, []).append(measure.parent)
    for label, found in parents.items():
        if any(found) and ("" in found or len(set(found)) < len(found)):
            raise ConfigError(f"{file}: measures: {label!r} stands twice; give each a parent of its own")


def _check_api(file: Path, dataset: Dataset) -> None:
    """The API names no codes: labels alone tell figures apart, and one attribute beside the month their group."""
    _check_unique(file, "source.requests", [str(request["regions"]) for request in dataset.source["requests"]])
    labels = [label for measure in dataset.measures if not measure.parent for label in measure.labels]
    _check_unique(file, "measures and source.change_metrics", [*labels, *dataset.source.get("change_metrics", ())])
    if len(dataset.axes) > 1:
        raise ConfigError(f"{file}: axes: a table of the BA statistics API has at most one; remove the others")


def _check_names(file: Path, dataset: Dataset) -> None:
    """What the contract names must be declared above it; bounds must leave room."""
    known = {measure.measure for measure in dataset.measures}
    if dataset.is_restated and dataset.territory_date is None:
        raise ConfigError(f"{file}: territory_rule current_territory needs a territory_date, that of the last reform")
    codes = {axis.code: set(axis.by_code) for axis in dataset.axes} | {OVER_MEASURES: set(dataset.measure_by_code)}
    contract = dataset.contract

    def need(what: str, word: str, known: Collection[str]) -> None:
        if word not in known:
            raise ConfigError(f"{file}: {what} names {word!r}, which is not declared in this file")

    for bounds in contract.plausible:
        if known:
            need("contract.plausible", bounds.measure, known)
        if bounds.low > bounds.high:
            raise ConfigError(f"{file}: contract.plausible of {bounds.measure!r} has a min above its max")
    for jump in contract.jumps:
        for measure in jump.measures:
            need("contract.jumps", measure, known)
    named = [
        *((f"contract.sums over {rule.over!r}", rule.over, (rule.total, *rule.parts)) for rule in contract.sums),
        *((f"outages of {rule.axis!r}", rule.axis, (*rule.parts, *rule.rest)) for rule in dataset.outages),
        *(("contract.region_sums", axis, words) for rule in contract.region_sums for axis, words in rule.axes.items()),
    ]
    for what, axis, words in named:
        need(what, axis, codes)
        for word in words:
            need(what, word, codes[axis])
    for measure in (measure for rule in contract.region_sums for measure in rule.measures):
        need("contract.region_sums", measure, dataset.measure_by_code)
    tuple(sums_of(dataset))


def _measure(raw: Mapping[str, Any]) -> Measure:
    return Measure(
        code=raw["code"],
        labels=_labels(raw),
        measure=raw["measure"],
        unit=raw["unit"],
        constants=raw.get("constants", {}),
        basis=raw.get("basis", ""),
        rounding=raw.get("rounding", {}),
        proven=raw.get("codes") != "unproven",
        fractions=bool(raw.get("fractions", False)),
        parent=str(raw.get("parent", "")),
        territory_weight=str(raw.get("territory_weight", "none")),
        additive=bool(raw.get("additive", True)),
        perturbed_from=_day(raw.get("perturbed_from"), LAST_DAY),
    )


def _axis(raw: Mapping[str, Any]) -> Axis:
    return Axis(
        code=raw["code"],
        labels=_labels(raw),
        values=tuple(AxisValue(v["code"], _labels(v), dict(_sets(raw, v))) for v in raw["values"]),
        proven=raw.get("codes") != "unproven",
    )


def _labels(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """`label` (one) and `labels` (all wordings) may both be given; the current wording stands first."""
    first = [raw["label"]] if "label" in raw else []
    return tuple(dict.fromkeys([*first, *raw.get("labels", [])]))


def _sets(axis: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    meaning = value["is"]
    if isinstance(meaning, Mapping):
        yield from meaning.items()
    else:
        yield axis["to"], str(meaning)


def _contract(raw: Mapping[str, Any]) -> Contract:
    return Contract(
        complete=raw["complete"],
        regions=tuple(raw.get("regions", ())),
        listed=tuple(raw.get("listed", ())),
        sums=tuple(
            SumRule(
                s["over"],
                s.get("total", ""),
                tuple(s["parts"]),
                float(s.get("tolerance", 0)),
                tuple(s.get("measures", ())),
            )
            for s in raw.get("sums", [])
        ),
        minimum_rows=int(raw.get("minimum", {}).get("rows", 1)),
        plausible=tuple(
            Plausible(p["measure"], p["regions"], p["cells"] == "total", float(p["min"]), float(p["max"]))
            for p in raw.get("plausible", [])
        ),
        region_sums=tuple(
            RegionSum(
                float(s.get("tolerance", 0)),
                tuple(s.get("measures", ())),
                {axis: tuple(codes) for axis, codes in s.get("axes", {}).items()},
                _day(s.get("from"), FIRST_DAY),
                _day(s.get("until"), LAST_DAY),
            )
            for s in raw.get("region_sums", [])
        ),
        jumps=tuple(
            JumpRule(j["against"], float(j["max_ratio"]), float(j["floor"]), tuple(j.get("measures", ())))
            for j in raw.get("jumps", [])
        ),
    )


def _check_unique(file: Path, where: str, words: list[str]) -> None:
    twice = {word for word in words if words.count(word) > 1}
    if twice:
        raise ConfigError(f"{file}: {where}: {sorted(twice)[0]!r} stands twice; remove one")


def _day(value: str | None, default: date) -> date:
    return date.fromisoformat(value) if value else default
