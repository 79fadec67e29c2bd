"""Figures that jump. Comes in: observations of a new answer and of accepted ones. Goes out: nothing, or an error.

Three comparisons, with the limits of the dataset's file (`contract.jumps`): each figure against the same figure of
before (a revision), against that of the nearest earlier period, and, where one answer holds all periods, those of the
newest against those of the period before it (within). Refuses two Kreise with the very same figures where each is asked
for on its own, an answer that ends earlier than the one before, a revision that takes a tenth of the numbers back
(hidden, blocked, "not delivered yet" where it was; not: a period that a moving window no longer holds, nor what our own
threshold for small figures hides, since that must take effect at once), and, with the cell that jumped furthest,
figures further apart than `max_ratio`, of which the larger one is above `floor` (small counts may do what they like).
A ratio allowed for one year is allowed for each year between two periods; what begins or ends between them (0) is no
jump. Only Thüringen is compared: comparators may break.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from integrationsmonitor.errors import ContractError
from integrationsmonitor.observation import CELL_KEY

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from integrationsmonitor.dataset import Dataset, JumpRule

_MOST_LOST = 0.1
_ACCEPT = "If the source is right, say so: monitor accept {} --reason …"
# A new census base is a revision of the level, which must not hide a digit too many: figures meet across bases.
_SAME_CELL = [name for name in CELL_KEY if name not in ("dataset_id", "basis", "place")]
_SAME_SERIES = [name for name in _SAME_CELL if name not in ("period_start", "period_end")]
_NEWEST = "(from now_rows where period_end = (select max(period_end) from now_rows))"
_ONE_BEFORE = """(
    from now_rows where period_end = (
        select max(period_end) from now_rows where period_end < (select max(period_end) from now_rows)
    )
)"""
_RELATIONS = {
    "revision": ("now_rows", "before_rows"),
    "period": ("now_rows", "earlier_rows"),
    "within": (_NEWEST, _ONE_BEFORE),
}


class _Doubt(NamedTuple):
    """What a person must look at: where, what was expected, what was found."""

    locator: str
    expected: str
    found: str


def check(now: pa.Table, before: pa.Table | None, earlier: pa.Table | None, dataset: Dataset, filename: str) -> None:
    """Compare with the answer `before` for the same request and with that of an `earlier` period, where there are any.

    Raises ContractError naming the cell, both figures and what to do; whoever accepts it accepts all that it names.
    """
    import duckdb

    doubts: list[_Doubt | None] = []
    with duckdb.connect() as con:
        for name, observations in (("now_rows", now), ("before_rows", before), ("earlier_rows", earlier)):
            if observations is not None:
                con.register(name, observations)
        if before is not None:
            doubts += [_lost(con, dataset), _end(con)]
        for rule in dataset.contract.jumps:
            if rule.against == "within" or (before if rule.against == "revision" else earlier) is not None:
                doubts.append(_jump(con, rule))
        if dataset.is_asked_by_region:
            doubts.append(_twins(con))
    if found := [doubt for doubt in doubts if doubt]:
        (locator, expected, said), *others = found
        said += "".join(f"; and in {where}: expected {wanted}, found {what}" for where, wanted, what in others)
        raise ContractError(dataset.id, filename, locator, expected, said, _ACCEPT.format(dataset.id))


def _lost(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> _Doubt | None:
    numbers, lost, example = con.execute(
        f"""
        with pair as (
            select n.raw_locator,
                   n.value is null and not ($hides and n.status is not distinct from 'secret') as is_lost
            from before_rows as o left join now_rows as n on {_same(_SAME_CELL)}
            where o.region_key[1:2] = '16' and o.value is not null
              and (not $moves_on or o.period_end in (select period_end from now_rows))
        )
        select count(*), count(*) filter (is_lost), min(raw_locator) filter (is_lost) from pair
        """,
        {"moves_on": dataset.has_moving_window, "hides": dataset.hides_small_figures},
    ).fetchall()[0]
    if lost <= numbers * _MOST_LOST:
        return None
    wanted = f"the {numbers:,} numbers that were there before"
    return _Doubt(example or "the whole file", wanted, f"no number for {lost:,} of them")


def _end(con: duckdb.DuckDBPyConnection) -> _Doubt | None:
    """An answer that ends earlier than the one before is a host's old copy: its figures would be taken for news."""
    end, was = con.execute(
        "select (select max(period_end) from now_rows), (select max(period_end) from before_rows)"
    ).fetchall()[0]
    is_old = end and was and end < was
    return _Doubt("the whole file", f"figures up to {was}, as before", f"{end}") if is_old else None


def _twins(con: duckdb.DuckDBPyConnection) -> _Doubt | None:
    """Two Kreise with the very same figures: chance, where these are few, or the host mixed regions up."""
    what = ", ".join(name for name in _SAME_CELL if name != "region_key")
    found = con.execute(
        f"""
        with said as (
            select region_key, arg_min(raw_locator, (period_end, measure)) as place, list(words order by words) as words
            from (select region_key, raw_locator, period_end, measure, value, row({what}, value, sign) as words
                  from now_rows where region_key[1:2] = '16' and len(region_key) = 5)
            group by region_key
            having count(value) > 0
        )
        select other.place, one.region_key, other.region_key, count(*) over ()
        from said as one inner join said as other using (words)
        where one.region_key < other.region_key order by all limit 1
        """
    ).fetchone()
    if found is None:
        return None
    place, one, other, pairs = found
    same = f"the very figures of {one}: chance, or the host mixed them up ({pairs} such pair{'s' if pairs > 1 else ''})"
    return _Doubt(place, f"figures of its own for {other}", same)


def _jump(con: duckdb.DuckDBPyConnection, rule: JumpRule) -> _Doubt | None:
    is_revision = rule.against == "revision"
    new, other = _RELATIONS[rule.against]
    keys = _SAME_CELL if is_revision else _SAME_SERIES
    found = con.execute(
        f"""
        with pair as (
            select n.raw_locator, n.region_key, n.measure, n.period_end, o.period_end as other_end,
                   n.value::double as new_value, o.value::double as old_value,
                   greatest(1, year(n.period_end) - year(o.period_end)) * $ratio as allowed,
            from {new} as n inner join {other} as o on {_same(keys)}
            where n.region_key[1:2] = '16' and n.value is not null and o.value is not null
              and (len($measures) = 0 or list_contains($measures, n.measure))
        )
        select *, count(*) over () as n_jumps from pair
        where greatest(new_value, old_value) > greatest(allowed * least(new_value, old_value), $floor)
          and (least(new_value, old_value) > 0 or $is_revision)
        order by greatest(new_value, old_value) / greatest(least(new_value, old_value), 1) desc, raw_locator
        limit 1
        """,
        {
            "ratio": rule.max_ratio,
            "floor": rule.floor,
            "measures": list(rule.measures),
            "is_revision": is_revision,
        },
    ).fetchone()
    if found is None:
        return None
    locator, region, measure, end, other_end, value, old, allowed, jumps = found
    was = "before" if is_revision else f"at {other_end}"
    return _Doubt(
        locator,
        f"{measure} of {region} at {end} within a factor of {allowed:g} of the {old:,.15g} {was}",
        f"{value:,.15g} ({jumps} such figure{'s' if jumps > 1 else ''})",
    )


def _same(keys: list[str]) -> str:
    """The condition under which two rows, n and o, speak of the same."""
    return " and ".join(f"n.{key} is not distinct from o.{key}" for key in keys)
