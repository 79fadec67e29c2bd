"""Corrections of known errors: what stands in the catalogue is whole, and a mistake names file, id, key and fix."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.catalog_corrections import Correction, load_corrections
from integrationsmonitor.catalog_indicators import load_indicators
from integrationsmonitor.catalog_tables import catalog_tables
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.observation import STATUSES, WITHHELD

CATALOG = Path(__file__).resolve().parents[1] / "catalog"
Entry = dict[str, Any]
Edit = Callable[[Entry], object]

OVERRIDE: Entry = {
    "id": "erfurt-2019",
    "dataset": "regio_12411_03_03_4",
    "cells": {
        "measures": ["bevoelkerung"],
        "regions": ["16051"],
        "period_from": date(2019, 12, 31),
        "period_to": date(2019, 12, 31),
        "sex": "insgesamt",
        "nationality": "auslaendisch",
        "age_group": "insgesamt",
        "basis": "Fortschreibung_Zensus2011",
    },
    "action": "override",
    "value": 12345.5,
    "expect": 123455,
    "reason_de": "Die Quelle hat eine Ziffer verdoppelt.",
    "reported": {"to": "Landesamt für Statistik", "date": date(2026, 11, 1)},
    "status": "open",
}


def load(folder: Path, *entries: Entry) -> tuple[Correction, ...]:
    """Write these corrections into a copy of the catalogue and read them."""
    shutil.copytree(CATALOG, folder)
    (folder / "corrections.yml").write_text(
        yaml.safe_dump({"corrections": list(entries)}, allow_unicode=True), encoding="utf-8"
    )
    return load_corrections(load_catalog(folder))


def changed(edit: Edit) -> Entry:
    entry: Entry = {**OVERRIDE, "cells": {**OVERRIDE["cells"]}}
    edit(entry)
    return entry


def test_the_doubtful_employees_of_2019_are_the_first_correction() -> None:
    first = load_corrections(load_catalog(CATALOG))[0]
    assert (first.id, first.dataset, first.action, first.flag) == (
        *("svb-wohnort-2019", "regio_13111_02_02_4", "flag", "doubtful_source"),
    )
    assert (first.cells.region_prefix, first.cells.period_from, first.cells.period_to) == (
        *("16", date(2019, 6, 30), date(2019, 6, 30)),
    )
    assert first.cells.measures == first.cells.regions == ("*",)
    assert first.reported_to is None
    assert first.not_reported_de


def test_an_override_keeps_its_number_exactly(tmp_path: Path) -> None:
    (correction,) = load(tmp_path / "catalog", OVERRIDE)
    assert (correction.value, correction.expect_value, correction.expect_sign) == (Decimal("12345.5"), 123455, None)
    assert (correction.reported_to, correction.reported_at) == ("Landesamt für Statistik", date(2026, 11, 1))


def test_an_override_may_expect_a_sign(tmp_path: Path) -> None:
    (correction,) = load(tmp_path / "catalog", {**OVERRIDE, "expect": "."})
    assert (correction.expect_value, correction.expect_sign) == (None, ".")


def test_no_correction_at_all_is_fine(tmp_path: Path) -> None:
    assert load(tmp_path / "catalog") == ()


def test_every_measure_and_region_that_is_named_becomes_a_row(tmp_path: Path) -> None:
    two = {"measures": ["bevoelkerung"], "regions": ["16051", "16052"]}
    days = {"period_from": date(2019, 1, 1), "period_to": date(2019, 12, 31)}
    entry = {name: value for name, value in OVERRIDE.items() if name not in ("value", "expect")}
    load(tmp_path / "catalog", {**entry, "action": "drop", "cells": {**two, **days}})
    catalog = load_catalog(tmp_path / "catalog")
    tables = catalog_tables(catalog, load_indicators(catalog))
    cells = tables["catalog_correction_cells"].to_pylist()
    assert [(row["measure"], row["region_key"], row["sex"]) for row in cells] == [
        ("bevoelkerung", "16051", "*"),
        ("bevoelkerung", "16052", "*"),
    ]
    (row,) = tables["catalog_correction"].to_pylist()
    assert (row["correction_id"], row["correction_seq"], row["action"], row["value"]) == (
        "erfurt-2019",
        1,
        "drop",
        None,
    )


MISTAKES: list[tuple[str, Edit, str]] = [
    (
        "an unknown dataset",
        lambda c: c.update(dataset="regio_9"),
        "erfurt-2019.dataset: 'regio_9' is not a dataset; known",
    ),
    (
        "an unknown measure",
        lambda c: c["cells"].update(measures=["menschen"]),
        "erfurt-2019.cells.measures: 'menschen' is not a measure of regio_12411_03_03_4; known: bevoelkerung",
    ),
    (
        "an unknown region",
        lambda c: c["cells"].update(regions=["16999"]),
        "cells.regions: '16999' is not a key of regions",
    ),
    (
        "a prefix of no region",
        lambda c: (c["cells"].pop("regions"), c["cells"].update(region_prefix="99")),
        "cells.region_prefix: '99' is not the beginning of a region",
    ),
    ("an unknown age", lambda c: c["cells"].update(age_group="5-6"), "cells.age_group: '5-6' is not a word of regio"),
    ("an unknown basis", lambda c: c["cells"].update(basis="AZR"), "cells.basis: 'AZR' is not a basis of regio"),
    ("an unknown sex", lambda c: c["cells"].update(sex="w"), "cells.sex: 'w' is none of 'insgesamt', 'maennlich'"),
    ("an unknown key", lambda c: c["cells"].update(masure="x"), "cells: .*'masure' was unexpected"),
    (
        "an unknown action",
        lambda c: c.update(action="delete"),
        "action: 'delete' is none of 'drop', 'override', 'flag'",
    ),
    ("an unknown status", lambda c: c.update(status="done"), "status: 'done' is none of 'open'"),
    ("no period", lambda c: c["cells"].pop("period_to"), "cells: 'period_to' is a required property"),
    ("a day that does not exist", lambda c: c["cells"].update(period_to="2019-02-30"), "'2019-02-30' is not a 'date'"),
    (
        "an end before its beginning",
        lambda c: c["cells"].update(period_to="2018-12-31"),
        "period_to lies before period_from",
    ),
    ("an override without a value", lambda c: c.pop("value"), "'value' is a required property"),
    ("an override that expects nothing", lambda c: c.pop("expect"), "'expect' is a required property"),
    (
        "an override of two regions",
        lambda c: c["cells"].update(regions=["16", "16051"]),
        "cells.regions: an override repl",
    ),
    (
        "an override of any measure",
        lambda c: c["cells"].pop("measures"),
        "cells.measures: an override replaces exactly one",
    ),
    (
        "an override of a year",
        lambda c: c["cells"].update(period_from="2019-01-01"),
        "cells.period_to: an override replaces",
    ),
    ("a number too fine", lambda c: c.update(value=0.1234567), "erfurt-2019.value: 0.1234567 is no number of at most"),
    (
        "a number too large",
        lambda c: c.update(expect=10**13),
        "erfurt-2019.expect: 10000000000000 is no number of at most",
    ),
    ("no number at all", lambda c: c.update(value=float("inf")), "erfurt-2019.value: inf is no number"),
    (
        "a flag without a flag",
        lambda c: (c.update(action="flag"), c.pop("value"), c.pop("expect")),
        "'flag' is a required",
    ),
    (
        "a drop with a value",
        lambda c: c.update(action="drop"),
        "erfurt-2019.value: only an override has a value; remove it, or choose another action",
    ),
    ("not reported, and no word why", lambda c: c.update(reported=None), "'not_reported_de' is a required property"),
    (
        "a flag on an override",
        lambda c: c.update(flag="doubtful_source"),
        "erfurt-2019.flag: only the action flag sets one",
    ),
    (
        "a report, and a word why there is none",
        lambda c: c.update(not_reported_de="steht noch aus"),
        "erfurt-2019.not_reported_de: it was reported to Landesamt für Statistik; remove one of the two",
    ),
    (
        "two ways to name regions",
        lambda c: c["cells"].update(region_prefix="16"),
        "erfurt-2019.cells: regions and region_prefix both name regions; remove one of the two",
    ),
    ("reported nowhere", lambda c: c["reported"].pop("to") and c, "'to' is a required property"),
]


@pytest.mark.parametrize(("edit", "message"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_names_file_key_and_fix(tmp_path: Path, edit: Edit, message: str) -> None:
    def on_a_copy(entry: Entry) -> None:
        entry["reported"] = dict(entry["reported"])
        edit(entry)

    with pytest.raises(ConfigError, match=message) as caught:
        load(tmp_path / "catalog", changed(on_a_copy))
    assert str(tmp_path / "catalog" / "corrections.yml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="erfurt-2019: this id stands twice"):
        load(tmp_path / "catalog", OVERRIDE, OVERRIDE)


def test_a_mistake_is_found_before_the_night_begins(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a dataset"):
        load(tmp_path / "catalog", changed(lambda c: c.update(dataset="regio_9")))
    with pytest.raises(ConfigError, match="is not a dataset"):
        load_indicators(load_catalog(tmp_path / "catalog"))


def test_the_example_of_the_runbook_holds(tmp_path: Path) -> None:
    page = (CATALOG.parent / "docs" / "runbooks" / "wrong-number.md").read_text(encoding="utf-8")
    block = page.split("```yaml\n")[1].split("```")[0]
    (correction,) = load(tmp_path / "catalog", *yaml.safe_load(block))
    assert (correction.action, correction.value, correction.expect_value) == ("override", 3120, 31200)


def test_no_sign_of_a_source_can_mean_that_we_withhold_it() -> None:
    schema = json.loads((CATALOG / "schemas" / "dataset.schema.json").read_text(encoding="utf-8"))
    meanings = set(schema["properties"]["signs"]["items"]["properties"]["status"]["enum"])
    assert meanings == set(STATUSES) - {WITHHELD}
