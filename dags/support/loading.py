"""The task bodies of the load DAGs and of the build: each calls one function of the package's `night`.

In: a dataset id. Out: what `night.load` returns; events for changed datasets. Refuses: to retry anything but a fetch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import AssetAlias, task
from airflow.sdk.exceptions import AirflowFailException

from support.assets import dataset_asset, unreleased_asset
from support.dataset_ids import DATASET_IDS

if TYPE_CHECKING:
    from collections.abc import Iterable

FETCH_RETRIES = 2  # how long to wait between them is the environment's business: [core] default_task_retry_delay


@task(retries=FETCH_RETRIES, multiple_outputs=False, map_index_template="{{ task.op_kwargs['dataset_id'] }}")
def load(dataset_id: str) -> dict[str, Any]:
    """Fetch, check and land one dataset. A rejected answer fails at once; only a fetch error is worth a retry."""
    from integrationsmonitor import night
    from integrationsmonitor.errors import FetchError
    from integrationsmonitor.progress import default_reporter
    from integrationsmonitor.settings import Settings

    try:
        return night.load(Settings.from_env(), dataset_id, default_reporter())
    except FetchError:
        raise
    except Exception as error:
        raise AirflowFailException(f"{type(error).__name__}: {error}") from error


@task(retries=FETCH_RETRIES, multiple_outputs=False)
def load_described() -> list[dict[str, Any]]:
    """Load the tables of the drop folder, which no list knows beforehand; what is refused stands on record."""
    from integrationsmonitor import night
    from integrationsmonitor.progress import default_reporter
    from integrationsmonitor.settings import Settings

    try:
        return night.load_described(Settings.from_env(), default_reporter())
    except Exception as error:
        raise AirflowFailException(f"{type(error).__name__}: {error}") from error


def announce(group: str, results: Any, described: Any = None) -> Any:
    """Return the task that ends a load DAG: one event per changed dataset, whatever happened to the others.

    `described` are results of datasets that no list knows; they are announced as news outside the datasets.
    """
    alias = AssetAlias(f"load_{group}_changed")
    listed = {dataset_id for ids in DATASET_IDS.values() for dataset_id in ids}

    @task(task_id="announce", outlets=[alias], retries=1)
    def emit(
        loaded: Iterable[dict[str, Any] | None],
        found: Iterable[dict[str, Any]] | None = None,
        outlet_events: Any = None,
    ) -> list[str]:
        from integrationsmonitor import night
        from integrationsmonitor.settings import Settings

        changed = [result for result in (*loaded, *(found or ())) if result and result["changed"]]
        for result in changed:
            known = result["dataset"] in listed or found is None
            asset = dataset_asset(result["dataset"]) if known else unreleased_asset()
            outlet_events[alias].add(asset, extra={"rows": result["rows"]})
        if not changed and night.has_news(Settings.from_env()):
            outlet_events[alias].add(unreleased_asset())
        return [result["dataset"] for result in changed]

    return emit(results) if described is None else emit(results, described)


def build() -> dict[str, Any]:
    """Build, check and publish; a failed gate is a failed task."""
    from integrationsmonitor import night
    from integrationsmonitor.progress import default_reporter
    from integrationsmonitor.settings import Settings

    try:
        outcome = night.build_and_publish(Settings.from_env(), default_reporter())
    except Exception as error:
        raise AirflowFailException(f"{type(error).__name__}: {error}") from error
    if outcome["gate"] == "failed":
        raise AirflowFailException("The gate failed: the candidate is kept for inspection, `current` is untouched.")
    return outcome
