"""A release of a few rows, written by hand, which the tests of explanations ask."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from integrationsmonitor import archive
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.explain import Question, explain, lines
from integrationsmonitor.settings import Settings

RELEASE = "20261122T011500Z-0123abcd"
END = date(2018, 12, 31)
TABLES = {
    "meta_release": "release_id, source_mode, notice_de",
    "dim_region": "region_key, region_name, valid_to date, successor_key",
    "dim_group": "group_key, label_de",
    "dim_period": "period_type, period_start date, period_end date, label_de",
    "dim_dataset": "dataset_id, title_de",
    "dim_indicator": "indicator_id, name_de, numerator_de, denominator_de, formula_de, unit, decimals integer, "
    "definition_version integer, pitfalls_de, availability, missing_de",
    "dim_indicator_variant": "indicator_id, variant, label_de, priority integer, group_key, "
    "may_default boolean, why_de, missing, missing_de, method",
    "mart_indicator": "value_id, indicator_id, variant, territory, territory_date date, region_key, period_type, "
    "period_start date, period_end date, group_key, is_default boolean, region_name, region_level, "
    "value decimal(28,10), value_low decimal(28,10), value_high decimal(28,10), numerator decimal(24,6), "
    "denominator decimal(24,6), numerator_date date, denominator_date date, numerator_status, denominator_status, "
    "unit, decimals integer, status, method, basis, place, flags",
    "mart_indicator_vintage": "value_id, axis, vintage_no integer, value decimal(28,10), status, revision_kind, "
    "known_from timestamp, known_to timestamp, unit, decimals integer",
    "mart_provenance": "value_id, role, part_no integer, observation_id, is_part_of_sum boolean, dataset_id, measure, "
    "region_key, period_end date, basis, used_value decimal(18,6), status, printed, raw_sha256, raw_locator, "
    "weight decimal(18,15) default 1, weight_quality varchar default 'exact', weight_kind, step_ids, "
    "raw_column, filename, url, retrieved_at timestamp, source_known_from timestamp, known_from_quality, "
    "recorded_at timestamp, licence_id, licence_url, attribution, citation, origin_file, origin_sha256, "
    "origin_locator, origin_stand",
    "fct_observation": "observation_id, dataset_id, measure, nationality, sex, age_group, citizenship_key, dimensions, "
    "region_key, period_start date, period_end date, basis, value decimal(18,6)",
    "mart_correction": "correction_id, observation_id, action, printed_value decimal(18,6), "
    "published_value decimal(18,6), reason_de, is_applied boolean",
    "mart_withdrawal": "value_id, reason_de",
    "mart_indicator_change": "value_id, measure, value decimal(28,10), value_low decimal(28,10), "
    "value_high decimal(28,10), unit, is_within_rounding boolean, compared_value_id, n_compared integer, reason",
    "dim_break": "break_id, text_de",
    "dim_region_version": "region_key, version_no integer, step_id, text_de, source_de",
}
Row = dict[str, Any]
SHARE, GAP, OWN = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"


class Release:
    """A release written by hand: whole rows of a few columns."""

    def __init__(self, home: Path, *, is_written: bool = False) -> None:
        self.home = home
        self.settings = Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(home)})
        folder = self.settings.releases / RELEASE
        self.file = folder / "warehouse.duckdb"
        if not is_written:
            self._write(folder)

    def _write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "release.json").write_text(json.dumps({"release_id": RELEASE, "sequence": 1}), encoding="utf-8")
        self.settings.current.symlink_to(Path("releases") / RELEASE)
        with duckdb.connect(str(self.file)) as con:
            for table, columns in TABLES.items():
                typed = (column if " " in column else f"{column} varchar" for column in columns.split(", "))
                con.execute(f"create table {table} ({', '.join(typed)})")
        notice = "Aufgezeichnete Daten, kein Live-Abruf"
        self.add("meta_release", release_id=RELEASE, source_mode="recorded", notice_de=notice)
        for key, name in (("16070", "Ilm-Kreis"), ("16051", "Erfurt"), ("16", "Thüringen")):
            self.add("dim_region", region_key=key, region_name=name)
        self.add("dim_group", group_key="auslaender", label_de="Personen ohne deutsche Staatsangehörigkeit")
        self.add("dim_dataset", dataset_id="amt", title_de="Bevölkerung")
        self.add("dim_dataset", dataset_id="kreis", title_de="Angaben der Kreise")

    def add(self, table: str, **row: Any) -> None:
        with duckdb.connect(str(self.file)) as con:
            marks = ", ".join("?" * len(row))
            con.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))

    def indicator(self, indicator_id: str = "A01", formula: str = "Zähler ÷ Nenner × 100", **changes: Any) -> None:
        row = {"name_de": "Ausländeranteil", "unit": "Prozent", "decimals": 1, "availability": "computed"} | changes
        row = {"pitfalls_de": "Die Grundlage wechselt."} | row
        self.add("dim_indicator", indicator_id=indicator_id, formula_de=formula, **row)

    def variant(self, key: str, label: str, priority: int, indicator_id: str = "A01", **more: Any) -> None:
        row = {"indicator_id": indicator_id, "variant": key, "label_de": label, "priority": priority}
        self.add("dim_indicator_variant", **(row | {"group_key": "auslaender", "may_default": True} | more))

    def value(self, value_id: str, variant: str, end: date = END, region: str = "16070", **changes: Any) -> None:
        row: Row = {
            "value_id": value_id, "indicator_id": "A01", "variant": variant, "territory": "as_published",
            "territory_date": end, "region_key": region, "period_type": "stichtag", "period_start": end,
            "period_end": end, "group_key": "auslaender", "is_default": True, "region_name": "Ilm-Kreis",
            "region_level": "kreis", "unit": "Prozent", "decimals": 1, "status": "value", "method": "computed",
            "basis": "Fortschreibung_Zensus2011", "place": "Wohnort", "flags": "", "numerator_date": end,
            "denominator_date": end,
        }  # fmt: skip
        self.add("mart_indicator", **(row | changes))

    def observation(self, key: str, nationality: str, value: int, basis: str, **changes: Any) -> None:
        row: Row = {
            "observation_id": key, "dataset_id": "amt", "measure": "bevoelkerung", "nationality": nationality,
            "sex": "insgesamt", "age_group": "insgesamt", "citizenship_key": "insgesamt", "dimensions": "",
            "region_key": "16070", "period_start": END, "period_end": END, "basis": basis, "value": value,
        }  # fmt: skip
        self.add("fct_observation", **(row | changes))

    def part(self, value_id: str, role: str, key: str, printed: str | None, **changes: Any) -> None:
        number = (printed or "").replace(",", ".")
        row: Row = {
            "value_id": value_id, "role": role, "part_no": 1, "observation_id": key, "is_part_of_sum": False,
            "dataset_id": "amt", "measure": "bevoelkerung", "region_key": "16070", "period_end": END,
            "basis": "Fortschreibung_Zensus2011", "status": "value", "printed": printed, "raw_sha256": "a" * 64,
            "used_value": Decimal(number) if number.replace(".", "").isdecimal() else None,
            "raw_locator": "line 7, field 18", "raw_column": "value", "filename": "t_flat.csv",
            "url": "https://host.example/data", "retrieved_at": "2026-11-22 01:15:00",
            "source_known_from": "2019-08-01 22:30:00", "known_from_quality": "source_stand",
            "recorded_at": "2026-11-22 01:15:00", "licence_id": "dl-de/by-2-0", "attribution": "© Amt, Tabelle t",
        }  # fmt: skip
        self.add("mart_provenance", **(row | changes))

    def decide(self, event: str, value_id: str, reason: str = "Zähler verwechselt.") -> None:
        """A decision of the journal, after the release was made."""
        decision = {"event": event, "value_id": value_id, "reason": reason, "who": "x", "what": {}}
        archive.journal(self.settings, decision)

    def explain(self, *question: str, **named: str) -> dict[str, Any]:
        facts = explain(self.settings, Question(*question, **named))
        json.dumps(facts)
        return facts

    def text(self, *question: str, **named: str) -> str:
        shown = list(lines(self.explain(*question, **named)))
        assert max(map(len, shown)) <= 120
        return " ".join(" ".join(shown).split())

    def refused(self, *question: str, **named: str) -> str:
        with pytest.raises(ConfigError) as raised:
            self.explain(*question, **named)
        assert "\n" not in str(raised.value)
        return str(raised.value)
