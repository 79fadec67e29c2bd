"""What of a built warehouse may not be published, because a hidden cell could be computed from it.

Comes in: a candidate and its input tables. Goes out: the values to withhold, each with its reason, and the hidden cells
that the source itself leaves derivable (for the operator; never a number). Refuses (MonitorError) what cannot be
protected, and a published number that its parts do not make (docs/decisions/0018-what-may-not-be-computed.md).

Of all figures only those are looked at that stand in a table and period with a hidden cell, or repeat one. Cells of two
datasets with the same key are one: what one of them prints is not hidden. What a value tells is what stands in
mart_indicator, never what its parts ought to make; only the rounding of the parts is allowed for. A number with a part
that its source does not name is withheld, whether it tells that part or not.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from integrationsmonitor import files
from integrationsmonitor.disclosure import Cell, Form, Protection, Relation, Statement, System, protect
from integrationsmonitor.errors import MonitorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    import duckdb

REPORT = "confidentiality.json"

# What a value costs when it is withheld: others can be looked up or computed again by those who may, and what is
# withheld anyway is next to nothing
_DEFAULT_COSTS, _OTHER_COSTS, _UNFOUNDED_COSTS = 4000, 1000, 1
_PRINTED_TO = Fraction(1, 10**6)  # mart_indicator prints numerators and denominators with six decimals

_CELLS = """
    create or replace temporary table cell as
    with observation as (
        select
            observation_id,
            dataset_id,
            period_end,
            md5(concat_ws(
                '|', measure, region_key, period_type, period_start, period_end, sex, nationality, citizenship_key,
                citizenship_scheme, age_group, dimensions, unit, basis, place, territory_date
            )) as node,
            status in ('secret', 'unknown_or_secret') as is_hidden,
            value_low,
            value_high,
            unit = 'Anzahl' as is_whole,
            coalesce(rounding_low, 0) as rounding_low,
            coalesce(rounding_high, 0) as rounding_high
        from fct_observation
        left join read_parquet(?) as measure using (dataset_id, measure, unit)
    ),

    touched as (
        select distinct dataset_id, period_end from observation where is_hidden
    ),

    wanted as (
        select node from observation inner join touched using (dataset_id, period_end)
    )

    select * from observation semi join wanted using (node)
"""

_NODES = """
    select
        node,
        bool_or(is_hidden) and count(value_high) = 0 as is_hidden,
        min(value_low) as low,
        max(value_high) as high,
        bool_and(is_whole) as is_whole,
        max(rounding_low + rounding_high) as rounding,
        min(observation_id) filter (is_hidden) as observation_id,
        min(dataset_id) filter (is_hidden) as dataset_id
    from cell
    group by node
    order by node
"""

_RELATIONS = """
    with part as (
        select
            sum_id,
            sum_kind,
            tolerance,
            observation_id as total,
            unnest(string_split(part_ids, '|')) as observation_id
        from intermediate.int_sum_comparison
        where n_parts = n_required and not is_violated and coalesce(not_comparable_because, '') <> 'perturbed'
    )

    select sum_id, sum_kind, tolerance, total.node as total, list(cell.node order by cell.node) as parts
    from part
    inner join cell as total on part.total = total.observation_id
    inner join cell on part.observation_id = cell.observation_id
    group by all
    order by sum_id
"""

# One row per part of each value, with the number of mart_indicator that it is a part of. The numerator of a difference
# of two shares is that of their counts; what else is made of two values says no more than these do.
_PARTS = """
    create or replace temporary table part as
    select
        value_id,
        is_default and territory = 'as_published' as is_default,
        case role when 'against_numerator' then 'numerator' else role end as role,
        case role
            when 'denominator' then denominator
            when 'against_denominator' then null
            else numerator
        end as number,
        coalesce(mart_indicator.value, mart_indicator.value_low, mart_indicator.value_high) is not null as has_value,
        part_no,
        case role when 'against_numerator' then -mart_provenance.weight else mart_provenance.weight end as weight,
        mart_provenance.dataset_id,
        mart_provenance.observation_id,
        coalesce(observation.value, 0) as value,
        observation.value_high is not null and mart_provenance.weight is not null as is_named,
        coalesce(observation.value, 0) - observation.value_low as below,
        observation.value_high - coalesce(observation.value, 0) as above
    from mart_provenance
    inner join mart_indicator using (value_id)
    left join fct_observation as observation using (observation_id)
