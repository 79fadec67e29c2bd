"""Write `docs/kennzahlen.md`: every indicator of the catalogue with what a release of the recordings has of it.

In: the warehouse of a recorded release, in which the catalogue stands, too. Out: the page, or with `--check` exit code
1 when it says anything else. Refuses: a home without a release, a release of live answers (its numbers of values change
with the hosts). Indicators of the home's own are left out.

    python scripts/make_indicators_page.py [--home FOLDER] [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from integrationsmonitor.printing import years

Row = Mapping[str, Any]

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "kennzahlen.md"
AVAILABILITY = {
    "computed": "gerechnet",
    "computable": "rechenbar, noch ohne Wert",
    "not_recorded": "nicht aufgezeichnet",
    "no_source_per_kreis": "keine Quelle je Kreis bekannt",
    "on_order_only": "nur auf Bestellung",
}
DIRECTION = {"neutral": "neutral", "hoeher_besser": "höher ist besser", "niedriger_besser": "niedriger ist besser"}
HEAD = """\
# Kennzahlen: was es gibt und was fehlt

<!-- made from the catalogue and a release of the recordings by `make kennzahlen`: do not edit -->

Alle Indikatoren des Katalogs mit dem, was die mitgelieferten Aufzeichnungen von ihnen enthalten. Was sie messen und was
beim Lesen zu beachten ist, steht in `dim_indicator` und `dim_indicator_variant` jeder Veröffentlichung (`pitfalls_de`).

- **Stand** ist `availability`: gerechnet, oder der Grund, warum nicht.
- **Jahre** nennt, wofür es in Thüringen einen Wert gibt, der für den Indikator spricht.
- **Werte** zählt je Variante die Zeilen mit einer Zahl, über alle Regionen: wie veröffentlicht, dann umgerechnet auf
  den Gebietsstand {targets}. Varianten *in schräger Schrift* stehen nur daneben und sprechen nie für den Indikator.
"""
SQL_INDICATORS = """
    select indicator_id, name_de, dimension, handlungsfeld, direction, availability, missing_de
    from dim_indicator
    where left(indicator_id, 1) <> 'L'
    order by indicator_id
"""
SQL_TARGETS = "select distinct territory_date from mart_indicator where territory = 'harmonised' order by 1"
SQL_YEARS = """
    select
        indicator_id,
        cast(year(period_end) as integer) as year,
        bool_or(region_level = 'kreis') as is_for_kreise,
    from mart_indicator
    inner join dim_indicator_variant using (indicator_id, variant)
    where
        territory = 'as_published'
        and may_default
        and value is not null
        and left(region_key, 2) = '16'
    group by all
    order by all
"""


def page(warehouse: Path) -> str:
    """The whole page."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        (meta,) = _rows(con, "from meta_release")
        if meta["source_mode"] != "recorded":
            raise SystemExit(f"{warehouse}: a release of live answers; the page tells of the recordings")
        targets = [row["territory_date"] for row in _rows(con, SQL_TARGETS)]
        indicators = _rows(con, SQL_INDICATORS)
        variants = _variants(con, targets)
        held = _rows(con, SQL_YEARS)
    lines = [HEAD.format(targets=" und ".join(f"{target:%d.%m.%Y}" for target in targets))]
    lines += _table(indicators, variants, held)
    lines += _missing(indicators, variants)
    return "\n".join(lines) + "\n"


def _variants(con: duckdb.DuckDBPyConnection, targets: Sequence[Any]) -> list[dict[str, Any]]:
    """Every variant with its numbers of values: as published, and per territory that values are converted to."""
    counts = ", ".join(
        f"count(mart.value) filter (mart.territory = 'harmonised' and mart.territory_date = date '{target}')"
        for target in targets
    )
    return _rows(
        con,
        f"""
        select
            variant.indicator_id,
            variant.variant,
            variant.priority,
            variant.label_de,
            variant.may_default,
            variant.missing_de,
            count(mart.value) filter (mart.territory = 'as_published') as as_published,
            [{counts}] as harmonised,
        from dim_indicator_variant as variant
        left join mart_indicator as mart
            on variant.indicator_id = mart.indicator_id and variant.variant = mart.variant
        group by all
        order by variant.indicator_id, variant.priority
        """,
    )


def _table(indicators: Sequence[Row], variants: Sequence[Row], held: Sequence[Row]) -> Iterator[str]:
    yield "| | Name | Dimension | Handlungsfeld | Richtung | Stand | Jahre | Werte |"
    yield "|---|---|---|---|---|---|---|---|"
    for indicator in indicators:
        mine = [variant for variant in variants if variant["indicator_id"] == indicator["indicator_id"]]
        of = [row for row in held if row["indicator_id"] == indicator["indicator_id"]]
        yield _row(
            indicator["indicator_id"],
            indicator["name_de"],
            indicator["dimension"],
            indicator["handlungsfeld"],
            DIRECTION[indicator["direction"]],
            AVAILABILITY[indicator["availability"]],
            _years(of) or "–",
            "<br>".join(_counted(variant) for variant in mine if variant["missing_de"] is None) or "–",
        )
    yield ""


def _years(held: Sequence[Row]) -> str:
    kreise = [row["year"] for row in held if row["is_for_kreise"]]
    land = [row["year"] for row in held if not row["is_for_kreise"]]
    told = [years(kreise)] if kreise else []
    return "; ".join([*told, *([f"nur Land: {years(land)}"] if land else [])])


def _counted(variant: Row) -> str:
    name = f"`{variant['variant']}`" if variant["may_default"] else f"*`{variant['variant']}`*"
    return f"{name} {' / '.join(map(_number, [variant['as_published'], *variant['harmonised']]))}"


def _missing(indicators: Sequence[Row], variants: Sequence[Row]) -> Iterator[str]:
    yield "## Was fehlt"
    yield ""
    names = {row["indicator_id"]: row["name_de"] for row in indicators}
    for variant in variants:
        if variant["missing_de"] is not None and variant["indicator_id"] in names:
            indicator = variant["indicator_id"]
            yield f"- **{indicator} {names[indicator]}** (`{variant['variant']}`): {variant['missing_de']}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = con.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def main(arguments: list[str]) -> int:
    """Write the page, or only compare it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path, default=PROJECT / "var", help="a home with a recorded release")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args(arguments)
    warehouse = options.home / "current" / "warehouse.duckdb"
    if not warehouse.exists():
        raise SystemExit(f"{options.home}: no release there; `make run` makes one of the recordings")
    text = page(warehouse)
    if not options.check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("docs/kennzahlen.md is not in step with this release: run `make kennzahlen`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
