"""Nightly Airflow DAG: load the tables of the statistical offices, one mapped task per dataset."""

from airflow.sdk import DAG, CronTriggerTimetable

from support.alerts import RUN_CALLBACK, TASK_CALLBACKS
from support.dataset_ids import DATASET_IDS
from support.forms import load_form
from support.loading import RUN_LIMIT, announce, load, load_described

GROUP = "tls"

with DAG(
    f"load_{GROUP}",
    description="Bevölkerung, Ausländer, Einbürgerungen, Schulen, Wanderungen: Statistische Ämter und lokale Dateien",
    doc_md=(
        "Fetches, checks and lands each dataset with `load: tls` (everything that is not a BA statistic).\n\n"
        "A **red** `load` is one rejected dataset: its bytes are in quarantine, its last good state stays, the others "
        "go on. `load_described` does the same for the tables of the drop folder, one after the other; one that it "
        "refuses stands in `monitor status`. Only fetch errors are retried. `announce` tells `build_warehouse` what "
        "changed."
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
    announce(f"load_{GROUP}", load.expand(dataset_id=DATASET_IDS[GROUP]), load_described()).as_teardown()
