"""Nightly Airflow DAG: load the statistics of the Bundesagentur für Arbeit, one mapped task per dataset."""

from airflow.sdk import DAG, CronTriggerTimetable

from support.alerts import RUN_CALLBACK, TASK_CALLBACKS
from support.dataset_ids import DATASET_IDS
from support.forms import load_form
from support.loading import RUN_LIMIT, announce, load

GROUP = "ba"

with DAG(
    f"load_{GROUP}",
    description="Sozialversicherungspflichtig Beschäftigte und Arbeitslose (Statistiken 13111 und 13211)",
    doc_md=(
        "Fetches, checks and lands each dataset with `load: ba` (statistics 13111 and 13211).\n\n"
        "A **red** `load` is one rejected dataset: its bytes are in quarantine, its last good state stays, the others "
        "go on. Only fetch errors are retried. `announce` tells `build_warehouse` which datasets changed."
    ),
    schedule=CronTriggerTimetable("15 2 * * *", timezone="Europe/Berlin"),
    catchup=False,
    max_active_runs=1,
    on_failure_callback=RUN_CALLBACK,
    default_args={"owner": "integrationsmonitor", **TASK_CALLBACKS},
    tags=["load", GROUP],
    params=load_form(),
    dagrun_timeout=RUN_LIMIT,
):
    announce(f"load_{GROUP}", load.expand(dataset_id=DATASET_IDS[GROUP])).as_teardown()
