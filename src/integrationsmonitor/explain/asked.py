"""Which value is meant. Comes in: what a person typed. Goes out: the row of mart_indicator.

Where no territory is named, the value as published is meant. Refuses an id, an indicator, a region, a territory, a
period, a variant or a group that the release does not hold: one line with the nearest that it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.explain.asking import rows

if TYPE_CHECKING:
    import duckdb

_VALUE_ID = re.compile(r"(?P<id>[0-9a-f]{16})(?:@(?P<release>\S+))?")
_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHOWN = 5
_AS_PUBLISHED, _HARMONISED = "as_published", "harmonised"
_THERE = """
    from mart_indicator
    where
        indicator_id = $id
        and region_key = $region
        and territory = $territory
        and ($day = '' or cast(territory_date as varchar) = $day)
    order by period_end, is_default desc, variant
"""


@dataclass(frozen=True)
class Question:
    """What was typed; the empty text stands for what was not."""

    what: str
    region: str = ""
    period: str = ""
    variant: str = ""
    group: str = ""
    territory: str = ""

    @property
    def value_id(self) -> str:
        """The id of the value that is meant; "" where an indicator is."""
        found = _VALUE_ID.fullmatch(self.what)
        return found["id"] if found else ""

    @property
    def release_id(self) -> str:
        """The release whose value is meant; "" for the current one."""
        found = _VALUE_ID.fullmatch(self.what)
        return (found["release"] or "") if found else ""


def nearest(word: str, known: Iterable[str], shown: int = _SHOWN) -> str:
    """The words that look most like one; the first of all where none does."""
    words = list(dict.fromkeys(known))
    return ", ".join(get_close_matches(word, words, shown, 0.5) or words[:shown])


def row(con: duckdb.DuckDBPyConnection, question: Question) -> dict[str, Any]:
    """The row of mart_indicator that is meant."""
    if question.value_id:
        found = rows(con, "from mart_indicator where value_id = $id", {"id": question.value_id})
        if not found:
            ids = [entry["value_id"] for entry in rows(con, "select value_id from mart_indicator order by 1")]
            raise ConfigError(
                f"{question.value_id} is no value of this release; the nearest: {nearest(question.value_id, ids, 3)}"
            )
        return found[0]
    indicator = indicator_of(con, question.what)
    if not (question.region and question.period):
        raise ConfigError(f"{indicator}: name --region and --period, too, such as --region 16070 --period 2019-12-31")
    region = region_of(con, question.region)
    territory, day = _territory(con, question.territory)
    there = rows(con, _THERE, {"id": indicator, "region": region, "territory": territory, "day": day})
    if not there and day:
        _check_exists(con, region, day)
    candidates = _of_period(there, question.period, f"{indicator} {region}")
    candidates = _of_group(con, candidates, question.group, indicator)
    if question.variant:
        fitting = [entry for entry in candidates if entry["variant"] == question.variant]
        if not fitting:
            known = nearest(question.variant, (entry["variant"] for entry in candidates))
            raise ConfigError(f"{question.variant!r} is no variant of {indicator} there; there are {known}")
        return fitting[0]
    return candidates[0]


def indicator_of(con: duckdb.DuckDBPyConnection, word: str) -> str:
    """The id of the indicator that is meant by its id or its name."""
    known = rows(con, "select indicator_id, name_de from dim_indicator order by 1")
    ids = [str(entry["indicator_id"]) for entry in known]
    found = [
        entry["indicator_id"]
        for entry in known
        if word.lower() in (entry["indicator_id"].lower(), entry["name_de"].lower())
    ]
    if not found:
        raise ConfigError(f"{word!r} is no indicator and no value_id; indicators: {nearest(word, ids, len(ids))}")
    return str(found[0])


def region_of(con: duckdb.DuckDBPyConnection, word: str) -> str:
    """The key of the region that is meant by its key or its name."""
    known = rows(con, "select region_key, region_name from dim_region order by 1")
    found = [
        entry["region_key"]
        for entry in known
        if word.casefold() in (entry["region_key"].casefold(), entry["region_name"].casefold())
    ]
    if len(found) == 1:
        return str(found[0])
    names = [word for entry in known for word in (entry["region_key"], entry["region_name"])]
    if found:
        raise ConfigError(f"{word!r} names several regions: {', '.join(found)}; name one by its key")
    raise ConfigError(f"{word!r} is no region; the nearest: {nearest(word, names)}")


def _territory(con: duckdb.DuckDBPyConnection, word: str) -> tuple[str, str]:
    """The territory, and its day where one is meant that values are converted to; the default one for `harmonised`."""
    if word in ("", _AS_PUBLISHED):
        return _AS_PUBLISHED, ""
    sql = """
        select cast(territory_date as varchar) as day, bool_or(is_default) as is_default
        from mart_indicator
        where territory = 'harmonised'
        group by all
        order by is_default desc, day
    """
    days = [str(entry["day"]) for entry in rows(con, sql)]
    if word in days:
        return _HARMONISED, word
    if word == _HARMONISED and days:
        return _HARMONISED, days[0]
    known = ", ".join([_AS_PUBLISHED, *([_HARMONISED] if days else []), *days])
    raise ConfigError(f"--territory {word!r} is no territory of this release; there are {known}")


def _check_exists(con: duckdb.DuckDBPyConnection, region: str, day: str) -> None:
    """Refuse a region that is gone on the territory's day, with the one that it is part of there."""
    sql = """
        select region_name, successor_key
        from dim_region
        where region_key = $region and cast(valid_to as varchar) < $day
    """
    for gone in rows(con, sql, {"region": region, "day": day}):
        raise ConfigError(
            f"{gone['region_name']} ({region}) is no region of the territory of {day}: it is part of "
            f"{gone['successor_key']} there"
        )


