"""The catalogue's breaks: where a figure before and a figure after do not measure the same.

Comes in: `catalog/breaks.yml`. Goes out: frozen objects. Refuses with file, id, key and fix: what the JSON schema does
not know, ids that stand twice, names that lead nowhere (a dataset, its measure or basis, an indicator, its variant, a
region).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.checked_yaml import read_checked
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.indicator import ANY, Break, Indicator, Touch


def load_breaks(catalog: Catalog, indicators: Sequence[Indicator]) -> tuple[Break, ...]:
    """Read the file, check it against its schema, the datasets and the indicators; raises ConfigError."""
    file = catalog.path / "breaks.yml"
    breaks: dict[str, Break] = {}
    for raw in read_checked(file, catalog.path / "schemas" / "breaks.schema.json")["breaks"]:
        key = f"{file}: {raw['id']}"
        if raw["id"] in breaks:
            raise ConfigError(f"{key}: this id stands twice; give the second break one of its own")
        breaks[raw["id"]] = found = _break(raw)
        for touch in found.touches:
            _check_datasets(f"{key}.touches", touch, found.basis, catalog)
            _check_indicator(f"{key}.touches", touch, indicators)
            for region in touch.regions:
                _refuse_unknown(f"{key}.touches.regions", region, "a key of regions.yml", catalog.regions)
    return tuple(breaks.values())


def _break(raw: Mapping[str, Any]) -> Break:
    lists = ("datasets", "measures", "variants", "regions")
    return Break(
        id=raw["id"],
        kind=raw["kind"],
        at=_day(raw.get("at")),
        basis=raw.get("basis", ANY),
        known_from=_day(raw.get("known_from")),
        touches=tuple(
            Touch(
                indicator=touch.get("indicator", ANY),
                **{name: tuple(touch[name]) for name in lists if name in touch},
            )
            for touch in raw["touches"]
        ),
        text_de=raw["text_de"],
        source_de=raw["source_de"],
    )


def _check_datasets(key: str, touch: Touch, basis: str, catalog: Catalog) -> None:
    for dataset_id in touch.datasets:
        _refuse_unknown(f"{key}.datasets", dataset_id, "a dataset", catalog.datasets)
        if dataset_id == ANY:
            continue
        dataset = catalog.datasets[dataset_id]
        for measure in touch.measures:
            known = {declared.measure for declared in dataset.measures}
            _refuse_unknown(f"{key}.measures", measure, f"a measure of {dataset_id}", known)
    bases = {
        rule.basis
        for dataset_id in (catalog.datasets if ANY in touch.datasets else touch.datasets)
        for rule in catalog.datasets[dataset_id].basis
    }
    _refuse_unknown(f"{key}: basis", basis, "a basis of its datasets", bases)


def _check_indicator(key: str, touch: Touch, indicators: Sequence[Indicator]) -> None:
    variants = {indicator.id: {variant.key for variant in indicator.variants} for indicator in indicators}
    _refuse_unknown(f"{key}.indicator", touch.indicator, "an indicator", variants)
    for variant in touch.variants:
        _refuse_unknown(
            f"{key}.variants", variant, f"a variant of {touch.indicator}", variants.get(touch.indicator, ())
        )


def _refuse_unknown(key: str, found: str, expected: str, known: Collection[str]) -> None:
    if found != ANY and found not in known:
        raise ConfigError(f"{key}: {found!r} is not {expected}; known: {', '.join(sorted(known))}")


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
