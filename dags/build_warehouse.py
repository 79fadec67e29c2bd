"""Airflow DAG: build, check and publish one release when any dataset brought news."""

from datetime import timedelta

from airflow.sdk import DAG, AssetAny, task
from airflow.sdk.exceptions import AirflowSkipException

from support.alerts import RUN_CALLBACK, TASK_CALLBACKS
from support.assets import all_assets
from support.dataset_ids import DATASET_IDS
from support.loading import BUILD_LIMIT, RETRIES, RUN_LIMIT

with DAG(
    "build_warehouse",
    description="dbt, Great Expectations, Veröffentlichung: ein Lauf für alle Neuigkeiten der Nacht",
    doc_md=(
        "Starts on any event of a dataset, waits until no load is active, and is **skipped** when the landed data, "
        "catalogue and code are those of the current release: the decision rests on their hashes, never on the events. "
        "The log of `build_and_publish` tells steps, models and tests with their seconds, the SQL of what failed, and "
        "what is new; `monitor runs` tells the same of earlier builds. "
        "**Red** means that nothing was released and `current` is untouched; the log names the failed node or check."
    ),
    schedule=AssetAny(*all_assets()),
    catchup=False,
    max_active_runs=1,
    on_failure_callback=RUN_CALLBACK,
    default_args={"owner": "integrationsmonitor", **TASK_CALLBACKS},
    tags=["build"],
):

    @task.sensor(
        mode="reschedule",
        poke_interval=2,
        exponential_backoff=True,
        max_wait=timedelta(minutes=1),
        timeout=RUN_LIMIT.total_seconds(),
        retries=RETRIES,
    )
    def wait_for_loads(ti=None):
        """Wait until no load run is queued or running; skip the rest when there is no news."""
        from integrationsmonitor import night
        from integrationsmonitor.settings import Settings

        loads = ("backfill", *(f"load_{group}" for group in DATASET_IDS))
        if sum(ti.get_dr_count(dag_id=dag_id, states=["queued", "running"]) for dag_id in loads):
            return False
        if not night.has_news(Settings.from_env()):
            raise AirflowSkipException("Nothing new since the current release.")
        return True

    @task(pool="warehouse", retries=RETRIES, execution_timeout=BUILD_LIMIT)
    def build_and_publish():
        """One dbt build, one check, one release; fails when the gate does."""
        from support.loading import build

        return build()

    wait_for_loads() >> build_and_publish()
