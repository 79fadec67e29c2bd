"""R and GDAL (which QGIS reads with) open a release as docs/bi.md says."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from offices_support import held

pytestmark = pytest.mark.offices
Program = Callable[[str], str]


def told(*command: str) -> str:
    result = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_r_reads_the_csv_with_keys_as_text(exports: Path, program: Program, tmp_path: Path) -> None:
    script = tmp_path / "lesen.R"
    script.write_text(
        f"""werte <- read.csv("{exports}/csv/mart_indicator.csv", fileEncoding = "UTF-8", na.strings = "",
            colClasses = c(region_key = "character", value = "numeric"))
        cat(nrow(werte), sum(!is.na(werte$value)), format(sum(werte$value, na.rm = TRUE), digits = 12), "\\n")
        cat(sort(unique(werte$region_key))[1:3], "\\n")
        deutsch <- read.csv2("{exports}/excel-csv/mart_indicator.csv", fileEncoding = "UTF-8-BOM", na.strings = "",
            check.names = FALSE, colClasses = c("Regionalschlüssel" = "character"))
        cat(nrow(deutsch), format(sum(deutsch[["Wert"]], na.rm = TRUE), digits = 12), "\\n")
        """,
        encoding="utf-8",
    )
    counts, keys, german = told(program("Rscript"), "--vanilla", "--encoding=UTF-8", str(script)).splitlines()
    rows = held(exports, "mart_indicator", "region_key, value")
    values = [value for _, value in rows if value is not None]
    assert [int(number) for number in counts.split()[:2]] == [len(rows), len(values)]
    assert float(counts.split()[2]) == pytest.approx(float(sum(values)), rel=1e-10)
    assert keys.split() == sorted({key for key, _ in rows})[:3]
    assert [float(number) for number in german.split()] == pytest.approx([len(rows), float(sum(values))], rel=1e-10)


def fields(listing: str) -> dict[str, str]:
    """Types by field, as `ogrinfo -so` lists them below the geometry."""
    found = re.findall(r"(?m)^(\S[^:\n]*): (String|Real|Integer|Integer64|Date|DateTime)\b", listing)
    return dict(found)


def test_gdal_reads_the_workbook_with_keys_as_text_and_numbers_as_numbers(exports: Path, program: Program) -> None:
    """QGIS reads XLSX through GDAL: the key must stay a text, or no Kreis would join its polygon."""
    path = str(exports / "xlsx" / "mart_indicator_latest.xlsx")
    types = fields(told(program("ogrinfo"), "-so", path, "Daten"))
    assert (types["Regionalschlüssel"], types["Wert"]) == ("String", "Real")
    features = json.loads(told(program("ogr2ogr"), "-f", "GeoJSON", "/vsistdout/", path, "Daten"))["features"]
    rows = held(exports, "mart_indicator_latest", "region_key, value")
    assert [feature["properties"]["Regionalschlüssel"] for feature in features] == [key for key, _ in rows]
    assert [feature["properties"].get("Wert") for feature in features] == [
        None if value is None else pytest.approx(float(value), rel=1e-14) for _, value in rows
    ]


def test_gdal_reads_the_machine_csv_with_all_texts_where_types_are_not_guessed(exports: Path, program: Program) -> None:
    path = str(exports / "csv" / "mart_indicator_latest.csv")
    listing = told(program("ogrinfo"), "-so", path, "mart_indicator_latest")
    assert set(fields(listing).values()) == {"String"}
    assert f"Feature Count: {len(held(exports, 'mart_indicator_latest'))}" in listing
