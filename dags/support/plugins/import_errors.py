"""Airflow plugin: its DAG processor says at once that a timetable cannot be imported, whichever it is.

`make up` names this folder as Airflow's plugins folder. `watch_sources` finds the same errors each morning, but not
when it is itself the broken file.
"""

import sys

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin


@hookimpl
def on_new_dag_import_error(filename, stacktrace):
    """Tell it; what cannot be sent is tried again in the morning."""
    from support.alerts import tell_import_error

    tell_import_error(filename, stacktrace)


class ImportErrorAlerts(AirflowPlugin):
    """Registers this module as a listener."""

    name = "import_error_alerts"
    listeners = [sys.modules[__name__]]  # noqa: RUF012  the plugin's interface
