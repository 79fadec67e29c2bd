"""The quality page: German, one self-contained file. Comes in: the results. Goes out: HTML that loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from integrationsmonitor.quality.validation import Outcome, SuiteResult

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: #1b1f24;
background: #fff; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #c9cfd6; padding: .35rem .6rem; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.passed { color: #17692e; } .failed { color: #a3121f; font-weight: 600; } .warning { color: #7a4b00; font-weight: 600; }
code { font-size: .85em; overflow-wrap: anywhere; } h2 { margin-top: 2.5rem; }
"""


def render(gate: str, results: Sequence[SuiteResult]) -> str:
    """The page: verdict, one line per table, then every expectation with what was observed."""
    outcomes = [outcome for result in results for outcome in result.outcomes]
    passed = sum(outcome.success for outcome in outcomes)
    broken = sum(not outcome.success and outcome.severity == "critical" for outcome in outcomes)
    warned = len(outcomes) - passed - broken
    verdict = (
        f'<p class="passed"><strong>Bestanden.</strong> {passed} von {len(outcomes)} Erwartungen sind erfüllt, '
        f"{warned} Warnungen.</p>"
        if gate == "passed"
        else f'<p class="failed"><strong>Nicht bestanden:</strong> {broken} kritische Erwartungen sind verletzt. '
        "Dieser Stand wird nicht veröffentlicht; der vorige bleibt gültig.</p>"
    )
    lines = "\n".join(_line(result) for result in results)
    details = "\n".join(_details(result) for result in results)
    return f"""<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Qualitätsprüfung · Integrationsmonitor Thüringen</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>Qualitätsprüfung</h1>
{verdict}
<p>Geprüft wird vor jeder Veröffentlichung. Eine verletzte kritische Erwartung verhindert sie, eine Warnung nicht.
Die ausführlichen <a href="data_docs/index.html">Data Docs</a> (englisch) und
<a href="quality.json">quality.json</a> nennen dieselben Ergebnisse.</p>
<table>
<caption>Geprüfte Tabellen</caption>
<thead><tr><th scope="col">Tabelle</th><th scope="col">Prüfung</th><th scope="col" class="number">Zeilen</th>
<th scope="col" class="number">erfüllt</th><th scope="col" class="number">verletzt</th>
<th scope="col">Data Docs</th></tr></thead>
<tbody>
{lines}
</tbody>
</table>
{details}
</main>
</body>
</html>
"""


def _line(result: SuiteResult) -> str:
    failed = sum(not outcome.success for outcome in result.outcomes)
    mark = "failed" if failed else "passed"
    link = f'<a href="{escape(result.docs)}">ansehen</a>' if result.docs else "–"
    return (
        f'<tr><th scope="row"><code>{escape(result.table)}</code></th>'
        f'<td><a href="#{escape(result.name)}">{escape(result.title)}</a></td><td class="number">{result.rows}</td>'
        f'<td class="number">{len(result.outcomes) - failed}</td><td class="number {mark}">{failed}</td>'
        f"<td>{link}</td></tr>"
    )


def _details(result: SuiteResult) -> str:
    rows = "\n".join(_row(outcome) for outcome in result.outcomes)
    return f"""<h2 id="{escape(result.name)}">{escape(result.title)}</h2>
<table>
<caption><code>{escape(result.name)}</code></caption>
<thead><tr><th scope="col">Erwartung</th><th scope="col">Gewicht</th><th scope="col">Ergebnis</th>
<th scope="col">Beobachtet, mit Beispielen</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>"""


def _row(outcome: Outcome) -> str:
    is_critical = outcome.severity == "critical"
    word, mark = (
        ("erfüllt", "passed") if outcome.success else ("verletzt", "failed") if is_critical else ("Warnung", "warning")
    )
    examples = "".join(f"<br><code>{escape(example)}</code>" for example in outcome.examples)
    return (
        f'<tr><th scope="row">{escape(outcome.description)}<br><code>{escape(", ".join(outcome.columns))}</code></th>'
        f"<td>{'kritisch' if is_critical else 'Warnung'}</td>"
        f'<td class="{mark}">{word}</td><td>{escape(outcome.observed)}{examples}</td></tr>'
    )
