"""The release that the tests of explanations ask, and a copy of it for each."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from explain_support import GAP, OWN, SHARE, Release


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The Ilm-Kreis: a share of 2019, none of 2018, and for 2018 what the Kreis says itself."""
    made = Release(tmp_path_factory.mktemp("written"))
    made.indicator()
    made.variant("fortschreibung", "Fortschreibung, Zensus 2011", 1)
    made.variant("kreisangabe", "Angabe des Kreises", 9, may_default=False, why_de="Die Grundlage ist nicht genannt.")
    later = date(2019, 12, 31)
    share = Decimal("6.2061761334")
    made.value(SHARE, "fortschreibung", later, value=share, numerator=6594, denominator=106249)
    vintage = {"value_id": SHARE, "axis": "source", "status": "value", "unit": "Prozent", "decimals": 1}
    first, second = "2020-07-01 10:00:00", "2021-07-01 10:00:00"
    before = {"value": Decimal("6.3"), "revision_kind": "first", "known_from": first, "known_to": second}
    made.add("mart_indicator_vintage", **vintage, vintage_no=1, **before)
    now = {"value": share, "revision_kind": "correction", "known_from": second}
    made.add("mart_indicator_vintage", **vintage, vintage_no=2, **now)
    at = {"period_end": later}
    made.part(SHARE, "numerator", "n19", "6594", origin_file="wide.csv", origin_sha256="b" * 64,
              origin_locator="line 15, field 60", origin_stand="2020-07-01T12:00:00+02:00", **at)  # fmt: skip
    made.part(SHARE, "denominator", "d19", "106.249", used_value=106249, **at)
    periods = {"period_start": later, **at}
    made.observation("n19", "auslaendisch", 6594, "Fortschreibung_Zensus2011", **periods)
    made.observation("d19", "insgesamt", 106249, "Fortschreibung_Zensus2011", **periods)

    made.value(GAP, "fortschreibung", status="not_recorded", numerator_status="not_recorded",
               denominator_status="not_recorded")  # fmt: skip
    made.value(OWN, "kreisangabe", is_default=False, value=Decimal("6.1126670175"), numerator=6504,
               denominator=106402, basis="Kreisangabe")  # fmt: skip
    own = {"dataset_id": "kreis", "basis": "Kreisangabe", "citation": "Broschüre 2019"}
    made.part(OWN, "numerator", "n18", "6504", measure="auslaender_kreisangabe", **own)
    made.part(OWN, "denominator", "d18", "106402", measure="einwohner_kreisangabe", **own)
    made.observation("n18", "auslaendisch", 6504, "Kreisangabe", dataset_id="kreis", measure="auslaender_kreisangabe")
    made.observation("d18", "insgesamt", 106402, "Kreisangabe", dataset_id="kreis", measure="einwohner_kreisangabe")
    made.observation("e18", "insgesamt", 108742, "Fortschreibung_Zensus2011")
    return made


@pytest.fixture
def release(written: Release, tmp_path: Path) -> Release:
    """A copy of it, to which a test may add."""
    shutil.copytree(written.home, tmp_path / "home", symlinks=True)
    return Release(tmp_path / "home", is_written=True)
