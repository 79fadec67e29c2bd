"""What the timetables do about causes: tell them once, each on every channel, through `night.alerts`.

In: the context of a task, or a file that Airflow could not import. Out: messages. Refuses: to end well when something
could not be sent (the task is red then, and its retry, or the next morning, tries again).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from support.dataset_ids import DATASET_IDS

if TYPE_CHECKING:
    from integrationsmonitor.night.watch import Cause

DAGS = Path(__file__).resolve().parents[1]


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
        key, dataset_id = _key(context["ti"])
        reason = str(context.get("exception") or f"{key}: Prozess beendet oder Zeit überschritten, ohne Meldung")
        if not self.failed or _is_known(settings, key, dataset_id, reason):
            if incidents.clear(settings, key):
                _tell(settings, [], context, about={key})
            return
        incidents.note(settings, key, "task", reason)
        _tell(settings, [task_failed(settings, key, incidents.standing(settings)[key])], context, about={key})


CALLBACKS = {"on_failure_callback": TaskOutcome(failed=True), "on_success_callback": TaskOutcome(failed=False)}


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


def _key(ti: Any) -> tuple[str, str]:
    """The incident's key of a task, and the dataset of a mapped load."""
    name = f"task:{ti.dag_id}.{ti.task_id}"
    index = getattr(ti, "map_index", -1)
    ids = DATASET_IDS.get(ti.dag_id.removeprefix("load_"), [])
    if ti.task_id != "load" or index is None or not 0 <= index < len(ids):
        return name, ""
    return f"{name}:{ids[index]}", ids[index]


def _is_known(settings: Any, key: str, dataset_id: str, reason: str) -> bool:
    from integrationsmonitor.night.watch import knows

    loads_or_builds = dataset_id or key == "task:build_warehouse.build_and_publish"
    return bool(loads_or_builds) and knows(settings, dataset_id, reason)
