"""A dataset and an indicator are two entries in YAML, and nothing else: no code, no SQL, no list somewhere else."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

from night_support import PROJECT, SMALL, Night, edit_yaml, small_catalog

NEW = "regio_13211_01_03_4"
LONG_TERM = {
    "id": "E14",
    "name_de": "Anteil der Langzeitarbeitslosen an den Arbeitslosen",
    "name_en": "Long-term unemployed as a share of the unemployed",
    "dimension": "Kontext",
    "handlungsfeld": "Ausbildung und Arbeitsmarkt",
    "numerator_de": "Langzeitarbeitslose, Jahresdurchschnitt",
    "denominator_de": "Arbeitslose insgesamt, Jahresdurchschnitt",
    "formula_de": "Zähler ÷ Nenner × 100",
    "unit": "Prozent",
    "decimals": 1,
    "direction": "niedriger_besser",
    "periodicity": "jährlich",
    "reference_point": "Jahresdurchschnitt",
    "definition_version": 1,
    "references": {"intmk": "", "inkar": "", "lsn": ""},
    "pitfalls_de": ["Die Tabelle nennt Langzeitarbeitslose nicht nach Staatsangehörigkeit."],
    "variants": [
        {
            "key": "jahresdurchschnitt",
            "label_de": "Jahresdurchschnitt",
            "group": "insgesamt",
            "formula": "ratio",
            "factor": 100,
            "numerator": {
                "datasets": [NEW],
                "measure": "arbeitslose",
                "dimensions": "personengruppe=langzeitarbeitslos",
            },
            "denominator": {"datasets": [NEW], "measure": "arbeitslose"},
        }
    ],
}


def test_a_dataset_and_an_indicator_are_added_with_two_yaml_files(tmp_path: Path) -> None:
    """Ilm-Kreis 2016: 1,426 of 3,902 unemployed people; 2015: 1,438 of 4,274 (13211-01-03-4)."""
    # what is known of errors in the source's own sums stays: the figures are the real ones
    catalog = small_catalog(tmp_path / "catalog", (*SMALL, NEW))
    (catalog / "datasets" / f"{NEW}.yml").unlink()
    files_before = {file: file.read_bytes() for file in catalog.rglob("*") if file.is_file()}

    shutil.copy2(PROJECT / "catalog" / "datasets" / f"{NEW}.yml", catalog / "datasets")

    def add(raw: dict[str, Any]) -> None:
        raw["indicators"].append(LONG_TERM)

    edit_yaml(catalog / "indicators.yml", add)
    changed = [file for file in catalog.rglob("*") if file.is_file() and files_before.get(file) != file.read_bytes()]
    assert sorted(file.name for file in changed) == ["indicators.yml", f"{NEW}.yml"]

    night = Night(tmp_path / "home").with_(catalog=catalog)
    outcome = night.monitor("run")
    assert outcome.code == 0, outcome.err[-3000:]
    values = night.query(
        "select year(period_end), numerator, denominator, value from mart_indicator where indicator_id = 'E14' "
        "and region_key = '16070' and territory = 'as_published' and year(period_end) >= 2015 order by all"
    )
    assert [row[:3] for row in values] == [(2015, 1438, 4274), (2016, 1426, 3902)]
    assert abs(values[1][3] - Decimal(142600) / Decimal(3902)) < Decimal("0.000001")
    ((change, reason),) = night.query(
        "select change_previous_year, change_previous_year_reason from mart_indicator_wide where indicator_id = 'E14' "
        "and region_key = '16070' and territory = 'as_published' and year = 2016"
    )
    assert abs(change - (Decimal(142600) / 3902 - Decimal(143800) / 4274)) < Decimal("0.000001")
    assert reason is None
    covered = night.query(
        "select availability, years_de, next_publication from mart_coverage where indicator_id = 'E14'"
    )
    assert covered == [("computed", "2001–2016", covered[0][2])]
    assert covered[0][2] is not None
