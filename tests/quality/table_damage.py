"""What a damage to a table is, and what the registry's parts share to write one down.

A damage is SQL that works on the sample candidate and, unless it says `only_sample`, on one of a real night. What it
changes is one thing; other suites may see it, too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Damage:
    """One damage: what it is, the table that is damaged, how, and who catches it (the beginning of its sentence)."""

    id: str
    table: str
    sql: str
    suite: str
    caught_by: str
    severity: str = "critical"
    only_sample: bool = False


def remade(table: str, query: str) -> str:
    """The table made anew of a query, without the keys and constraints that would refuse the damage."""
    return f"create or replace table {table} as {query}"


def twice(table: str) -> str:
    """One row of the table twice."""
    return remade(table, f"from {table} union all (from {table} limit 1)")


def put(table: str, column: str, value: str, where: str = "true") -> str:
    """Another content of one column."""
    return remade(
        table, f"select * replace (case when {where} then {value} else {column} end as {column}) from {table}"
    )


def one(table: str, column: str, where: str = "true") -> str:
    """A condition that holds for the rows with the smallest value of a column."""
    return f"{column} = (select min({column}) from {table} where {where})"


def empty(table: str) -> str:
    """No row at all."""
    return f"delete from {table}"


SHARE = "unit = 'Prozent' and value is not null and value > 1 and method = 'computed' and is_default"
A_SHARE = one("mart_indicator", "value_id", SHARE)
A_VALUE = one("mart_indicator", "value_id", "value is not null and is_default and territory = 'as_published'")
A_YEAR_AGO = "measure in ('change_previous_year_abs', 'change_previous_year_pp') and value is not null"
A_CHANGE = one("mart_indicator_change", "value_id", A_YEAR_AGO) + f" and {A_YEAR_AGO}"


def sample(id: str, table: str, sql: str, suite: str, caught_by: str, severity: str = "critical") -> Damage:
    return Damage(id, table, sql, suite, caught_by, severity, only_sample=True)
