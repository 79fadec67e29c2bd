"""The assets by which loads tell the build what changed: one per dataset, and one for news outside the datasets."""

from airflow.sdk import Asset

from support.dataset_ids import DATASET_IDS


def dataset_asset(dataset_id: str) -> Asset:
    """Return the asset of one dataset's landed rows."""
    return Asset(name=f"landing_{dataset_id}", uri=f"monitor://landing/{dataset_id}")


def unreleased_asset() -> Asset:
    """Return the asset of news that no dataset of the night brought: new code, or a build that did not end."""
    return Asset(name="unreleased_state", uri="monitor://unreleased")


def all_assets() -> list[Asset]:
    """Return every asset on which the build is scheduled."""
    return [dataset_asset(i) for ids in DATASET_IDS.values() for i in ids] + [unreleased_asset()]
