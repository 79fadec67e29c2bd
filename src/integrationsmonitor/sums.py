"""The sums that a dataset's file promises, in the words of its observations.

Comes in: a dataset. Goes out: one `Sum` per rule and measure, and one per measure that the Kreise add up to the Land.
Refuses (ConfigError): a rule whose total and parts differ in more than one word, or in none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from integrationsmonitor.dataset import OVER_MEASURES, Dataset, Measure, SumRule
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.observation import AXIS_FIELDS

REGION = "region"
# What a sum is over, by the field in which its parts differ; any other is one of the `dimensions`.
KINDS: Mapping[str, str] = {
    "sex": "sex",
    "nationality": "nationality",
    "citizenship_key": "citizenship",
    "age_group": "age",
}
DIMENSION = "dimension"
ALL_KINDS = (REGION, *KINDS.values(), DIMENSION)
_TOTAL = "insgesamt"


@dataclass(frozen=True)
class Sum:
    """Parts that add up to a total: the words of `field`, or (kind `region`, without words) the Kreise of a Land.

    `is_promised`: an answer that breaks it was refused. The Kreise are compared with the Land without a promise, too.
    """

    number: int
    kind: str
    field: str
    measure: str
    unit: str
    total: str
    parts: tuple[str, ...]
    tolerance: float
    is_promised: bool


def sums_of(dataset: Dataset) -> Iterator[Sum]:
    """All sums of a dataset, numbered in the order of its file; raises ConfigError."""
    number = 0
    for measure, unit, tolerance, is_promised in _region_sums(dataset):
        number += 1
        yield Sum(number, REGION, "region_key", measure, unit, "", (), tolerance, is_promised)
    for rule in dataset.contract.sums:
        field, total, parts = _words(dataset, rule)
        kind = KINDS.get(field, DIMENSION)
        for measure, unit in dict.fromkeys((known.measure, known.unit) for known in _measures(dataset, rule)):
            number += 1
            yield Sum(number, kind, field, measure, unit, total, parts, rule.tolerance, is_promised=True)


def _region_sums(dataset: Dataset) -> Iterator[tuple[str, str, float, bool]]:
    found: dict[tuple[str, str], list[Measure]] = {}
    for measure in dataset.measures:
        if measure.is_additive:
            found.setdefault((measure.measure, measure.unit), []).append(measure)
    for (word, unit), measures in found.items():
        codes = {measure.code for measure in measures}
        rules = [
            rule for rule in dataset.contract.region_sums if not rule.measures or codes.intersection(rule.measures)
        ]
        yield word, unit, max((rule.tolerance for rule in rules), default=0), bool(rules)


def _measures(dataset: Dataset, rule: SumRule) -> list[Measure]:
    if rule.over == OVER_MEASURES:
        return [dataset.measure_by_code[rule.total]]
    return [measure for measure in dataset.measures if not rule.measures or measure.code in rule.measures]


def _words(dataset: Dataset, rule: SumRule) -> tuple[str, str, tuple[str, ...]]:
    """The one field in which total and parts differ, and their words in it."""
    if rule.over == OVER_MEASURES:
        measures = [dataset.measure_by_code[code] for code in (rule.total, *rule.parts)]
        settings = [{"measure": known.measure, "unit": known.unit, **known.constants} for known in measures]
    else:
        values = dataset.axis_by_code[rule.over].by_code
        settings = [dict(values[code].sets) for code in (rule.total, *rule.parts)]
    said = [{name: word for name, word in words.items() if word != AXIS_FIELDS.get(name, _TOTAL)} for words in settings]
    fields = sorted({name for words in said for name in words if len({other.get(name) for other in said}) > 1})
    if len(fields) != 1 or fields[0] in ("measure", "unit"):
        found = ", ".join(fields) or "nothing"
        raise ConfigError(
            f"catalog/datasets/{dataset.id}.yml: contract.sums over {rule.over!r}: total and parts differ in {found}; "
            "expected one word that tells them apart"
        )
    total, *parts = [words.get(fields[0], _TOTAL) for words in said]
    return fields[0], total, tuple(parts)
