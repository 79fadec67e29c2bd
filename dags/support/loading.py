"""The task bodies of the DAGs: each calls one function of the package's `night` and tells its story in the log.

In: a dataset id. Out: what `night` returns; events for changed datasets. Refuses: to retry what a retry cannot mend. A
fetch is tried again, and so is a task whose process was killed; everything else fails at once.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import AssetAlias, task
from airflow.sdk.exceptions import AirflowFailException

from support.assets import dataset_asset, unreleased_asset
from support.dataset_ids import DATASET_IDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RETRIES = 2  # how long to wait between them is the environment's business: [core] default_task_retry_delay
LOAD_LIMIT = timedelta(hours=3)  # a first live night asks for decades, with pauses
BUILD_LIMIT = timedelta(hours=2)
SHORT_LIMIT = timedelta(minutes=10)
LOADING: dict[str, Any] = {"retries": RETRIES, "execution_timeout": LOAD_LIMIT, "multiple_outputs": False}
RUN_LIMIT = timedelta(hours=12)  # of a run with its retries: the next night finds the way free


@contextmanager
def only_fetches_again() -> Iterator[None]:
    """Let Airflow retry a fetch error, and fail at once on any other."""
    from integrationsmonitor.errors import FetchError

    try:
        yield
    except (FetchError, AirflowFailException):
        raise
    except Exception as error:
        raise AirflowFailException(f"{type(error).__name__}: {error}") from error


@task(map_index_template="{{ task.op_kwargs['dataset_id'] }}", **LOADING)
def load(dataset_id: str, params: Any = None) -> dict[str, Any]:
    """Fetch, check and land one dataset. A rejected answer fails at once; only a fetch error is worth a retry."""
    from integrationsmonitor import night
    from integrationsmonitor.settings import Settings
    from support.story import reporter, tell_load

    settings = Settings.from_env()
    with only_fetches_again():
        return tell_load(
            settings, night.load(settings, dataset_id, reporter(), everything=bool((params or {}).get("everything")))
        )


def plan_backfill(context: Any) -> list[str]:
    """Note in the journal what a person asked for and why, once per run; returns the datasets."""
    from integrationsmonitor import night
    from integrationsmonitor.settings import Settings

    params, run = context["params"], context["dag_run"]
    with only_fetches_again():
        years = night.years_of(params["first_year"], params["last_year"])
        wish = (sorted(set(params["datasets"])), params["action"], years, params["reason"])
        record = night.note_backfill(Settings.from_env(), *wish, who=run.triggering_user_name, run=run.run_id)
    datasets: list[str] = record["datasets"]
    return datasets


@task(map_index_template="{{ task.op_kwargs['dataset_id'] }}", **LOADING)
def redo(dataset_id: str, params: Any = None) -> dict[str, Any]:
    """Fetch or read one dataset again, as the form of the run says."""
    from integrationsmonitor import night
    from integrationsmonitor.settings import Settings
    from support.story import reporter, tell_load

    settings = Settings.from_env()
    with only_fetches_again():
        years = night.years_of(params["first_year"], params["last_year"])
        return tell_load(settings, night.backfill(settings, dataset_id, params["action"], years, reporter()))


@task(**LOADING)
def load_described() -> list[dict[str, Any]]:
    """Load the tables of the drop folder, which no list knows beforehand; what is refused stands on record."""
    from integrationsmonitor import night
    from integrationsmonitor.settings import Settings
    from support.story import reporter, tell_load

    settings = Settings.from_env()
    with only_fetches_again():
        return [tell_load(settings, result) for result in night.load_described(settings, reporter())]


def announce(dag_id: str, results: Any, described: Any = None) -> Any:
    """Return the task that ends a load DAG: one event per changed dataset, whatever happened to the others.

    `described` are results of datasets that no list knows; they are announced as news outside the datasets.
    """
    alias = AssetAlias(f"{dag_id}_changed")
    listed = {dataset_id for ids in DATASET_IDS.values() for dataset_id in ids}

    @task(task_id="announce", outlets=[alias], retries=RETRIES, execution_timeout=SHORT_LIMIT)
    def emit(
        loaded: Iterable[dict[str, Any] | None],
        found: Iterable[dict[str, Any]] | None = None,
        outlet_events: Any = None,
    ) -> list[str]:
        """Tell build_warehouse which datasets changed, or that something else is new; returns their names."""
        from integrationsmonitor import night
        from integrationsmonitor.settings import Settings
        from support.story import LOG

        changed = [result for result in (*loaded, *(found or ())) if result and result["changed"]]
        for result in changed:
            known = result["dataset"] in listed or found is None
            asset = dataset_asset(result["dataset"]) if known else unreleased_asset()
            outlet_events[alias].add(asset, extra={"rows": result["rows"]})
        names = [result["dataset"] for result in changed]
        if not changed and night.has_news(Settings.from_env()):
            outlet_events[alias].add(unreleased_asset())
            LOG.info("no dataset changed, but there is news that was not released yet: build_warehouse is told")
        else:
            LOG.info("build_warehouse is told of %s", ", ".join(names) or "nothing: there is no news")
        return names

    return emit(results) if described is None else emit(results, described)


def build() -> dict[str, Any]:
    """Build, check and publish; a failed gate is a failed task. A killed one is tried again, and finds what is left."""
    from integrationsmonitor import night
    from integrationsmonitor.settings import Settings
    from support.story import folded, last_build, reporter, tell_build

    settings = Settings.from_env()
    before = last_build(settings)
    try:
        with folded("step by step"):
            outcome = night.build_and_publish(settings, reporter())
    except Exception as error:
        raise AirflowFailException(f"{type(error).__name__}: {error}") from error
    finally:
        tell_build(settings, before)
    if outcome["gate"] == "failed":
        raise AirflowFailException("The gate failed: the candidate is kept for inspection, `current` is untouched.")
    return outcome
