"""The DAG `dbt` in the shape that `compare.py` asks for; it reads the environment that `compare.py` sets."""

import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from airflow.sdk import DAG, task

SHAPE, *OPTIONS = os.environ["DBT_SHAPE"].split("-")
PROJECT = Path(os.environ["DBT_PROJECT"])
ARGUMENTS = {"retries": int("retry" in OPTIONS), "retry_delay": timedelta(seconds=1)}
SELECT = [os.environ["DBT_SELECT"]] if "few" in OPTIONS else []

if SHAPE == "one":
    with DAG("dbt", default_args=ARGUMENTS):

        @task
        def build():
            """Run the project's own call of dbt: one `dbt build` in this process."""
            from integrationsmonitor import warehouse

            some = ["--select", *SELECT] if SELECT else []
            settings, candidate = SimpleNamespace(project=PROJECT.parent), Path(os.environ["MONITOR_CANDIDATE"])
            with warehouse._dbt(settings, candidate) as dbt:
                outcome = dbt(["build", "--exclude-resource-type", "unit_test", *some], warehouse._silent)
            warehouse._raise_on_failure(outcome, "dbt build")

        build()
else:
    from cosmos import DbtDag, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
    from cosmos.constants import ExecutionMode, InvocationMode, LoadMode, TestBehavior

    watcher = SHAPE == "watcher"
    operators = {"install_deps": False, "exclude": "resource_type:unit_test"}
    if watcher:
        operators |= {"deferrable": True, "poke_interval": 1}
    elif "nopool" not in OPTIONS:
        operators["pool"] = "warehouse"
    manifest, profiles = PROJECT / "target" / "manifest.json", PROJECT / "profiles.yml"
    dag = DbtDag(
        dag_id="dbt",
        project_config=ProjectConfig(PROJECT, manifest_path=manifest, install_dbt_deps=False),
        profile_config=ProfileConfig("integrationsmonitor", "candidate", profiles_yml_filepath=profiles),
        execution_config=ExecutionConfig(
            execution_mode=ExecutionMode.WATCHER if watcher else ExecutionMode.LOCAL,
            invocation_mode=InvocationMode.DBT_RUNNER,
        ),
        render_config=RenderConfig(
            load_method=LoadMode.DBT_LS if "ls" in OPTIONS else LoadMode.DBT_MANIFEST,
            test_behavior=TestBehavior.BUILD if SHAPE == "build" else TestBehavior.AFTER_EACH,
            should_detach_multiple_parents_tests=not watcher,  # else they run with the first parent, before the second
            select=SELECT,
            exclude=["resource_type:unit_test"],  # for the watcher's build, whose own `exclude` is replaced by this
        ),
        operator_args=operators,
        default_args=ARGUMENTS,
    )
