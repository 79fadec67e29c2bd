"""What the launcher wants to know about a night's runs; free of Airflow, whose import takes seconds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FailedTask:
    """A try of a task that failed."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    try_number: int
    label: str
    will_retry: bool


@dataclass(frozen=True)
class NightState:
    """What Airflow knows about the runs of one night."""

    done: bool
    tasks_ended: int
    builds: list[str] = field(default_factory=list)
    failures: list[FailedTask] = field(default_factory=list)
