"""What lies in the folder of the exports.

Comes in: the tables that left. Goes out: latest.json, README.txt, checksums.txt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor.files import Digests, listed
from integrationsmonitor.release.tables import Table

if TYPE_CHECKING:
    from integrationsmonitor.release.exports import Exported

CHECKSUMS, LATEST, README = "checksums.txt", "latest.json", "README.txt"


def write_latest(target: Path, heading: Mapping[str, str], exported: Sequence[Exported]) -> None:
    """latest.json: release, mode and files with checksums, for programs."""
    tables = [
        {
            "table": entry.table.name,
            "title_de": entry.title,
            "rows": entry.table.rows,
            "columns": [
                {"name": column.name, "type": column.type, "header_de": entry.headers[column.name]}
                for column in entry.table.columns
            ],
            "files": [
                {
                    "form": file.form,
                    "path": file.path,
                    "bytes": file.bytes,
                    "sha256": file.sha256,
                    **({"made_from": file.made_from} if file.made_from else {}),
                }
                for file in entry.files
            ],
        }
        for entry in exported
    ]
    body: dict[str, Any] = {**heading, "tables": tables}
    (target / LATEST).write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_checksums(target: Path, digests: Digests) -> None:
    """checksums.txt: SHA-256 of every file below the folder, as `sha256sum --check` reads them."""
    lines = [f"{file['sha256']}  {file['path']}\n" for file in listed(target, digests) if file["path"] != CHECKSUMS]
    (target / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def write_readme(target: Path, facts: Mapping[str, str], exported: Sequence[Exported]) -> None:
    """README.txt, German, for somebody who opens the folder in a file manager."""
    widest = max(len(entry.table.name) for entry in exported)
    tables = "\n".join(
        f"  {entry.table.name:<{widest}} {entry.table.rows:>7} {_rows(entry.table)}   {entry.title}"
        for entry in exported
    )
    without = ", ".join(entry.table.name for entry in exported if entry.path("xlsx") is None)
    text = f"""Integrationsmonitor Thüringen: Tabellen dieser Veröffentlichung
================================================================

{facts["notice_de"]}
Veröffentlichung, Zeitpunkt und Prüfsummen stehen in latest.json, die Herkunft jeder Zahl in der Spalte dataset_ids
und in dim_dataset (dort auch Lizenz und Quellenangabe, die beim Weiterverwenden zu nennen ist).

Jede Tabelle liegt mehrmals vor:

  xlsx/       für Büros: Deckblatt mit Quellen und Lizenzen, Hinweise, Daten, Datenlexikon.
              Nicht als XLSX: {without or "–"}.
  excel-csv/  für Excel und LibreOffice: UTF-8, Trennzeichen Semikolon, Dezimalkomma, Datum als JJJJ-MM-TT.
              Öffnen per Doppelklick; Schlüssel mit führender Null (01 bis 09) beim Import als Text einlesen
              oder die XLSX-Datei nehmen, in der sie Text sind.
              Ein Apostroph am Anfang eines Textes verhindert, dass er als Formel gelesen wird.
  csv/        für Programme: UTF-8, Trennzeichen Komma, Dezimalpunkt, technische Spaltennamen.
  parquet/    für Programme (pandas, polars, R, DuckDB, Power BI): mit Datentypen, ungerundet.

Was jede Spalte bedeutet, sagt datenlexikon.html (im Browser, mit Suche) und datenlexikon.csv (für Excel).
Wer zu nennen ist, steht je Tabelle zum Kopieren in LIZENZEN.md; was jede Veröffentlichung geändert hat, in
CHANGELOG.md. Für Programme und Datenportale: datapackage.json, dcat.ttl, dcat.jsonld.
Fertige Fragen an die DuckDB-Datei der Veröffentlichung stehen in queries/.

Ein leeres Feld heißt: kein Wert. Warum, sagt die Spalte "status" (z. B. secret = geheim gehalten).
Anteile stehen in Prozent (6,21 heißt 6,21 %). Zeiträume schließen ersten und letzten Tag ein.

In mart_indicator steht jeder Wert mehrmals: wie veröffentlicht (territory = as_published) und umgerechnet auf feste
Gebietsstände (territory = harmonised, der Tag steht in territory_date). Immer nur eines davon nehmen und zählen.

Prüfsummen: sha256sum --check checksums.txt

Tabellen
--------
{tables}
"""
    (target / README).write_text(text, encoding="utf-8")


def _rows(table: Table) -> str:
    return "Zeile " if table.rows == 1 else "Zeilen"
