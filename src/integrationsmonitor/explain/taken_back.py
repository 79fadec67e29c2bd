"""Which values of a release were taken back. Comes in: the decisions of persons. Goes out: them, and what follows.

A release from before a decision knows nothing of it. With a published value those on other territories are taken back
that repeat its number or are made with it, as the next build does it (int_withdrawal). Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from integrationsmonitor.decisions import Withdrawal
from integrationsmonitor.explain.asking import has_column, rows

if TYPE_CHECKING:
    import duckdb

# A converted value that went through no step repeats the published one: with it that one is taken back, too.
_FOLLOWING = """
    with taken_back as (
        select *
        from mart_indicator
        where
            list_contains($withdrawn, value_id)
            and not exists (
                from mart_provenance as part
                where part.value_id = mart_indicator.value_id and part.step_ids is not null
            )
    )

    select taken_back.value_id as because_of, other.value_id
    from taken_back
    inner join mart_indicator as other
        on
            taken_back.indicator_id = other.indicator_id
            and taken_back.variant = other.variant
            and taken_back.group_key = other.group_key
            and taken_back.period_type = other.period_type
            and taken_back.period_start = other.period_start
            and taken_back.period_end = other.period_end
            and taken_back.value_id <> other.value_id
    where
        taken_back.region_key = other.region_key
        or exists (
            from mart_provenance as part
            where
                part.value_id = other.value_id
                and part.region_key = taken_back.region_key
                and part.step_ids is not null
        )
"""


def taken_back(con: duckdb.DuckDBPyConnection, decided: Mapping[str, Withdrawal]) -> dict[str, Withdrawal]:
    """The decision by value, for every value that must not be cited."""
    found = dict(decided)
    if decided and has_column(con, "mart_provenance", "step_ids"):
        for follower in rows(con, _FOLLOWING, {"withdrawn": [*decided]}):
            found.setdefault(follower["value_id"], decided[follower["because_of"]])
    return found
