"""Airflow DAG: build, check and publish one release when any dataset brought news."""

from airflow.sdk import DAG, AssetAny, task
from airflow.sdk.exceptions import AirflowSkipException

from support.alerts import RUN_CALLBACK, TASK_CALLBACKS
from support.assets import all_assets
from support.dataset_ids import DATASET_IDS

with DAG(
    "build_warehouse",
    description="dbt, Great Expectations, Veröffentlichung: ein Lauf für alle Neuigkeiten der Nacht",
    doc_md=(
        "Starts on any event of a dataset, waits until no load is active, and is **skipped** when the landed data, "
        "catalogue and code are those of the current release: the decision rests on their hashes, never on the events. "
        "**Red** means that nothing was released and `current` is untouched; the log names the failed node or check."
    ),
    schedule=AssetAny(*all_assets()),
    catchup=False,
    max_active_runs=1,
    on_failure_callback=RUN_CALLBACK,
    default_args={"owner": "integrationsmonitor", **TASK_CALLBACKS},
    tags=["build"],
):

    @task.sensor(mode="reschedule", poke_interval=2, timeout=3600)
    def wait_for_loads(ti=None):
        """Wait until no load run is queued or running; skip the rest when there is no news."""
        from integrationsmonitor import night
        from integrationsmonitor.settings import Settings

        if sum(ti.get_dr_count(dag_id=f"load_{group}", states=["queued", "running"]) for group in DATASET_IDS):
            return False
        if not night.has_news(Settings.from_env()):
            raise AirflowSkipException("Nothing new since the current release.")
        return True

    @task(pool="warehouse")
    def build_and_publish():
        """One dbt build, one check, one release; fails when the gate does."""
        from support.loading import build

        return build()

    wait_for_loads() >> build_and_publish()
