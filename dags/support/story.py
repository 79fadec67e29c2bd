"""What the log of a task says: the steps as they come, and at the end what came of it, in one screen.

In: events of the package's `Reporter`, results of `night`. Out: lines in the task's log; under `make run` the events go
to the launcher's progress file, too. Refuses nothing: a story that cannot be told is no reason for a task to fail.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LOG = logging.getLogger("monitor")
SLOWEST = 12
NEWS_LINES = 10
PAGES = {"what was checked": "quality/index.html", "what is new": "diff.md", "figures": "exports/"}


def reporter() -> Any:
    """Write events into the task's log, and into the file of the launcher that waits for them."""
    from integrationsmonitor.progress import default_reporter, format_event

    shown_elsewhere = default_reporter() if os.environ.get("MONITOR_PROGRESS") else None

    def report(stage: str, text: str, **counts: Any) -> None:
        LOG.info(format_event(stage, text, counts))
        if shown_elsewhere:
            shown_elsewhere(stage, text, **counts)

    return report


@contextmanager
def folded(title: str) -> Iterator[None]:
    """Let Airflow's page fold what is logged meanwhile; of libraries only what needs attention is logged."""
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    _say(f"::group::{title}")
    try:
        yield
    finally:
        _say("::endgroup::")


def tell_load(settings: Any, result: dict[str, Any]) -> dict[str, Any]:
    """Say what a load brought, and where the pages of the current release are; returns the result."""
    what = "changed, and is announced to build_warehouse" if result["changed"] else "nothing new"
    _say(
        f"{result['dataset']}: {what}",
        f"  answers    {result['answers']} new, {result['unchanged']} as before, {result['missing']} without figures",
        f"  rows       {result['rows']}",
        f"  seconds    {result['seconds']}",
        *(f"  warning    {warning}" for warning in result["warnings"]),
        *_pages(settings),
    )
    return result


def tell_build(settings: Any, since: int) -> None:
    """Say what the builds after number `since` did: steps, the slowest nodes, what failed with its SQL, what is new."""
    from dataclasses import asdict

    from integrationsmonitor import runs
    from integrationsmonitor.printing import node_lines

    with suppress(Exception):
        past = runs.listed(settings)
        usual = runs.usual_seconds([run for run in past if run.run_no <= since])
        for run in (run for run in past if run.run_no > since):
            steps, nodes = [asdict(node) for node in run.steps], [asdict(node) for node in run.nodes]
            n_tests = sum(node.kind == runs.TEST for node in run.nodes)
            head = f"build {run.run_no}: {run.outcome}, {run.seconds:.0f} s {run.release_id}"
            _say(head.rstrip(), *node_lines(steps, usual), "")
            _say(f"dbt: {len(nodes) - n_tests} models, {n_tests} tests", *node_lines(nodes, usual, SLOWEST))
            with folded("every model and test"):
                _say(*node_lines(nodes, usual))
            if run.outcome == runs.RELEASED:
                _say("", *_news(settings), *_pages(settings))


def last_build(settings: Any) -> int:
    """The number of the last build so far."""
    from integrationsmonitor import runs

    return max((run.run_no for run in runs.listed(settings, newest=1)), default=0)


def _news(settings: Any) -> Iterable[str]:
    """The counts of the current release and the beginning of its page about what is new."""
    from integrationsmonitor import release

    now = release.current(settings) or {}
    rows = now.get("tables", {})
    yield f"released: {len(rows)} tables, {sum(rows.values()):,} rows"
    told = (settings.current / "diff.md").read_text(encoding="utf-8").splitlines()
    yield from [f"  {line}" for line in told if line.strip()][:NEWS_LINES]


def _pages(settings: Any) -> Iterable[str]:
    """Where the pages of the current release are: below MONITOR_URL where a web server gives them out."""
    if not settings.current.exists():
        return
    base = settings.environment.get("MONITOR_URL", "").rstrip("/") or str(settings.current)
    yield from (f"  {what:<17}{base}/{page}" for what, page in PAGES.items())


def _say(*lines: str) -> None:
    for line in lines:
        LOG.info(line)
