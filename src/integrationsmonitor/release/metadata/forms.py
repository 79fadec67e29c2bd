"""What the four forms of a table are called where files are listed: by people, by IANA, in the EU's list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """A form: its German name, its format, its media type, its entry in the EU's list."""

    title_de: str
    format: str
    media_type: str
    file_type: str


FORMS = {
    "parquet": Form("Parquet", "parquet", "application/vnd.apache.parquet", "PARQUET"),
    "csv": Form("CSV für Programme", "csv", "text/csv", "CSV"),
    "excel-csv": Form("CSV für Tabellenprogramme", "csv", "text/csv", "CSV"),
    "xlsx": Form("XLSX", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
}
