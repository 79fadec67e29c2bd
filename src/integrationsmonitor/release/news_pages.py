"""What is new in a release, as pages for people: diff.md, and one for each Kreis that has news.

Comes in: the comparison (`release.diff`). Goes out: Markdown in German. What matters comes first: how much changed and
why, then each indicator, each Kreis, and at the end the tables themselves. Long lists are cut and say how much is left;
diff.json is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from integrationsmonitor.release.news import Difference, as_published, of_region, summary, thousands

PER_INDICATOR, PER_REGION, PER_PAGE, YEARS = 20, 10, 200, 4
_KREIS = "kreis"
_OF_KREISE = {
    "appeared": "neu",
    "changed": "geändert",
    "gone": "entfallen",
    "no_longer_said": "Zahl nicht mehr genannt",
    "marked": "nur anders gekennzeichnet",
}


def page(difference: Difference) -> str:
    """`diff.md`."""
    return _joined(_page(difference))


def of_kreise(difference: Difference) -> dict[str, str]:
    """A page for each Kreis that has news, by its path in the release."""
    kreise = (region for region in difference["regions"] if region["region_level"] == _KREIS)
    return {_path(region): _joined(_of_kreis(difference, region)) for region in kreise}


def _path(region: Mapping[str, Any]) -> str:
    return f"diff/{region['region_key']}.md"


def _joined(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _page(difference: Difference) -> Iterator[str]:
    yield "# Was ist neu"
    yield ""
    yield from summary(difference)
    values = [*as_published(difference["values"])]
    if values:
        yield ""
        yield "Alle Änderungen stehen einzeln in `diff.json`, die eines Kreises auch in `diff/`."
        yield from _of_indicators(values)
        yield from _of_all_kreise(difference["regions"], values)
    if difference["old"] is not None:
        yield from _of_tables(difference["tables"])


def _of_indicators(values: Sequence[Difference]) -> Iterator[str]:
    yield ""
    yield "## Je Indikator"
    names = {value["indicator_id"]: value["indicator_de"] for value in values}
    for indicator, group in groupby(values, lambda value: str(value["indicator_id"])):
        yield from _section(f"{indicator} {names[indicator]}", [*group], PER_INDICATOR)


def _of_all_kreise(regions: Sequence[Mapping[str, Any]], values: Sequence[Difference]) -> Iterator[str]:
    yield ""
    yield "## Je Kreis"
    yield ""
    kreise = [region for region in regions if region["region_level"] == _KREIS]
    if not kreise:
        yield "Kein Wert eines Kreises hat sich geändert."
        return
    yield from _table(
        ["Kreis", *_OF_KREISE.values()],
        [
            [f"[{region['region_name']}]({_path(region)})", *(thousands(region[kind]) for kind in _OF_KREISE)]
            for region in kreise
        ],
    )
    if any(region["no_longer_said"] for region in kreise):
        yield ""
        yield "Eine Zahl, die nicht mehr genannt wird, zählt auch zu den geänderten oder entfallenen Werten."
    for region in kreise:
        told = [value for value in values if value["region_key"] == region["region_key"]]
        yield from _section(f"{region['region_name']} ({region['region_key']})", told, PER_REGION)


def _of_kreis(difference: Difference, region: Mapping[str, Any]) -> Iterator[str]:
    name, key = region["region_name"], region["region_key"]
    of_this = of_region(difference, key, name)
    yield f"# Was ist neu: {name}"
    yield ""
    yield from summary(of_this)
    yield ""
    yield from _listed([*as_published(of_this["values"])], PER_PAGE)


def _of_tables(tables: Mapping[str, Any]) -> Iterator[str]:
    """How many rows and keys, by year where a table has periods."""
    rows, keys, years = tables["rows"], tables["keys"], tables["rows_per_year"]
    names = sorted(rows.keys() | keys.keys() | years.keys())
    if not names:
        return
    yield ""
    yield "## Tabellen"
    yield ""
    yield "Zeilen und Schlüssel, wo sie sich unterscheiden; die ersten Schlüssel nennt `diff.json`."
    yield ""
    yield from _table(
        ["Tabelle", "Zeilen bisher", "Zeilen jetzt", "Schlüssel neu", "Schlüssel entfallen", "Zeilen je Jahr"],
        [
            [
                f"`{name}`",
                *(map(thousands, rows[name]) if name in rows else ("wie bisher", "wie bisher")),
                *(thousands(keys[name][word]) if name in keys else "" for word in ("appeared", "gone")),
                _years(years.get(name, {})),
            ]
            for name in names
        ],
    )


def _years(years: Mapping[str, Sequence[int]]) -> str:
    """The newest years of which the number of rows differs."""
    newest = sorted(years.items(), reverse=True)
    told = [f"{year}: {thousands(old)} → {thousands(new)}" for year, (old, new) in newest[:YEARS]]
    if len(newest) > YEARS:
        told.append(f"… und {thousands(len(newest) - YEARS)} weitere")
    return "; ".join(told)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _section(heading: str, values: Sequence[Difference], most: int) -> Iterator[str]:
    yield ""
    yield f"### {heading}"
    yield ""
    yield from _listed(values, most)


def _listed(values: Sequence[Difference], most: int) -> Iterator[str]:
    """The sentences: what changed or went first, then the newest periods."""
    weight = {"changed": 0, "gone": 1, "appeared": 2, "marked": 3}
    ordered = sorted(values, key=lambda value: value["period_end"], reverse=True)
    ordered.sort(key=lambda value: weight[value["kind"]])
    for value in ordered[:most]:
        yield f"- {value['sentence_de']}"
    if len(ordered) > most:
        yield f"- … und {thousands(len(ordered) - most)} weitere"
