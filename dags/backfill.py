"""Airflow DAG, started by hand: fetch or read chosen datasets and years again; the reason goes into the journal."""

from airflow.sdk import DAG, get_current_context, task

from support.alerts import RUN_CALLBACK, TASK_CALLBACKS
from support.dataset_ids import DATASET_IDS
from support.forms import backfill_form
from support.loading import RETRIES, RUN_LIMIT, SHORT_LIMIT, announce, redo

ALL_IDS = sorted(dataset_id for ids in DATASET_IDS.values() for dataset_id in ids)

with DAG(
    "backfill",
    description="Gewählte Datensätze und Jahre erneut abrufen oder erneut lesen, mit Begründung",
    doc_md=(
        "Started by hand. `refetch` asks the sources again for the chosen years, by the rules of a night; `reparse` "
        "asks nobody and reads the archived bytes again. What says the same as before changes nothing; what differs is "
        "announced, and `build_warehouse` makes one release of it. The reason stands in the journal.\n\n"
        "**Red** is a dataset that was refused, or a wish that makes no sense (see the log of `plan`). "
        "`monitor backfill` does the same without Airflow."
    ),
    schedule=None,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=RUN_LIMIT,
    on_failure_callback=RUN_CALLBACK,
    default_args={"owner": "integrationsmonitor", **TASK_CALLBACKS},
    tags=["load", "by hand"],
    params=backfill_form(ALL_IDS),
):

    @task(retries=RETRIES, execution_timeout=SHORT_LIMIT)
    def plan():
        """Check the wish, note it in the journal, and name the datasets; one task per dataset follows."""
        from support.loading import plan_backfill

        return plan_backfill(get_current_context())

    announce("backfill", redo.expand(dataset_id=plan())).as_teardown()
