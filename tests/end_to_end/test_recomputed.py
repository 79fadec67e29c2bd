"""Every published value of twelve indicators, computed a second time out of the raw files, without our own code."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import recomputed

from night_support import PROJECT, Night

INDICATORS = ("A00", "A01", "A02", "A03", "A07", "B01", "E01", "E02", "E03", "E10", "E12", "F01")


@pytest.fixture(scope="module")
def ours(recorded_home: Night) -> dict[recomputed.Key, Decimal]:
    """What the release says: as published, every variant, the default or not."""
    rows = recorded_home.query(
        "select indicator_id, variant, region_key, cast(period_end as varchar), value from mart_indicator "
        f"where indicator_id in {INDICATORS} and territory = 'as_published' and value is not null"
    )
    values = {(indicator, variant, region, day): value for indicator, variant, region, day, value in rows}
    assert len(values) == len(rows)
    return values


@pytest.fixture(scope="module")
def theirs() -> dict[recomputed.Key, Decimal]:
    return recomputed.compute(PROJECT / "recordings", PROJECT / "catalog" / "local")


@pytest.mark.parametrize("indicator", INDICATORS)
def test_a_second_computation_finds_the_same_values_and_no_other(
    indicator: str, ours: dict[recomputed.Key, Decimal], theirs: dict[recomputed.Key, Decimal]
) -> None:
    published = {key: value for key, value in ours.items() if key[0] == indicator}
    computed = {key: value for key, value in theirs.items() if key[0] == indicator}
    assert sorted(published.keys() - computed.keys()) == []
    assert sorted(computed.keys() - published.keys()) == []
    assert {key: (published[key], computed[key]) for key in published if published[key] != computed[key]} == {}
    assert published


def test_the_second_computation_shares_no_code_with_the_first() -> None:
    with Path(recomputed.__file__).open(encoding="utf-8") as source:
        imports = [line for line in source if line.startswith(("import ", "from "))]
    assert imports
    assert not [line for line in imports if "integrationsmonitor" in line or "night_support" in line]
