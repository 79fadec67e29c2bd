"""Everything that is published has one German name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from release_support import PROJECT

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.release.contract import load_contract
from integrationsmonitor.release.exports import matrix
from integrationsmonitor.release.meta import META_RELEASE
from integrationsmonitor.release.names import load_names

NAMES = load_names(PROJECT / "exports" / "names_de.yml")


def published_columns() -> dict[str, list[str]]:
    """The columns of every published table, as their dbt contracts promise them."""
    contract = load_contract(PROJECT / "exports" / "exports.yml")
    found = {META_RELEASE.name: [column.name for column in META_RELEASE.columns]}
    for path in (PROJECT / "dbt_project" / "models" / "marts").glob("*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or ():
            if contract.in_warehouse(model["name"]):
                found[model["name"]] = [column["name"] for column in model["columns"]]
    return found


def test_every_published_column_has_a_name_and_no_name_is_left_over() -> None:
    tables = published_columns()
    assert len(tables) > 35
    assert set(NAMES.tables) == {*tables, matrix.NAME}
    for table, columns in tables.items():
        assert len(set(NAMES.headers(table, columns).values())) == len(columns), table
        assert set(NAMES.tables[table].get("columns", {})) <= set(columns), table
    known = {column for columns in tables.values() for column in columns}
    assert set(NAMES.columns) == known
    assert set(NAMES.units) <= known


def test_a_unit_is_named_or_is_what_another_column_of_the_row_says() -> None:
    headers = NAMES.headers("mart_indicator_change", ["value", "unit"])
    assert NAMES.unit(headers, "value") == "siehe „Einheit des Maßes“"
    assert NAMES.unit({"value": "Wert"}, "value") == ""
    assert NAMES.unit({}, "share_pct") == "%"
    assert NAMES.unit(headers, "region_key") == ""


def test_a_missing_name_says_where_to_write_it() -> None:
    with pytest.raises(ConfigError, match=r"exports/names_de\.yml: dim_region\.area has no German name; add it under"):
        NAMES.headers("dim_region", ["region_key", "area"])
    with pytest.raises(ConfigError, match=r"exports/names_de\.yml: mart_new has no German name; add it under tables"):
        NAMES.title("mart_new")


def changed(folder: Path, old: str, new: str) -> Path:
    text = (PROJECT / "exports" / "names_de.yml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    shutil.copy(PROJECT / "exports" / "names_de.schema.json", folder)
    (folder / "names_de.yml").write_text(text.replace(old, new), encoding="utf-8")
    return folder / "names_de.yml"


def test_two_columns_of_one_table_cannot_share_a_name(tmp_path: Path) -> None:
    names = load_names(changed(tmp_path, "  region_name: Region\n", "  region_name: Regionalschlüssel\n"))
    with pytest.raises(ConfigError, match="two columns of mart_indicator are called 'Regionalschlüssel'"):
        names.headers("mart_indicator", ["region_key", "region_name"])


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        ("  place: Ort der Zählung\n", "  place: =1+1\n", "columns.place"),
        ("{name: brueche,", "{name: Brüche,", "tables.dim_break.name"),
        ("{name: brueche,", "{name: regionen,", "regionen is the name of two tables"),
    ],
)
def test_a_name_that_breaks_a_sheet_or_a_view_is_refused(tmp_path: Path, old: str, new: str, refused: str) -> None:
    with pytest.raises(ConfigError, match=refused):
        load_names(changed(tmp_path, old, new))
