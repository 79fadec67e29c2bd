"""A small landing for the dbt project's tests: observations and deliveries written down by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from integrationsmonitor import observation
from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.catalog_indicators import load_indicators
from integrationsmonitor.catalog_tables import arrow_table, catalog_tables
from integrationsmonitor.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]

NEUTRAL: dict[str, Any] = {
    "region_key": "16",
    "period_type": "stichtag",
    "sex": "insgesamt",
    "nationality": "insgesamt",
    "citizenship_key": "insgesamt",
    "citizenship_scheme": "",
    "age_group": "insgesamt",
    "dimensions": "",
    "value": None,
    "sign": None,
    "printed": None,
    "status": "value",
    "quality": None,
    "unit": "Anzahl",
    "place": "none",
    "raw_locator": "line 1",
}


def settings_for(home: Path) -> Settings:
    """Settings of a recorded home, the way the environment gives them."""
    return Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(home), "MONITOR_PROJECT": str(PROJECT)})


@dataclass
class Landing:
    """A landing under construction; `write` lays the files down."""

    home: Path
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    as_of: datetime | None = None
    files: list[tuple[str, str, str, list[dict[str, Any]]]] = field(default_factory=list)

    def answer(
        self,
        dataset_id: str,
        rows: list[dict[str, Any]],
        *,
        raw: str,
        known: datetime,
        parse: str = "p0",
        parse_seq: int = 0,
        current: bool = True,
        scope: tuple[date, date] = (date(1990, 1, 1), date(2030, 12, 31)),
        recorded: datetime | None = None,
        parsed: datetime | None = None,
    ) -> None:
        """One accepted answer (in one parse): the rows are observations without the neutral fields."""
        self.files.append((dataset_id, raw, parse, [_row(dataset_id, raw, parse, row) for row in rows]))
        self.deliveries.append(
            {
                "dataset_id": dataset_id,
                "raw_sha256": raw,
                "parse_key": parse,
                "parse_seq": parse_seq,
                "is_current_parse": current,
                "delivery_seq": len({d["raw_sha256"] for d in self.deliveries} | {raw}),
                "source_known_from": known,
                "known_from_quality": "source_stand",
                "recorded_at": recorded or datetime(2026, 11, 22, 1, 15),
                "parsed_at": parsed or recorded or datetime(2026, 11, 22, 1, 15),
                "scope_from": scope[0],
                "scope_to": scope[1],
                "layout": "ffcsv",
                "url": "",
                "filename": f"{raw}.csv",
                "retrieved_at": recorded or datetime(2026, 11, 22, 1, 15),
            }
        )

    def write(self) -> dict[str, pa.Table]:
        """Write the Parquet files; returns the inputs of a build."""
        folder = self.home / "landing" / "obs"
        folder.mkdir(parents=True, exist_ok=True)
        schema = observation.schema(observation.COLUMNS + observation.STATED)
        pq.write_table(schema.empty_table(), folder / "_schema.parquet")
        for dataset_id, raw, parse, rows in self.files:
            (folder / dataset_id).mkdir(exist_ok=True)
            pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / dataset_id / f"{raw}-{parse}.parquet")
        catalog = load_catalog(PROJECT / "catalog")
        tables = catalog_tables(catalog, load_indicators(catalog))
        return tables | {
            "delivery": arrow_table("delivery", self.deliveries),
            "origin": arrow_table("origin", []),
            "withdrawal": arrow_table("withdrawal", []),
            "confidential": arrow_table("confidential", []),
            "as_of": arrow_table("as_of", [{"moment": self.as_of}]),
            "publication": arrow_table("publication", []),
            "run": arrow_table("run", []),
        }


def _row(dataset_id: str, raw: str, parse: str, given: dict[str, Any]) -> dict[str, Any]:
    row = NEUTRAL | given | {"dataset_id": dataset_id, "raw_sha256": raw, "parse_key": parse}
    row.setdefault("period_start", row["period_end"])
    row.setdefault("territory_date", row["period_end"])
    row.setdefault("basis", "Vollerhebung")
    key = row["region_key"]
    row.setdefault("region_level", "bund" if key == "DG" else "land" if len(key) == 2 else "kreis")
    if row["value"] is not None:
        row["value"] = Decimal(str(row["value"]))
    return row
