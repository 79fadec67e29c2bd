"""Whatever happens to a publication, the last whole release stays readable, and the next one succeeds."""

from __future__ import annotations

from pathlib import Path

import publication
import pytest


@pytest.mark.parametrize("name", publication.FAULTS)
def test_the_release_before_stays_and_the_next_one_succeeds(name: str, tmp_path: Path) -> None:
    met = list(publication.FAULTS[name](tmp_path / name))
    assert met
    assert {one.fault: one.problem for one in met if one.problem} == {}, [one.said for one in met if one.problem]
