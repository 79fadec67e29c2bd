"""Airflow DAG: each morning, tell whom it concerns what went wrong in the night, each cause once."""

from airflow.sdk import DAG, CronTriggerTimetable, get_current_context, task

from support.alerts import RUN_CALLBACK, TASK_CALLBACKS, watch_and_tell
from support.loading import RETRIES, RUN_LIMIT, SHORT_LIMIT

with DAG(
    "watch_sources",
    description="Meldungen: zurückgewiesene und überfällige Datensätze, gescheiterte Prüfung, defekte Zeitpläne",
    doc_md=(
        "Asks the package for causes that stand now (a dataset in quarantine or not fetched, an overdue source, a "
        "failed gate or build, a timetable that cannot be imported) and sends **one** message per new cause, "
        "one when it is over, and a reminder after 7 days, by e-mail and webhook (docs/operations.md).\n\n"
        "**Red** means that something could not be sent; it is tried again with the next run. `monitor watch` prints "
        "the same causes."
    ),
    schedule=CronTriggerTimetable("45 5 * * *", timezone="Europe/Berlin"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=RUN_LIMIT,
    on_failure_callback=RUN_CALLBACK,
    default_args={"owner": "integrationsmonitor", **TASK_CALLBACKS},
    tags=["watch"],
):

    @task(retries=RETRIES, execution_timeout=SHORT_LIMIT)
    def watch():
        """Tell what stands; fails when a channel does."""
        return watch_and_tell(get_current_context())

    watch()
