"""What a monitoring system wants to know, in the text format of Prometheus.

Comes in: the facts of `night.summary` and what needs a person. Goes out: gauges, as text or over HTTP, made anew for
each question. Refuses nothing: where the facts cannot be had, `monitor_up` is 0 and nothing else is said, which is an
alarm.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from integrationsmonitor.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import GaugeMetricFamily

Facts = Mapping[str, Any]
Ask = Callable[[], tuple[Facts, Sequence[Facts]]]
STATES = ("ok", "due", "overdue", "ended", "quarantine", "not_fetched", "not_recorded", "off")
OUTCOMES = ("building", "released", "gate_failed", "failed", "killed")


def text(ask: Ask) -> str:
    """All gauges as Prometheus reads them."""
    from prometheus_client import generate_latest

    return generate_latest(_registry(ask)).decode()


def serve(ask: Ask, host: str, port: int) -> Any:
    """Answer every request with the gauges of that moment, in threads; returns the server and its thread."""
    from prometheus_client import start_http_server

    try:
        return start_http_server(port, host, _registry(ask))
    except OSError as problem:
        raise ConfigError(f"--host {host} --port {port}: cannot listen there ({problem.strerror})") from None


def _registry(ask: Ask) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry
    from prometheus_client.registry import Collector

    class Gauges(Collector):
        def collect(self) -> Iterator[GaugeMetricFamily]:
            try:
                facts, causes = ask()
            except MonitorError as problem:
                print(f"metrics: {problem}", file=sys.stderr, flush=True)
                yield _gauge("up", "Whether the home can be read", [({}, 0)])
                return
            yield from gauges(facts, causes)

    registry = CollectorRegistry()
    registry.register(Gauges())
    return registry


def gauges(facts: Facts, causes: Sequence[Facts]) -> Iterator[GaugeMetricFamily]:
    """One family per question; times are seconds since 1970, as Prometheus wants them."""
    yield _gauge("up", "Whether the home can be read", [({}, 1)])
    yield from _of_the_release(facts)
    yield from _of_the_datasets(facts)
    yield from _of_the_build(facts["build"])
    kinds = Counter(str(cause["kind"]) for cause in causes)
    yield _gauge(
        "causes", "What needs a person now (monitor watch)", [({"kind": k}, n) for k, n in sorted(kinds.items())]
    )
    if facts["free_bytes"] is not None:
        yield _gauge("disk_free_bytes", "Free on the disk of the home", [({}, facts["free_bytes"])])


def _of_the_release(facts: Facts) -> Iterator[GaugeMetricFamily]:
    if not facts["release_id"]:
        return
    about = {"release_id": facts["release_id"], "source_mode": facts["mode"], "code_version": facts["code_version"]}
    yield _gauge("release_info", "The current release", [(about, 1)])
    if facts["released_at"]:
        yield _gauge("release_timestamp_seconds", "When it was made", [({}, _seconds(facts["released_at"]))])
        yield _gauge("release_age_seconds", "How old it is", [({}, facts["age_seconds"])])
    yield _gauge("table_rows", "Rows of its tables", [({"table": name}, rows) for name, rows in facts["rows"].items()])
    quality = facts["quality"]
    if "expectations" in quality:
        yield _gauge("expectations", "Expectations that it was checked with", [({}, quality["expectations"])])
        yield _gauge("expectations_passed", "Those that it meets", [({}, quality["passed"])])


def _of_the_datasets(facts: Facts) -> Iterator[GaugeMetricFamily]:
    counts, entries = facts["states"], facts["datasets"]
    yield _gauge("datasets", "Datasets by state", [({"state": state}, counts.get(state, 0)) for state in STATES])
    is_in = [({"dataset": entry["dataset_id"], "state": entry["state"]}, 1) for entry in entries]
    yield _gauge("dataset_state", "The state in which a dataset is", is_in)
    checked = [({"dataset": e["dataset_id"]}, _seconds(e["last_checked"])) for e in entries if e["last_checked"]]
    yield _gauge("dataset_checked_timestamp_seconds", "When its source was last asked", checked)
    changed = [({"dataset": e["dataset_id"]}, _seconds(e["last_changed"])) for e in entries if e["last_changed"]]
    yield _gauge("dataset_changed_timestamp_seconds", "When it last brought news", changed)
    held = [({"dataset": entry["dataset_id"]}, entry["observations"]) for entry in entries]
    yield _gauge("dataset_observations", "Its observations in the current release", held)


def _of_the_build(build: Facts | None) -> Iterator[GaugeMetricFamily]:
    if build is None:
        return
    yield _gauge(
        "build_started_timestamp_seconds", "When the newest build began", [({}, _seconds(build["started_at"]))]
    )
    ended = [({"outcome": outcome}, int(build["outcome"] == outcome)) for outcome in OUTCOMES]
    yield _gauge("build_outcome", "How it ended", ended)
    steps = [({"step": name}, seconds) for name, seconds in build["steps"].items()]
    yield _gauge("build_step_seconds", "How long its steps took", steps)


def _gauge(name: str, help_text: str, samples: Sequence[tuple[Mapping[str, str], float]]) -> GaugeMetricFamily:
    from prometheus_client.core import GaugeMetricFamily

    labels = list(samples[0][0]) if samples else []
    family = GaugeMetricFamily(f"monitor_{name}", help_text, labels=labels)
    for values, value in samples:
        family.add_metric(list(values.values()), value)
    return family


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
