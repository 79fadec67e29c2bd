"""The gate: expectations on the candidate warehouse.

Comes in: the candidate file, closed, and the folder `expectations/` (suites, prepared frames). Goes out, below `out`:
quality.json, data_docs/ (nothing in it asks another host), index.html and zusammenfassung.md in German; and a
`QualityResult`. The last release is only read; what the candidate lost against it is mostly a warning.
A critical expectation that fails, or that cannot be judged, closes the gate; a warning does not. The candidate is read
only, `expectations/` is never written.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrationsmonitor import catalog as catalogue
from integrationsmonitor import clock
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.progress import Reporter, silent
from integrationsmonitor.quality import docs, frames, page, summary_de, validation
from integrationsmonitor.quality import last as before
from integrationsmonitor.quality.last import LastRelease

__all__ = ["LastRelease", "QualityResult", "check", "read_suites"]


@dataclass(frozen=True)
class QualityResult:
    """What the check found. `critical` and `warnings` are sentences: table, expectation, observed, example rows.

    `lost` are those of `critical` that a person may accept: what is gone since the last release.
    """

    gate: str
    critical: list[str]
    warnings: list[str]
    suites: int
    expectations: int
    passed: int
    page: Path
    seconds: float
    tables: int = 0
    lost: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Counts and sentences for release.json and the night's report."""
        return {
            "gate": self.gate,
            "suites": self.suites,
            "tables": self.tables,
            "expectations": self.expectations,
            "passed": self.passed,
            "critical": self.critical,
            "warnings": self.warnings,
        }


def check(
    candidate: Path,
    expectations: Path,
    out: Path,
    report: Reporter = silent,
    catalog: catalogue.Catalog | None = None,
    last: LastRelease | None = None,
) -> QualityResult:
    """Validate every suite against its table or frame; `out` is emptied first.

    `catalog` says which datasets promise complete Kreise; without it, the one beside `expectations/` is read.
    Raises MonitorError where the candidate cannot be opened; a missing table closes the gate instead.
    """
    started = time.monotonic()
    declared = catalog or catalogue.load_catalog(expectations.parent / "catalog")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    suites = read_suites(expectations / "suites")
    found = frames.read(candidate, expectations / "frames", suites, declared, last)
    report("quality", "tables read", suites=len(suites), rows=sum(found.rows.values()))
    results = before.judged(validation.run(expectations, out, suites, found, clock.now()), last)
    docs.make_local(out / "data_docs")
    # The library's own notes: quality.json says the same, without clock times.
    shutil.rmtree(out / "results", ignore_errors=True)
    critical = [sentence for result in results for sentence in result.sentences("critical")]
    warnings = [sentence for result in results for sentence in result.sentences("warning")]
    lost = [
        sentence
        for result in results
        if result.name.startswith(before.COMPARISONS)
        for sentence in result.sentences("critical")
    ]
    tables = {result.table for result in results if result.table != validation.ALL}
    total = sum(len(result.outcomes) for result in results)
    passed = sum(outcome.success for result in results for outcome in result.outcomes)
    gate = "failed" if critical else "passed"
    (out / "quality.json").write_text(
        json.dumps(
            {
                "gate": gate,
                "expectations": total,
                "passed": passed,
                "critical": critical,
                "warnings": warnings,
                "suites": [result.as_json() for result in results],
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n",
        encoding="utf-8",
    )
    (out / "index.html").write_text(page.render(gate, results), encoding="utf-8")
    told = summary_de.render(gate, results, last, found)
    (out / "zusammenfassung.md").write_text(told, encoding="utf-8")
    seconds = time.monotonic() - started
    report("quality", f"gate {gate}", expectations=total, passed=passed, warnings=len(warnings), seconds=seconds)
    for sentence in [*critical, *warnings]:
        report("quality", sentence)
    page_file = out / "index.html"
    return QualityResult(
        gate, critical, warnings, len(results), total, passed, page_file, seconds, len(tables), tuple(lost)
    )


def read_suites(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """The suites below a folder by name; raises MonitorError where there is none."""
    suites = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    if not suites:
        raise MonitorError(f"{folder} holds no suite (*.json): nothing would be checked")
    return suites
