"""The check in plain German, for people who read no page of expectations. Comes in: the results. Goes out: Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrationsmonitor.quality.frames import Frames
from integrationsmonitor.quality.last import COMPARISONS, LastRelease
from integrationsmonitor.quality.validation import ALL, Outcome, SuiteResult

_ROWS = "qa_drift_table"


def render(gate: str, results: Sequence[SuiteResult], last: LastRelease | None, found: Frames) -> str:
    """What was checked, the verdict, what was found, and how the tables changed since the last release."""
    return "\n".join(_lines(gate, results, last, found)) + "\n"


def _lines(gate: str, results: Sequence[SuiteResult], last: LastRelease | None, found: Frames) -> Iterator[str]:
    outcomes = [outcome for result in results for outcome in result.outcomes]
    tables = {result.table for result in results if result.table != ALL}
    yield "# Prüfung vor der Veröffentlichung"
    yield ""
    yield f"Geprüft sind {len(tables)} Tabellen mit {len(outcomes)} Erwartungen, in {len(results)} Gruppen."
    yield ""
    broken = [*_failed(results, "critical")]
    warned = [*_failed(results, "warning")]
    if gate == "passed":
        yield f"**Bestanden.** {_kept(outcomes)}; {_count(warned, 'Warnung', 'Warnungen')}."
    else:
        many = _count(broken, "kritische Erwartung ist", "kritische Erwartungen sind")
        yield f"**Nicht bestanden.** {many} verletzt."
        yield "Dieser Stand wird nicht veröffentlicht, der vorige bleibt gültig."
    for title, group in (("Was die Veröffentlichung verhindert", broken), ("Warnungen", warned)):
        if group:
            yield from ("", f"## {title}", "")
            yield from (_point(result, outcome) for result, outcome in group)
    yield from ("", "## Seit der letzten Veröffentlichung", "")
    if found.not_compared_de or last is None:
        yield found.not_compared_de
        return
    yield f"Verglichen ist mit der Veröffentlichung {last.release_id}."
    if last.accepted_de:
        yield f"Was gegen sie fehlt, ist angenommen: {last.accepted_de}"
    compared = [outcome for result in results if result.name.startswith(COMPARISONS) for outcome in result.outcomes]
    yield f"{_kept(compared)}."
    yield from _changed_rows(found)


def _changed_rows(found: Frames) -> Iterator[str]:
    """Tables with more or fewer rows than before."""
    frame = found.by_suite.get(_ROWS)
    if frame is None:
        return
    changed = [row for row in frame.itertuples() if row.rows_now != row.rows_before]
    yield "" if changed else "Keine der größeren Tabellen hat mehr oder weniger Zeilen als zuvor."
    for row in changed:
        yield f"- `{row.table_name}`: {_number(row.rows_now)} Zeilen, zuvor {_number(row.rows_before)}"


def _failed(results: Sequence[SuiteResult], severity: str) -> Iterator[tuple[SuiteResult, Outcome]]:
    for result in results:
        for outcome in result.outcomes:
            if not outcome.success and outcome.severity == severity:
                yield result, outcome


def _point(result: SuiteResult, outcome: Outcome) -> str:
    where = "mehrere Tabellen" if result.table == ALL else f"`{result.table}`"
    example = f" Zum Beispiel: {outcome.examples[0]}." if outcome.examples else ""
    return f"- {where}, {result.title}: erwartet ist „{outcome.description}“; {outcome.observed}.{example}"


def _kept(outcomes: Sequence[Outcome]) -> str:
    kept = sum(outcome.success for outcome in outcomes)
    return "Alle Erwartungen sind erfüllt" if kept == len(outcomes) else f"{kept} von {len(outcomes)} sind erfüllt"


def _count(found: Sequence[object], one: str, many: str) -> str:
    return f"{'keine' if not found else len(found)} {one if len(found) == 1 else many}"


def _number(value: float) -> str:
    return f"{int(value):,}".replace(",", " ")
