"""Airflow's metadata, read and written in process: database, timetables, pool, runs. Airflow must be configured first.

In: run ids. Out: the states of runs and tasks. Refuses: a DAG file that cannot be imported.
"""

from __future__ import annotations

from airflow.api.common.trigger_dag import trigger_dag
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
from airflow.models.asset import AssetDagRunQueue
from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.models.pool import Pool
from airflow.models.taskinstance import TaskInstance
from airflow.utils.db import initdb
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, State, TaskInstanceState
from airflow.utils.types import DagRunTriggeredByType
from sqlalchemy import delete, func, select, update

from support.metadata_types import FailedTask, NightState

LOADS = ("load_ba", "load_tls")
BUILD = "build_warehouse"
WATCH = "watch_sources"
POOL = "warehouse"
UNFINISHED_RUN = (DagRunState.QUEUED, DagRunState.RUNNING)


def prepare() -> list[str]:
    """Create or migrate the database, publish the timetables, end what a killed run left; return import errors."""
    initdb()
    _end_stale_runs()
    make_pool()
    manager = DagBundlesManager()
    errors: list[str] = []
    with create_session() as session:
        manager.sync_bundles_to_db(session=session)
        session.commit()
        for bundle in manager.get_all_dag_bundles():
            bundle.initialize()
            bag = BundleDagBag(bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
            errors += [f"{path}: {error.strip().splitlines()[-1]}" for path, error in bag.import_errors.items()]
            sync_bag_to_db(bag, bundle.name, bundle_version=None, session=session)
    return errors


def make_pool() -> None:
    """The pool of the build: one slot, since one process writes the candidate."""
    Pool.create_or_update_pool(
        POOL, slots=1, description="The one writer of the candidate warehouse", include_deferred=False
    )


def _end_stale_runs() -> None:
    """No scheduler runs yet: what is unfinished now belongs to a killed run and would block the next one."""
    with create_session() as session:
        session.execute(
            update(TaskInstance)
            .where(TaskInstance.state.in_([state for state in State.unfinished if state is not None]))
            .values(state=TaskInstanceState.FAILED)
        )
        session.execute(update(DagRun).where(DagRun.state.in_(UNFINISHED_RUN)).values(state=DagRunState.FAILED))
        session.execute(delete(AssetDagRunQueue))  # unreleased news is announced again


def last_run() -> int:
    """Return the highest number of a run so far; the night's runs are those above."""
    with create_session() as session:
        return session.scalar(select(func.max(DagRun.id))) or 0


def trigger_loads(run_id: str) -> None:
    """Start both loads now, and keep every cron out of this launcher's night."""
    with create_session() as session:
        timed = (*LOADS, WATCH)
        session.execute(update(DagModel).where(DagModel.dag_id.in_(timed)).values(next_dagrun_create_after=None))
    for dag_id in LOADS:
        trigger_dag(dag_id, run_id=run_id, triggered_by=DagRunTriggeredByType.CLI)


def look(since: int) -> NightState:
    """Return the state of all runs above `since`."""
    with create_session() as session:
        runs = session.execute(
            select(DagRun.dag_id, DagRun.run_id, DagRun.state).where(DagRun.id > since).order_by(DagRun.id)
        ).all()
        queued = session.scalar(select(func.count()).select_from(AssetDagRunQueue)) or 0
        tasks = session.execute(
            select(
                TaskInstance.dag_id,
                TaskInstance.run_id,
                TaskInstance.task_id,
                TaskInstance.map_index,
                TaskInstance.try_number,
                TaskInstance.rendered_map_index,
                TaskInstance.state,
            ).where(TaskInstance.run_id.in_([run.run_id for run in runs]))
        ).all()
    failures = [
        FailedTask(
            dag_id=task.dag_id,
            run_id=task.run_id,
            task_id=task.task_id,
            map_index=task.map_index,
            try_number=task.try_number,
            label=task.rendered_map_index or task.task_id,
            will_retry=task.state == TaskInstanceState.UP_FOR_RETRY,
        )
        for task in tasks
        if task.state in (TaskInstanceState.FAILED, TaskInstanceState.UP_FOR_RETRY)
    ]
    loading = any(run.state in UNFINISHED_RUN for run in runs if run.dag_id in LOADS)
    building = queued or any(run.state in UNFINISHED_RUN for run in runs if run.dag_id == BUILD)
    # A build sees everything that was loaded, so after a failed one the next event would only repeat it.
    build_failed = any(run.state == DagRunState.FAILED for run in runs if run.dag_id == BUILD)
    return NightState(
        done=bool(runs) and not loading and (build_failed or not building),
        tasks_ended=sum(task.state in State.finished for task in tasks),
        builds=[run.state for run in runs if run.dag_id == BUILD and run.state not in UNFINISHED_RUN],
        failures=failures,
    )
