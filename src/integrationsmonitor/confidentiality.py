"""What of a built warehouse may not be published, because a hidden cell could be computed from it.

Comes in: a candidate and its input tables. Goes out: the values to withhold, each with its reason, and the hidden cells
that the source itself leaves derivable (for the operator; never a number). Refuses (MonitorError) what cannot be
protected (docs/decisions/0018-what-may-not-be-computed.md).

Of all figures only those are looked at that stand in a table and period with a hidden cell, or repeat one. Cells of two
datasets with the same key are one: what one of them prints is not hidden. Where a figure is rounded, its interval is
known, not the number; so of our values the interval is told, too.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor import files
from integrationsmonitor.disclosure import Cell, Form, Protection, Relation, Statement, System, protect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

REPORT = "confidentiality.json"

# What a value costs when it is withheld: others can be looked up or computed again by those who may
_DEFAULT_COSTS, _OTHER_COSTS = 4, 1

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
            coalesce(rounding_low + rounding_high, 0) as rounding
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
        max(rounding) as rounding,
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

_STATEMENTS = """
    with part as (
        select
            value_id,
            role,
            mart_provenance.weight,
            cell.node,
            cell.value_low * mart_provenance.weight as low,
            cell.value_high * mart_provenance.weight as high
        from mart_provenance
        inner join cell using (observation_id)
    )

    select
        value_id,
        is_default and territory = 'as_published' as is_default,
        role,
        list(struct_pack(node := node, weight := part.weight) order by node) as terms,
        sum(low) as low,
        sum(high) as high
    from part
    inner join mart_indicator using (value_id)
    where mart_indicator.value is not null
    group by value_id, is_default, territory, role
    having count(low) = count(*)
    order by value_id, role
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


def check(candidate: Path, inputs: Path) -> Found:
    """Look at everything a candidate would publish; a file beside it keeps the account for the operator."""
    import duckdb

    with duckdb.connect() as con:
        con.execute(f"attach '{_quoted(candidate)}' as warehouse (read_only)")
        con.execute("use warehouse")
        con.execute(_CELLS, [str(inputs / "catalog_measure.parquet")])
        names = {row[0]: row for row in con.execute(_NODES).fetchall()}
        system = System(_cells(names), _relations(con, names))
        protection = protect(system, _statements(con))
        left = list(_left(con, protection, names))
    found = Found(
        withheld={item.statement: _reason(item.cell, item.others, names) for item in protection.withheld},
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


def _statements(con: duckdb.DuckDBPyConnection) -> Iterator[Statement]:
    forms: dict[str, list[Form]] = defaultdict(list)
    costs: dict[str, int] = {}
    for value_id, is_default, _, terms, low, high in con.execute(_STATEMENTS).fetchall():
        known = tuple((term["node"], Fraction(term["weight"])) for term in terms if term["weight"] is not None)
        if len(known) == len(terms):
            forms[value_id].append(Form(known, Fraction(low), Fraction(high)))
            costs[value_id] = _DEFAULT_COSTS if is_default else _OTHER_COSTS
    for value_id, told in forms.items():
        yield Statement(value_id, tuple(told), costs[value_id])


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


def _exact(number: Any, default: int | None) -> Fraction | int | None:
    return default if number is None else Fraction(number)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
