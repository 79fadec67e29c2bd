"""Let Airflow tell causes: the DAG as `airflow dags test` runs it, a task's callback, the listener of the processor.

Runs as a process of its own, with `dags/` on its path and Airflow's folders in the environment.
    python alert_probe.py dag|callback|silent|listener|channel

Prints, as JSON, how it ended.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil

DAGS = Path(__file__).resolve().parents[2] / "dags"


def dag() -> list[str]:
    """Run watch_sources once, in process, against a database of its own."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session

    initdb()
    bag = BundleDagBag(DAGS, bundle_path=DAGS, bundle_name="dags-folder")
    with create_session() as session:
        DagBundlesManager().sync_bundles_to_db(session=session)
        session.commit()
        sync_bag_to_db(bag, "dags-folder", bundle_version=None, session=session)
    states = []
    for _ in range(int(sys.argv[2])):
        run = bag.dags["watch_sources"].test()
        states.append(str(run.state))
    return states


def callback(task: SimpleNamespace = SimpleNamespace(dag_id="load_ba", task_id="load", map_index=0)) -> list[str]:  # noqa: B008
    """The callbacks as Airflow calls them: with the context of a task that ended."""
    from support.alerts import TASK_CALLBACKS

    ended = []
    for text in sys.argv[2:]:
        context = {"ti": task, "exception": None if text == "good" else RuntimeError(text)}
        kind = "on_success_callback" if text == "good" else "on_failure_callback"
        TASK_CALLBACKS[kind](context)
        ended.append(kind)
    return ended


def redone() -> list[str]:
    """The same of a backfill, whose datasets are known by their names on the page only."""
    name = sys.argv.pop(2)
    return callback(SimpleNamespace(dag_id="backfill", task_id="redo", map_index=0, rendered_map_index=name))


def silent() -> list[str]:
    """What a failed run tells of its tasks, by their states as Airflow names them."""
    from integrationsmonitor.settings import Settings
    from support.alerts import tell_silent_failures

    dag_id, states = sys.argv[2], json.loads(sys.argv[3])
    for _ in range(2):
        tell_silent_failures(Settings.from_env(), dag_id, states, {})
    return sorted(states)


def listener() -> list[str]:
    """What the DAG processor calls when a file breaks, through Airflow's own plugin loader."""
    from airflow.listeners.listener import get_listener_manager

    stacktrace = 'Traceback …\n  File "watch_sources.py", line 3\nImportError: cannot import name {{ ds }}'
    for _ in range(2):
        get_listener_manager().hook.on_new_dag_import_error(
            filename=str(DAGS / "watch_sources.py"), stacktrace=stacktrace
        )
    for teller in psutil.Process().children():
        teller.wait(60)
    return sorted(name for name in sys.modules if name.startswith("support"))


def channel() -> list[str]:
    """Tell one standing cause, and say what could not be sent."""
    from integrationsmonitor import night
    from integrationsmonitor.night import alerts
    from integrationsmonitor.settings import Settings
    from support.notify import channels

    settings = Settings.from_env()
    return alerts.tell(settings, night.watch(settings), channels(settings.environment, {}))


if __name__ == "__main__":
    kinds = {
        "dag": dag,
        "callback": callback,
        "redone": redone,
        "silent": silent,
        "listener": listener,
        "channel": channel,
    }
    result = kinds[sys.argv[1]]()
    sys.stdout.write("\n" + json.dumps(result) + "\n")
