"""What exists beside a value, or in its place.

Comes in: a row of mart_indicator. Goes out: other variants, neighbouring periods of the same territory, and numbers of
several bases that lie ready, with what must not be made of them: two numbers of different bases are named as a mixture
where no mart holds their quotient. Nothing here is published as a value. Beside a value that is no longer said no
number is named from which it could be computed again. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from integrationsmonitor.explain import words
from integrationsmonitor.explain.asking import rows
from integrationsmonitor.explain.making import quotient
from integrationsmonitor.explain.territories import AS_PUBLISHED, SAME

if TYPE_CHECKING:
    import duckdb

Row = Mapping[str, Any]

# Observations of the value's own region and period that are of the kind of which the indicator's numerators and
# denominators are made, whatever their dataset and basis. A kind that serves as both, as that of an index does, is told
# as the numerator.
_LYING_READY = """
    with kind as (
        select
            max(provenance.role) as role,
            observation.measure,
            observation.nationality,
            observation.sex,
            observation.age_group,
            observation.citizenship_key,
            observation.dimensions,
        from mart_provenance as provenance
        inner join mart_indicator as indicator using (value_id)
        inner join fct_observation as observation using (observation_id)
        where
            indicator.indicator_id = $indicator_id
            and indicator.group_key = $group_key
            and indicator.method = 'computed'
            and indicator.territory = 'as_published'
            and indicator.denominator_date = indicator.numerator_date
            and provenance.region_key = indicator.region_key
            and not provenance.is_part_of_sum
        group by all
    )

    select
        kind.role,
        observation.basis,
        observation.value,
        min(dataset.title_de) as title_de,
        min(observation.dataset_id) as dataset_id,
        arg_min(observation.observation_id, observation.dataset_id) as observation_id,
    from fct_observation as observation
    inner join dim_dataset as dataset using (dataset_id)
    inner join kind
        on
            observation.measure = kind.measure
            and observation.nationality = kind.nationality
            and observation.sex = kind.sex
            and observation.age_group = kind.age_group
            and observation.citizenship_key = kind.citizenship_key
            and observation.dimensions = kind.dimensions
    where
        observation.region_key = $region_key
        and observation.period_start = $period_start
        and observation.period_end = $period_end
        and observation.value is not null
    group by all
    order by kind.role desc, observation.basis, observation.value
"""
_FORMED = """
    select count(*) > 0 as is_formed
    from mart_indicator
    where
        region_key = $region_key
        and period_end = $period_end
        and numerator = $numerator
        and denominator = $denominator
"""


def other_variants(con: duckdb.DuckDBPyConnection, row: Row) -> list[dict[str, Any]]:
    """The values of the same indicator, region, period and group in other variants."""
    sql = f"""
        select value_id, variant, label_de, value, numerator, denominator, status, unit, decimals, basis,
            mart_indicator.method
        from mart_indicator
        inner join dim_indicator_variant using (indicator_id, variant)
        where
            indicator_id = $indicator_id
            and {SAME}
            and region_key = $region_key
            and period_type = $period_type
            and period_start = $period_start
            and period_end = $period_end
            and mart_indicator.group_key = $group_key
            and value_id <> $value_id
            and not list_contains($withdrawn, value_id)
            and value is not null
        order by priority
    """
    return [_told(con, row, entry) for entry in rows(con, sql, row)]


def instead_of(con: duckdb.DuckDBPyConnection, row: Row) -> dict[str, Any]:
    """What exists where there is no value."""
    # The single numbers of a Kreis are those of its own day: none of a converted value's territory.
    ready = [] if row["no_longer_said"] or row["territory"] != AS_PUBLISHED else rows(con, _LYING_READY, row)
    return {
        "variants": other_variants(con, row),
        "periods": [entry for side in ("before", "after") for entry in _neighbour(con, row, side)],
        "observations": [
            {**entry, "text_de": f"{words.number(entry['value'])} ({entry['basis']}): {entry['title_de']}"}
            for entry in ready
        ],
        "mixtures": _mixtures(con, row, ready),
    }


def factor_of(con: duckdb.DuckDBPyConnection, indicator_id: str) -> int | None:
    """By what an indicator's quotients are multiplied; None where none was ever computed."""
    sql = """
        select cast(round(value * denominator / numerator) as bigint) as factor
        from mart_indicator
        where
            indicator_id = $indicator_id
            and method = 'computed'
            and numerator > 0
            and denominator > 0
            and value is not null
        order by numerator desc
        limit 1
    """
    found = rows(con, sql, {"indicator_id": indicator_id})
    return int(found[0]["factor"]) if found else None


def _neighbour(con: duckdb.DuckDBPyConnection, row: Row, side: str) -> list[dict[str, Any]]:
    """The nearest period before or after that has a value, in the default variant there."""
    sign, order = ("<", "desc") if side == "before" else (">", "asc")
    sql = f"""
        select
            value_id, period_end, variant, label_de, value, numerator, denominator, status, unit, decimals, basis,
            mart_indicator.method
        from mart_indicator
        inner join dim_indicator_variant using (indicator_id, variant)
        where
            indicator_id = $indicator_id
            and {SAME}
            and region_key = $region_key
            and mart_indicator.group_key = $group_key
            and period_end {sign} $period_end
            and not list_contains($withdrawn, value_id)
            and value is not null
        order by period_end {order}, is_default desc, priority
        limit 1
    """
    found = rows(con, sql, row)
    return [{"period_end": entry["period_end"], **_told(con, row, entry)} for entry in found]


def _told(con: duckdb.DuckDBPyConnection, row: Row, entry: Row) -> dict[str, Any]:
    """A value that exists, with its numbers in words; it may share them with a value that is no longer said."""
    if row["no_longer_said"]:
        entry = {**entry, "numerator": None, "denominator": None}
    value = text = words.quoted(entry)
    if entry["numerator"] is not None and entry["denominator"] is not None:
        text = f"{quotient(entry, factor_of(con, row['indicator_id']))}, zitiert als {value}"
    told = ("value_id", "variant", "value", "numerator", "denominator", "basis")
    when = f"{words.day(entry['period_end'])}: " if "period_end" in entry else ""
    return {
        **{name: entry[name] for name in told},
        "text_de": f"{when}{entry['label_de']} ({entry['variant']}): {text}",
    }


def _mixtures(con: duckdb.DuckDBPyConnection, row: Row, ready: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Quotients of two bases that one could be tempted to form, and that stand in no mart."""
    factor = factor_of(con, row["indicator_id"])
    found = []
    for numerator in (entry for entry in ready if entry["role"] == "numerator"):
        for denominator in (entry for entry in ready if entry["role"] == "denominator" and entry["value"] > 0):
            if numerator["basis"] == denominator["basis"] or factor is None:
                continue
            entry = {"numerator": numerator["value"], "denominator": denominator["value"]}
            if rows(con, _FORMED, {**row, **entry})[0]["is_formed"]:
                continue
            value = numerator["value"] * factor / denominator["value"]
            text = quotient({**row, **entry, "value": value}, factor)
            found.append(
                {
                    **entry,
                    "numerator_basis": numerator["basis"],
                    "denominator_basis": denominator["basis"],
                    "text_de": f"{text} mischt zwei Grundlagen ({numerator['basis']} und {denominator['basis']}): "
                    "Dieser Quotient wird nicht gebildet und steht in keiner Tabelle.",
                }
            )
    return found
