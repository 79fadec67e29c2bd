"""The catalogue as the typed tables that the dbt project reads.

Comes in: the catalogue's objects. Goes out: one Arrow table per `catalog_…` source of the dbt project, always with the
types of `SCHEMAS`, an empty table included. Refuses nothing: whatever was loaded was checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrationsmonitor import clock
from integrationsmonitor.catalog import Catalog
from integrationsmonitor.catalog_rows import (
    bound,
    cells_rows,
    citizenship_rows,
    indicator_rows,
    list_rows,
    territory_rows,
)
from integrationsmonitor.catalog_sum_rows import sum_rows
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.indicator import IndicatorCatalog

if TYPE_CHECKING:
    import pyarrow as pa

_FIRST_YEAR = 1990  # no table of the catalogue begins earlier
# Columns of each table; `name:type` where the type is not text. The contract between the night and the dbt project
# (docs/decisions/0003).
_COLUMNS = {
    "delivery": """
        dataset_id raw_sha256 parse_key parse_seq:integer is_current_parse:boolean delivery_seq:integer
        source_known_from:timestamp known_from_quality recorded_at:timestamp parsed_at:timestamp scope_from:date
        scope_to:date layout url filename retrieved_at:timestamp
    """,
    "origin": """
        raw_sha256 raw_locator origin_file origin_sha256 origin_locator origin_stand
    """,
    "as_of": """
        moment:timestamp
    """,
    "catalog_dataset": """
        dataset_id title_de publisher licence_id licence_url attribution load_group connector host source_table
        start_year:integer period_type territory_rule place statistic_code statistic_label cadence_every
        cadence_reference expected_by grace_days:integer notes_de
    """,
    "catalog_measure": """
        dataset_id measure unit rounding_step:decimal rounding_low:decimal rounding_high:decimal
        rounding_from:date territory_weight perturbed_from:date
    """,
    "catalog_sum": """
        dataset_id sum_no:integer sum_kind field measure unit total_word n_parts:integer tolerance:decimal
        is_promised:boolean
    """,
    "catalog_sum_word": """
        dataset_id sum_no:integer role word
    """,
    "catalog_sum_violation": """
        explanation_id explanation_seq:integer dataset_id sum_kind is_explained:boolean reason_de source_de
    """,
    "catalog_sum_violation_cells": """
        explanation_id dataset_id measure region_key region_prefix period_from:date period_to:date sex nationality
        citizenship_key age_group dimensions basis
    """,
    "catalog_region": """
        region_key region_name region_level kind nuts3 parent_key valid_from:date valid_to:date successor_key
        comparator_of
    """,
    "catalog_region_type": """
        scheme region_key type_key type_de valid_from:date valid_to:date source_de
    """,
    "catalog_reception_centre": """
        region_key name_de valid_from:date valid_to:date source_de
    """,
    "catalog_concept": """
        as_of:date region_key status year:integer source_de
    """,
    "catalog_field": """
        kind name gap_de
    """,
    "catalog_publication_day": """
        dataset_id period begins:date expected_by:date
    """,
    "catalog_region_version": """
        region_key version_no:integer valid_from:date valid_to:date step_id text_de source_de
    """,
    "catalog_territory_target": """
        territory_key target_date:date
    """,
    "catalog_territory_unit": """
        territory_key region_key
    """,
    "catalog_territory_weight": """
        territory_key applies_from:date applies_to:date weight_kind from_key to_key weight:share weight_low:share
        weight_high:share quality steps reason after_step
    """,
    "catalog_indicator": """
        indicator_id name_de name_en dimension handlungsfeld numerator_de denominator_de formula_de unit
        decimals:integer direction periodicity reference_point definition_version:integer pitfalls_de ref_intmk
        ref_inkar ref_lsn signal:boolean
    """,
    "catalog_indicator_variant": """
        indicator_id variant label_de priority:integer group_key formula factor:integer
        half_unit:decimal region_levels needs_denominator:boolean denominator_region denominator_date
        denominator_lag_years:integer denominator_fixed_date:date basis_rule of_indicator_id of_variant
        against_indicator_id against_variant compared_with persons_indicator_id persons_variant may_default:boolean
        valid_from:date valid_to:date why_de missing missing_de
    """,
    "catalog_indicator_part": """
        indicator_id variant role dataset_id dataset_rank:integer measure sex nationality citizenship_key
        age_group dimensions place basis basis_rank:integer valid_from:date valid_to:date land_sum:boolean
    """,
    "catalog_age_sum": """
        dataset_id measure age_group member
    """,
    "catalog_break": """
        break_id kind break_at:date basis known_from:date dataset_id measure indicator_id variant region_key text_de
        source_de
    """,
    "catalog_group": """
        group_key label_de nationality sex age_group country_group
    """,
    "catalog_country_group": """
        country_group version label_de citizenship_key valid_from:date valid_to:date members note_de
    """,
    "catalog_citizenship": """
        citizenship_key name_de iso2 continent
    """,
    "catalog_citizenship_count": """
        dataset_id measure sex dimensions n_cells:integer absent_high:decimal limits_de
    """,
    "catalog_correction": """
        correction_id correction_seq:integer dataset_id action value:decimal expect_value:decimal expect_sign flag
        reason_de reported_to reported_at:date not_reported_de status
    """,
    "catalog_correction_cells": """
        correction_id dataset_id measure region_key region_prefix period_from:date period_to:date sex nationality
        citizenship_key age_group dimensions basis
    """,
    "withdrawal": """
        value_id reason_de withdrawn_at:timestamp
    """,
    "confidential": """
        value_id reason_de
    """,
    "publication": """
        value_id publication_no:integer release_id published_at:timestamp value:quotient status
        definition_version:integer
    """,
    "run": """
        run_no:integer started_at:timestamp outcome kind name status seconds:decimal failures:integer
    """,
}
SCHEMAS: Mapping[str, Mapping[str, str]] = {
    table: {name: kind or "text" for name, _, kind in (word.partition(":") for word in words.split())}
    for table, words in _COLUMNS.items()
}


def arrow_table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as the Arrow table `name` with exactly the columns and types of `SCHEMAS[name]`."""
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=arrow_schema(name))