def _is_day(word: str) -> bool:
    try:
        return _DAY.fullmatch(word) is not None and bool(date.fromisoformat(word))
    except ValueError:
        return False


def check_period(period: str) -> None:
    """Refuse what is neither a day nor a year."""
    if not (_YEAR.fullmatch(period) or _is_day(period)):
        raise ConfigError(
            f"--period {period!r}: expected the last day, such as 2019-12-31, or the year in which it lies"
        )


def _of_period(found: list[dict[str, Any]], period: str, what: str) -> list[dict[str, Any]]:
    """The rows of the period that ends on a day, or in a year."""
    check_period(period)
    if not found:
        raise ConfigError(f"{what}: this indicator has no value for the region, whatever the period")
    ends = sorted({entry["period_end"] for entry in found})
    fitting = [end for end in ends if end.isoformat().startswith(period)]
    if len(fitting) == 1:
        return [entry for entry in found if entry["period_end"] == fitting[0]]
    if fitting:
        raise ConfigError(
            f"{what}: several periods end in {period}: {', '.join(map(str, fitting))}; name one by its day"
        )
    year = int(period[:4])
    close = ", ".join(map(str, sorted(sorted(ends, key=lambda end: abs(end.year - year))[:_SHOWN])))
    raise ConfigError(f"{what}: no period ends {'in' if len(period) == 4 else 'on'} {period}; the nearest: {close}")


def _of_group(
    con: duckdb.DuckDBPyConnection, found: list[dict[str, Any]], group: str, indicator: str
) -> list[dict[str, Any]]:
    """The rows of the group that was named, or of the group that the indicator's first variant speaks of."""
    groups = [str(entry["group_key"]) for entry in found]
    if not group:
        first = "select group_key from dim_indicator_variant where indicator_id = $id order by priority limit 1"
        (main,) = rows(con, first, {"id": indicator})
        group = main["group_key"] if main["group_key"] in groups else groups[0]
    fitting = [entry for entry in found if entry["group_key"] == group]
    if not fitting:
        raise ConfigError(f"{group!r} is no group of {indicator} there; there are {nearest(group, groups)}")
    return fitting
