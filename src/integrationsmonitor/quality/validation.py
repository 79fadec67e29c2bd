"""Great Expectations, run once per process.

Comes in: suites and frames. Goes out: one `SuiteResult` per suite, results and Data Docs below `out`. An expectation
that raises (a missing column, say) counts as a failed critical one: what cannot be judged is not passed.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from integrationsmonitor.quality.frames import Frames

EXAMPLES = 5
ALL = "alle"  # what a suite's meta says where it speaks of several tables


@dataclass(frozen=True)
class Outcome:
    """One expectation on one table."""

    id: str
    type: str
    columns: tuple[str, ...]
    description: str
    severity: str
    success: bool
    observed: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class SuiteResult:
    """One suite: the published table it speaks of, the frame it looked at, and what it found."""

    name: str
    table: str
    title: str
    rows: int
    outcomes: tuple[Outcome, ...]
    docs: str

    def sentences(self, severity: str) -> list[str]:
        """One sentence per failed expectation of this severity."""
        return [
            f"{self.table} ({self.name}): {outcome.description} [{outcome.type} {', '.join(outcome.columns)}]: "
            f"{outcome.observed}" + (f"; z. B. {'; '.join(outcome.examples)}" if outcome.examples else "")
            for outcome in self.outcomes
            if not outcome.success and outcome.severity == severity
        ]

    def as_json(self) -> dict[str, Any]:
        """The result as plain data."""
        return {
            "suite": self.name,
            "table": self.table,
            "title_de": self.title,
            "rows": self.rows,
            "data_docs": self.docs,
            "expectations": [vars(outcome) for outcome in self.outcomes],
        }


def run(
    expectations: Path, out: Path, suites: Mapping[str, Mapping[str, Any]], frames: Frames, moment: datetime
) -> list[SuiteResult]:
    """Validate all suites, then build the Data Docs."""
    with judging(expectations, out, moment) as judge:
        results = [
            unreadable(name, suite, frames.unreadable[name])
            if name in frames.unreadable
            else judge.validate(name, suite, frames.by_suite[name])
            for name, suite in suites.items()
        ]
        judge.build_docs()
    return results


class Judge:
    """One context of the library, in which any number of frames can be validated."""

    def __init__(self, gx: Any, expectations: Path, out: Path, moment: datetime) -> None:
        from great_expectations.core.run_identifier import RunIdentifier

        self._gx, self._moment = gx, moment
        self._run = RunIdentifier(run_name="pruefung", run_time=moment)
        self._context = gx.get_context(
            mode="file", context_root_dir=str(expectations), runtime_environment={"GX_OUT": str(out)}
        )
        self._source = self._context.data_sources.get("candidate")
        self._definitions: dict[str, Any] = {}

    def validate(self, name: str, suite: Mapping[str, Any], frame: Any) -> SuiteResult:
        """What the suite of this name says of a frame."""
        if name not in self._definitions:
            batch = self._source.get_asset(name).get_batch_definition("all")
            definition = self._gx.ValidationDefinition(name=name, data=batch, suite=self._context.suites.get(name))
            self._definitions[name] = self._context.validation_definitions.add(definition)
        found = self._definitions[name].run(
            batch_parameters={"dataframe": frame},
            result_format={
                "result_format": "SUMMARY",
                "unexpected_index_column_names": suite["meta"]["key"],
                "partial_unexpected_count": EXAMPLES,
            },
            run_id=self._run,
        )
        return _read(name, suite, len(frame), found.to_json_dict(), self._moment)

    def build_docs(self) -> None:
        """Write the Data Docs of all that was validated."""
        self._context.build_data_docs()


@contextmanager
def judging(expectations: Path, out: Path, moment: datetime) -> Iterator[Judge]:
    """A judge who knows the suites below `expectations`, and writes below `out`."""
    with _great_expectations() as gx:
        yield Judge(gx, expectations, out, moment)


@contextmanager
def _great_expectations() -> Iterator[Any]:
    """The library, quiet, and without a look at pyspark: importing it beside Great Expectations can end the process."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    hidden = "pyspark" not in sys.modules
    if hidden:
        sys.modules["pyspark"] = None  # type: ignore[assignment]  # None is how Python marks "not to be imported"
    try:
        import great_expectations as gx

        yield gx
    finally:
        if hidden:
            sys.modules.pop("pyspark", None)


def unreadable(name: str, suite: Mapping[str, Any], reason: str) -> SuiteResult:
    """What is said of a suite whose frame could not be read."""
    outcome = Outcome(
        str(suite["id"]), "table_readable", (), "Die Tabelle lässt sich lesen", "critical", False, reason, ()
    )
    return SuiteResult(name, suite["meta"]["table"], suite["meta"]["title_de"], 0, (outcome,), "")


def _read(name: str, suite: Mapping[str, Any], rows: int, found: Mapping[str, Any], moment: datetime) -> SuiteResult:
    by_id = {result["expectation_config"]["id"]: result for result in found["results"]}
    outcomes = tuple(
        _outcome(expected, by_id[expected["id"]], suite["meta"]["key"]) for expected in suite["expectations"]
    )
    page = f"data_docs/validations/{name}/pruefung/{moment:%Y%m%dT%H%M%S.%fZ}/candidate-{name}.html"
    return SuiteResult(name, suite["meta"]["table"], suite["meta"]["title_de"], rows, outcomes, page)


def _outcome(expected: Mapping[str, Any], found: Mapping[str, Any], key: Sequence[str]) -> Outcome:
    problem = _exception(found["exception_info"])
    kwargs = expected["kwargs"]
    columns = [kwargs[name] for name in ("column", "column_A", "column_B") if name in kwargs] or kwargs.get(
        "column_list", []
    )
    success = bool(found["success"]) and not problem
    return Outcome(
        id=expected["id"],
        type=expected["type"],
        columns=tuple(columns),
        description=expected["description"],
        severity="critical" if problem else expected["severity"],
        success=success,
        observed=problem or _observed(found["result"]),
        examples=() if success or problem else tuple(_examples(found["result"], key)),
    )


def _exception(info: Mapping[str, Any]) -> str:
    """Why an expectation could not be judged; "" where it could. The library nests this by metric."""
    for entry in [info, *(value for value in info.values() if isinstance(value, Mapping))]:
        if entry.get("raised_exception") is True:
            return "nicht prüfbar: " + " ".join(str(entry["exception_message"]).split())[:300]
    return ""


def _observed(result: Mapping[str, Any]) -> str:
    if "observed_value" in result:
        return f"beobachtet: {result['observed_value']}"
    wrong, total = result.get("unexpected_count", 0), result.get("element_count", 0)
    return f"{wrong} von {total} Zeilen verletzen sie" if wrong else f"alle {total} Zeilen"


def _examples(result: Mapping[str, Any], key: Sequence[str]) -> Iterator[str]:
    """Rows that break the expectation, by the suite's key columns, then the offending value."""
    seen = set()
    for row in result.get("partial_unexpected_index_list") or []:
        ordered = [*(name for name in key if name in row), *(name for name in row if name not in key)]
        text = ", ".join(f"{name}={_plain(row[name])}" for name in ordered)
        if text not in seen:
            seen.add(text)
            yield text


def _plain(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "NULL"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, str):
        return value.removesuffix("T00:00:00") or '""'
    return json.dumps(value, ensure_ascii=False, default=str)
