"""Airflow plugin: its DAG processor says at once that a timetable cannot be imported, whichever it is.

`make up` names this folder as Airflow's plugins folder. `watch_sources` finds the same errors each morning, but not
when it is itself the broken file. The telling is a process of its own: a mail server that hangs must not hold the DAG
processor, and what it would import here, all later readings of the timetables would inherit, old code included.
"""

import subprocess
import sys

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin


@hookimpl
def on_new_dag_import_error(filename, stacktrace):
    """Start telling it, and go on; what cannot be sent is tried again in the morning."""
    command = [sys.executable, "-m", "support.alerts", str(filename)]
    teller = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)  # noqa: S603  no foreign words in it
    with teller.stdin as pipe:
        pipe.write(stacktrace)


class ImportErrorAlerts(AirflowPlugin):
    """Registers this module as a listener."""

    name = "import_error_alerts"
    listeners = [sys.modules[__name__]]  # noqa: RUF012  the plugin's interface