"""

# Where a share is not there, its numerator may stand beside a denominator that nobody names.
_UNFOUNDED = """
    select value_id, min(dataset_id)
    from part
    where not is_named and (has_value or number is not null)
    group by value_id
    order by value_id
"""

_MADE_OTHERWISE = """
    select value_id, role
    from part
    where number is not null
    group by value_id, role, number
    having bool_and(is_named) and abs(number - cast(sum(weight * value) as decimal(24, 6))) > 0.000002
    order by value_id, role
"""

# The parts of each number that speaks of a cell; a part in a table where nothing is hidden is no cell, and known.
_STATEMENTS = """
    select
        value_id,
        role,
        is_default,
        number,
        node,
        weight,
        value,
        coalesce(below, rounding_low) as below,
        coalesce(above, rounding_high) as above
    from part
    left join cell using (observation_id)
    where number is not null
    qualify
        count(node) over (partition by value_id, role) > 0
        and bool_and(is_named or (node is not null and weight is not null)) over (partition by value_id, role)
    order by value_id, role, part_no
"""

_PLACE = """
    select
        dataset_id,
        region_key,
        period_end::varchar,
        concat_ws(' ', measure, sex, nationality, citizenship_key, age_group, dimensions)
    from fct_observation
    where observation_id = ?
