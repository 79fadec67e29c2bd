"""An indicator of which no table holds a single row, because no dataset has what it needs.

Comes in: the release and the question. Goes out: facts without a value, with the reason and what would have to arrive,
in the form of those of a value (facts.py); nothing where the indicator has rows. A region, a period, a variant or a
group that was named must exist all the same. Refuses (ConfigError) one that does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.explain import asked, facts, words
from integrationsmonitor.explain.asking import has_column, rows

if TYPE_CHECKING:
    import duckdb

    from integrationsmonitor.explain.asked import Question

_NOTHING_HELD = """
    from dim_indicator
    where
        indicator_id = $id
        and missing_de is not null
        and indicator_id not in (select indicator_id from mart_indicator)
"""
_VARIANTS = "from dim_indicator_variant where indicator_id = $id and missing is not null order by priority"


def of(con: duckdb.DuckDBPyConnection, question: Question) -> dict[str, Any] | None:
    """The facts; None where a value is asked by its id, or where the indicator has rows."""
    if question.value_id or not has_column(con, "dim_indicator", "availability"):
        return None
    indicator_id = asked.indicator_of(con, question.what)
    found = rows(con, _NOTHING_HELD, {"id": indicator_id})
    if not found:
        return None
    (indicator,) = found
    variants = rows(con, _VARIANTS, {"id": indicator_id})
    _check_named(question, indicator_id, variants)
    (meta,) = rows(con, "from meta_release")
    return {
        "value_id": None,
        "value": None,
        "status": "not_recorded",
        "availability": indicator["availability"],
        "reason_de": f"{words.AVAILABILITY[indicator['availability']]} {indicator['missing_de']}",
        "indicator": facts.indicator_of(indicator),
        "formula": indicator["formula_de"],
        "region": _region(con, question.region),
        "period": question.period or None,
        "missing": [
            {
                "variant": variant["variant"],
                "label_de": variant["label_de"],
                "missing": variant["missing"],
                "missing_de": variant["missing_de"],
            }
            for variant in variants
        ],
        "release": {name: meta[name] for name in ("release_id", "source_mode", "notice_de")},
        "citation_de": None,
    }


def _check_named(question: Question, indicator_id: str, variants: list[dict[str, Any]]) -> None:
    if question.period:
        asked.check_period(question.period)
    for option, word in (("variant", question.variant), ("group_key", question.group)):
        known = [str(variant[option]) for variant in variants]
        if word and word not in known:
            what = option.removesuffix("_key")
            raise ConfigError(f"{word!r} is no {what} of {indicator_id}; there are {asked.nearest(word, known)}")


def _region(con: duckdb.DuckDBPyConnection, word: str) -> dict[str, str] | None:
    if not word:
        return None
    key = asked.region_of(con, word)
    (region,) = rows(con, "select region_name from dim_region where region_key = $key", {"key": key})
    return {"key": key, "name": region["region_name"]}
