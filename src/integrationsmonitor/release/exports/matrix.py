"""The indicators side by side: one row per territory, group, region and year, one block of columns per indicator.

Comes in: mart_indicator, dim_indicator. Goes out: a `Table` and the relation that holds its rows. Only values that
speak for their indicator (`is_default`) stand here. An indicator with several days in a year gives the last one;
its `<id>_period_end` says which day it is, its `<id>_status` why there is no number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrationsmonitor.release.tables import Column, Table, count, literal, quoted

if TYPE_CHECKING:
    import duckdb

NAME = "mart_indicator_matrix"
# The table whose sources are its own, too.
MADE_OF = "mart_indicator"
_COMMENT = (
    "Die Indikatoren nebeneinander: je Gebietsstand, Personengruppe, Region und Jahr eine Zeile, je Indikator der "
    "Wert, sein Status und der letzte Tag seines Zeitbezugs. Nur Werte, die für ihren Indikator sprechen (is_default "
    "in mart_indicator); hat ein Indikator mehrere Zeitbezüge in einem Jahr, der letzte. Ungerundet."
)
_KEYS = (
    Column("territory", "VARCHAR", False, "as_published = wie veröffentlicht, harmonised = umgerechnet"),
    Column("territory_date", "DATE", True, "Tag des Gebietsstands, auf den umgerechnet ist"),
    Column("group_key", "VARCHAR", False, "Personengruppe, siehe dim_group"),
    Column("region_key", "VARCHAR", False, "Regionalschlüssel (AGS), siehe dim_region"),
    Column("region_name", "VARCHAR", False, "Name der Region"),
    Column("region_level", "VARCHAR", False, "Ebene der Region"),
    Column("year", "INTEGER", False, "Jahr, in dem der Zeitbezug endet"),
)
_PARTS = {"": "", "status": "Status", "period_end": "Stichtag oder Ende"}
_GRAIN = ("territory", "territory_date", "group_key", "region_key", "year")


def make(con: duckdb.DuckDBPyConnection, database: str) -> tuple[Table, str]:
    """Make the table in the connection's own memory; returns it and the name of its relation."""
    indicators = con.execute(
        f"""select d.indicator_id, d.name_de, d.unit from {database}.main.dim_indicator as d
        where d.indicator_id in (select indicator_id from {database}.main.mart_indicator where is_default) order by 1"""
    ).fetchall()
    here = f"memory.main.{quoted(NAME)}"
    grain = ", ".join(_GRAIN)
    blocks = [
        f"""max(i.{source}) filter (where i.indicator_id = {literal(indicator)} and i.place = 1) as {quoted(name)}"""
        for indicator, *_ in indicators
        for source, name in zip(("value", "status", "period_end"), _names(indicator), strict=True)
    ]
    con.execute(
        f"""create or replace table {here} as
        with values_of_years as (
            select territory, territory_date, group_key, region_key, region_name, region_level,
                year(period_end)::integer as year, indicator_id, value, status, period_end,
                row_number() over (
                    partition by {grain}, indicator_id order by period_end desc, period_start desc
                ) as place
            from {database}.main.mart_indicator where is_default
        )
        select {
            grain.replace(
                "region_key", "region_key, max(region_name) as region_name, max(region_level) as region_level"
            )
        }{"".join(", " + block for block in blocks)}
        from values_of_years as i group by {grain} order by {", ".join(name + " nulls last" for name in _GRAIN)}"""
    )
    columns = [*_KEYS, *(column for row in indicators for column in _block(*row))]
    return Table(NAME, "main", tuple(columns), _COMMENT, _GRAIN, count(con, here)), here


def is_key(column: str) -> bool:
    """Whether the column belongs to the row's key; the German names of those stand in names_de.yml."""
    return any(column == key.name for key in _KEYS)


def header(column: str) -> str:
    """The German header of a column of a block: the indicator's id, and what of it."""
    indicator, _, part = column.partition("_")
    return f"{indicator} {_PARTS[part]}".strip()


def _names(indicator: str) -> tuple[str, str, str]:
    return indicator, f"{indicator}_status", f"{indicator}_period_end"


def _block(indicator: str, name: str, unit: str) -> tuple[Column, Column, Column]:
    value, status, period_end = _names(indicator)
    return (
        Column(value, "DECIMAL(28,10)", True, f"{name} ({unit})"),
        Column(status, "VARCHAR", True, f"{indicator}: Status; leer, wo der Indikator keine Zeile hat"),
        Column(period_end, "DATE", True, f"{indicator}: letzter Tag des Zeitbezugs"),
    )