def arrow_schema(name: str) -> pa.Schema:
    """Arrow schema of one input table."""
    import pyarrow as pa

    types: dict[str, Any] = {
        "text": pa.string(),
        "integer": pa.int32(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        "decimal": pa.decimal128(18, 6),
        "quotient": pa.decimal128(28, 10),
        "share": pa.decimal128(18, 15),
    }
    return pa.schema([(column, types[kind]) for column, kind in SCHEMAS[name].items()])


def catalog_tables(catalog: Catalog, indicators: IndicatorCatalog) -> dict[str, pa.Table]:
    """All `catalog_…` tables, by their names in the dbt project."""
    rows = {
        "catalog_dataset": [_dataset_row(dataset) for dataset in catalog.datasets.values()],
        "catalog_measure": list(_measure_rows(catalog)),
        "catalog_region": [
            {
                "region_key": region.key,
                "region_name": region.name,
                "region_level": region.level,
                "kind": region.kind,
                "nuts3": region.nuts if len(region.nuts) == 5 else None,
                "parent_key": region.parent or None,
                "valid_from": bound(region.valid_from),
                "valid_to": bound(region.valid_to),
                "successor_key": region.successor or None,
                "comparator_of": "|".join(region.comparator_of),
            }
            for region in catalog.regions.values()
        ],
        **{name: list(made) for name, made in indicator_rows(indicators).items()},
        **{name: list(made) for name, made in list_rows(indicators.lists, catalog.regions).items()},
        "catalog_field": [vars(field) for field in indicators.fields],
        "catalog_publication_day": list(_publication_days(catalog, indicators)),
        **{name: list(made) for name, made in territory_rows(indicators.territory, catalog.regions).items()},
        "catalog_group": [
            {
                "group_key": group.key,
                "label_de": group.label_de,
                "nationality": group.nationality,
                "sex": group.sex,
                "age_group": group.age_group,
                "country_group": group.country_group,
            }
            for group in indicators.groups
        ],
        "catalog_country_group": [
            {
                "country_group": version.group,
                "version": version.version,
                "label_de": version.label_de,
                "citizenship_key": version.citizenship_key,
                "valid_from": bound(version.valid_from),
                "valid_to": bound(version.valid_to),
                "members": "|".join(version.members),
                "note_de": version.note_de,
            }
            for version in indicators.country_groups
        ],
        **{name: list(made) for name, made in citizenship_rows(indicators).items()},
        "catalog_correction": list(_correction_rows(indicators)),
        "catalog_correction_cells": list(_correction_cells_rows(indicators)),
        **{name: list(made) for name, made in sum_rows(catalog, indicators.sum_violations).items()},
    }
    return {name: arrow_table(name, table) for name, table in rows.items()}


def _dataset_row(dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset_id": dataset.id,
        "title_de": dataset.title_de,
        "publisher": dataset.publisher,
        "licence_id": dataset.licence["id"],
        "licence_url": dataset.licence.get("url"),
        "attribution": dataset.licence["attribution"],
        "load_group": dataset.load,
        "connector": dataset.connector,
        "host": dataset.source.get("host"),
        "source_table": dataset.table,
        "start_year": dataset.source.get("start_year"),
        "period_type": dataset.period_type,
        "territory_rule": dataset.territory_rule,
        "place": dataset.place,
        "statistic_code": dataset.statistic.get("code"),
        "statistic_label": dataset.statistic.get("label"),
        "cadence_every": dataset.cadence.every,
        "cadence_reference": dataset.cadence.reference_text,
        "expected_by": dataset.cadence.expected_by_text,
        "grace_days": dataset.cadence.grace_days if dataset.cadence.is_regular else None,
        "notes_de": dataset.notes_de,
    }


def _publication_days(catalog: Catalog, indicators: IndicatorCatalog) -> Iterator[dict[str, Any]]:
    """By when each period of a dataset should be out: of those that numerators are made from, until the next one."""
    numerators = {
        dataset_id
        for indicator in indicators.indicators
        for variant in indicator.variants
        if variant.numerator is not None
        for dataset_id in variant.numerator.datasets
    }
    for dataset_id in sorted(numerators):
        dataset = catalog.datasets[dataset_id]
        cadence = dataset.cadence
        if not cadence.is_regular:
            continue
        first = cadence.period_at(date(dataset.source.get("start_year") or _FIRST_YEAR, 1, 1))
        for period in range(first, cadence.period_at(clock.now().date()) + 2):
            yield {
                "dataset_id": dataset_id,
                "period": cadence.label(period),
                "begins": cadence.first_day(period),
                "expected_by": cadence.expected_day(period),
            }


def _measure_rows(catalog: Catalog) -> Iterator[dict[str, Any]]:
    seen: set[tuple[str, str, str]] = set()
    for dataset in catalog.datasets.values():
        for measure in dataset.measures:
            key = (dataset.id, measure.measure, measure.unit)
            if key in seen:
                continue
            seen.add(key)
            rounding = dataset.rounding_of(measure)
            yield {
                "dataset_id": dataset.id,
                "measure": measure.measure,
                "unit": measure.unit,
                "rounding_step": _decimal(rounding.get("step")),
                "rounding_low": _decimal(rounding.get("low")),
                "rounding_high": _decimal(rounding.get("high")),
                "rounding_from": date.fromisoformat(rounding["from"]) if "from" in rounding else None,
                "territory_weight": measure.territory_weight,
                "perturbed_from": bound(measure.perturbed_from),
            }


def _correction_rows(indicators: IndicatorCatalog) -> Iterator[dict[str, Any]]:
    for number, correction in enumerate(indicators.corrections, start=1):
        ids = {"correction_id": correction.id, "correction_seq": number, "dataset_id": correction.dataset}
        yield ids | {name: getattr(correction, name) for name in SCHEMAS["catalog_correction"] if name not in ids}


def _correction_cells_rows(indicators: IndicatorCatalog) -> Iterator[dict[str, Any]]:
    """One row per measure and region that a correction names, `*` where it names none."""
    for correction in indicators.corrections:
        ids = {"correction_id": correction.id, "dataset_id": correction.dataset}
        yield from (ids | row for row in cells_rows(correction.cells))


def _decimal(number: Any) -> Decimal | None:
    return None if number is None else Decimal(str(number))
