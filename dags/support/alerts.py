"""What the timetables do about causes: tell them once, each on every channel, through `night.alerts`.

In: the context of a task, or a file that Airflow could not import. Out: messages. Refuses: to end well when something
could not be sent (the task is red then, and its retry, or the next morning, tries again).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from support.dataset_ids import DATASET_IDS

if TYPE_CHECKING:
    from integrationsmonitor.night.watch import Cause

DAGS = Path(__file__).resolve().parents[1]
BUILD_TASK = "task:build_warehouse.build_and_publish"
MAPPED = ("load", "redo")  # tasks of one dataset each


class TaskOutcome(BaseNotifier):
    """Callback of every task: tells at once a failure that the package does not know, and its end with a success.

    What the package knows (a refused answer, a failed gate) is told in the morning by `watch_sources`, with its reason.
    """

    template_fields = ()

    def __init__(self, *, failed: bool) -> None:
        super().__init__()
        self.failed = failed

    def notify(self, context: Any) -> None:
        """Note and tell."""
        from integrationsmonitor.night import incidents
        from integrationsmonitor.night.watch import task_failed
        from integrationsmonitor.settings import Settings

        settings = Settings.from_env()
        ti = context["ti"]
        label = getattr(ti, "rendered_map_index", None)
        key, dataset_id = _key(ti.dag_id, ti.task_id, getattr(ti, "map_index", -1), label)
        reason = str(context.get("exception") or f"{ti.dag_id}: Prozess ohne Meldung beendet (Speicher? Neustart?)")
        if not self.failed or _is_known(settings, key, dataset_id, reason):
            if incidents.clear(settings, key):
                _tell(settings, [], context, about={key})
            return
        incidents.note(settings, key, "task", reason)
        _tell(settings, [task_failed(settings, key, incidents.standing(settings)[key])], context, about={key})


class RunOutcome(BaseNotifier):
    """Callback of a failed run: tells the tasks that could not speak for themselves, e.g. killed for want of memory."""

    template_fields = ()

    def notify(self, context: Any) -> None:
        """Look at the run's tasks; runs in Airflow's DAG processor."""
        from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

        from integrationsmonitor.settings import Settings

        dag_id, run_id = context["dag"].dag_id, context["run_id"]
        states = RuntimeTaskInstance.get_task_states(dag_id, run_ids=[run_id])[run_id]
        tell_silent_failures(Settings.from_env(), dag_id, states, context)


def tell_silent_failures(settings: Any, dag_id: str, states: dict[str, str], context: Any) -> None:
    """Tell failed tasks of which nothing is on record; `states` by `task_id`, or `task_id_index` of a mapped task."""
    from integrationsmonitor.night import incidents
    from integrationsmonitor.night.watch import on_record, task_failed

    found = {}
    for name in sorted(name for name, state in states.items() if str(state) == "failed"):
        task_id, _, index = name.rpartition("_")
        mapped = (task_id, int(index)) if task_id in MAPPED and index.isdecimal() else (name, -1)
        key, dataset_id = _key(dag_id, *mapped)
        stands = key in incidents.standing(settings)
        if stands or ((dataset_id or key == BUILD_TASK) and on_record(settings, dataset_id)):
            continue
        incidents.note(settings, key, "task", f"{dag_id}: Prozess ohne Meldung beendet (Speicher? Neustart?)")
        found[key] = incidents.standing(settings)[key]
    _tell(settings, [task_failed(settings, *item) for item in found.items()], context, about=set(found))


TASK_CALLBACKS = {"on_failure_callback": TaskOutcome(failed=True), "on_success_callback": TaskOutcome(failed=False)}
RUN_CALLBACK = RunOutcome()


def watch_and_tell(context: Any) -> dict[str, int]:
    """Tell every cause that stands now, timetables that cannot be imported included."""
    from integrationsmonitor import night
    from integrationsmonitor.settings import Settings

    settings = Settings.from_env()
    causes = [*night.watch(settings), *_import_errors(settings)]
    if problems := _tell(settings, causes, context):
        from airflow.sdk.exceptions import AirflowException

        raise AirflowException(f"{len(problems)} messages could not be sent: {'; '.join(problems)}")
    return {"causes": len(causes)}


def tell_import_error(file: str, error: str) -> None:
    """Tell at once that a timetable cannot be imported; `watch_sources` itself may be the broken one."""
    from integrationsmonitor.night.watch import import_failed
    from integrationsmonitor.settings import Settings

    settings = Settings.from_env()
    cause = import_failed(settings, Path(file), error)
    _tell(settings, [cause], {}, about={cause.key})


def _import_errors(settings: Any) -> list[Cause]:
    from airflow.dag_processing.dagbag import BundleDagBag

    from integrationsmonitor.night.watch import import_failed

    bag = BundleDagBag(DAGS, bundle_path=DAGS, bundle_name="dags-folder")
    return [import_failed(settings, DAGS / file, error) for file, error in sorted(bag.import_errors.items())]


def _tell(settings: Any, causes: list[Cause], context: Any, about: set[str] | None = None) -> list[str]:
    from integrationsmonitor.night import alerts
    from integrationsmonitor.progress import to_console
    from support.notify import channels

    return alerts.tell(settings, causes, channels(settings.environment, context), to_console, about=about)


def _key(dag_id: str, task_id: str, map_index: int | None, label: str | None = None) -> tuple[str, str]:
    """The incident's key of a task, and the dataset of a mapped one: its name on the page, or its place in the list."""
    name = f"task:{dag_id}.{task_id}"
    ids = DATASET_IDS.get(dag_id.removeprefix("load_"), [])
    if task_id not in MAPPED or map_index is None or map_index < 0:
        return name, ""
    dataset_id = label or (ids[map_index] if map_index < len(ids) else "")
    return (f"{name}:{dataset_id}", dataset_id) if dataset_id else (f"{name}:{map_index}", "")


def _is_known(settings: Any, key: str, dataset_id: str, reason: str) -> bool:
    from integrationsmonitor.night.watch import knows

    return bool(dataset_id or key == BUILD_TASK) and knows(settings, dataset_id, reason)


if __name__ == "__main__":  # started by plugins/import_errors.py, with the traceback on standard input
    tell_import_error(sys.argv[1], sys.stdin.read())