"""


@dataclass(frozen=True)
class Found:
    """Values to withhold with the reason of each, and what the source itself leaves derivable."""

    withheld: dict[str, str]
    left_by_source: tuple[dict[str, str], ...]
    is_optimal: bool


class _Part(NamedTuple):
    """A part of a published number: its cell, None where that is known, and how far rounding may have moved it."""

    value_id: str
    role: str
    is_default: bool
    number: Decimal
    node: str | None
    weight: Decimal
    value: Decimal
    below: Decimal
    above: Decimal


def check(candidate: Path, inputs: Path) -> Found:
    """Look at everything a candidate would publish; a file beside it keeps the account for the operator."""
    import duckdb

    with duckdb.connect() as con:
        con.execute(f"attach '{_quoted(candidate)}' as warehouse (read_only)")
        con.execute("use warehouse")
        con.execute(_CELLS, [str(inputs / "catalog_measure.parquet")])
        con.execute(_PARTS)
        _refuse_what_is_made_otherwise(con)
        names = {row[0]: row for row in con.execute(_NODES).fetchall()}
        unfounded = dict(con.execute(_UNFOUNDED).fetchall())
        system = System(_cells(names), _relations(con, names))
        protection = protect(system, _statements(con, unfounded))
        left = list(_left(con, protection, names))
    telling = {item.statement: _reason(item.cell, item.others, names) for item in protection.withheld}
    found = Found(
        withheld={value_id: _unnamed(dataset_id) for value_id, dataset_id in unfounded.items()} | telling,
        left_by_source=tuple(left),
        is_optimal=protection.is_optimal,
    )
    account = {"withheld": found.withheld, "left_by_source": found.left_by_source, "is_optimal": found.is_optimal}
    files.write_atomic(candidate.parent / REPORT, json.dumps(account, ensure_ascii=False, indent=1).encode())
    return found


def _cells(nodes: dict[str, Any]) -> Iterator[Cell]:
    for node, is_hidden, low, high, is_whole, rounding, _, _ in nodes.values():
        if is_hidden:
            yield Cell(node, is_hidden=True, whole=is_whole, tells_within=Fraction(rounding))
        else:
            yield Cell(node, _exact(low, 0), _exact(high, None), whole=is_whole)


def _relations(con: duckdb.DuckDBPyConnection, nodes: dict[str, Any]) -> Iterator[Relation]:
    for sum_id, kind, tolerance, total, parts in con.execute(_RELATIONS).fetchall():
        bound = Fraction(tolerance)
        terms = ((total, 1), *((part, -1) for part in parts))
        if total not in parts and any(nodes[node][1] for node, _ in terms):
            yield Relation(f"{kind} {sum_id}", Form(terms, -bound, bound))


def _refuse_what_is_made_otherwise(con: duckdb.DuckDBPyConnection) -> None:
    """What a number tells is known only where it is made of the parts that stand beside it."""
    found = con.execute(_MADE_OTHERWISE).fetchall()
    if found:
        value_id, role = found[0]
        raise MonitorError(
            f"confidentiality: expected every {role} of mart_indicator to be the sum of its parts in mart_provenance, "
            f"found {len(found)} numbers that are not, e.g. {value_id}; nothing is released"
        )


def _statements(con: duckdb.DuckDBPyConnection, unfounded: Mapping[str, str]) -> Iterator[Statement]:
    forms: dict[str, list[Form]] = defaultdict(list)
    costs: dict[str, int] = {}
    told = con.execute(_STATEMENTS).fetchall()
    for (value_id, _), rows in groupby(map(_Part._make, told), lambda part: (part.value_id, part.role)):
        parts = list(rows)
        forms[value_id].append(_form(parts))
        costs[value_id] = _DEFAULT_COSTS if parts[0].is_default else _OTHER_COSTS
    for value_id, of_value in forms.items():
        yield Statement(value_id, tuple(of_value), _UNFOUNDED_COSTS if value_id in unfounded else costs[value_id])


def _form(parts: Sequence[_Part]) -> Form:
    """What a published number says of its cells: as much as the rounding of each, and its own, leaves of it."""
    own = 0 if all(abs(part.weight) == 1 for part in parts) else _PRINTED_TO
    low = high = Fraction(parts[0].number)
    for part in parts:
        weight = Fraction(part.weight)
        if part.node is None:
            low -= weight * Fraction(part.value)
            high -= weight * Fraction(part.value)
        else:
            below, above = (part.below, part.above) if weight > 0 else (part.above, part.below)
            low -= abs(weight) * Fraction(below)
            high += abs(weight) * Fraction(above)
    terms = tuple((part.node, Fraction(part.weight)) for part in parts if part.node is not None)
    return Form(terms, low - own, high + own)


def _left(con: duckdb.DuckDBPyConnection, protection: Protection, nodes: dict[str, Any]) -> Iterator[dict[str, str]]:
    """What an operator needs to find such a cell in its table."""
    for finding in protection.left_by_source:
        *_, observation_id, _ = nodes[finding.cell]
        ((dataset_id, region, period, cell),) = con.execute(_PLACE, [observation_id]).fetchall()
        by = ", ".join(sorted({relation.split()[0] for relation in finding.relations}))
        yield {"dataset_id": dataset_id, "region_key": region, "period_end": period, "cell": cell, "sums_over": by}


def _reason(cell: str, others: tuple[str, ...], nodes: dict[str, Any]) -> str:
    *_, dataset_id = nodes[cell]
    beside = f", zusammen mit {len(others)} weiteren Werten" if others else ""
    return f"Aus diesem Wert{beside} ließe sich eine Zahl berechnen, die in {dataset_id} geheim ist."


def _unnamed(dataset_id: str) -> str:
    return f"Dieser Wert ist aus einer Zahl gemacht, die {dataset_id} nicht nennt."


def _exact(number: Any, default: int | None) -> Fraction | int | None:
    return default if number is None else Fraction(number)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
