"""The observation: the one tidy shape of every source, and its words.

Comes in: nothing. Goes out: the Arrow schema of landing files, the vocabulary of statuses, axes and levels.
A value is a decimal or absent; `status` always says why. A true zero is the value 0 with the status `zero`; every
other sign leaves the value empty (docs/decisions/0001). `printed` is the figure as it stands at `raw_locator`, number
or sign: with the source's thousands and decimal marks, without blanks around it. A number of a workbook has no text of
its own: its `printed` is the canonical one (sources/cells.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

WITHHELD = "withheld"  # by us, not by the source: no sign of a source may mean it (docs/decisions/0010)
STATUSES = (
    "value",
    "zero",
    "rounded_to_zero",
    "secret",
    "unknown_or_secret",
    "not_yet",
    "not_published",
    "not_meaningful",
    "unreliable",
    "not_existing",
    "outage",
    WITHHELD,
)
STATUSES_WITH_VALUE = ("value", "zero")
PERIOD_TYPES = ("stichtag", "monat", "quartal", "jahressumme", "jahresdurchschnitt", "schuljahr", "semester")
REGION_LEVELS = ("bund", "land", "kreis", "gemeinde", "lokal")
SEXES = ("insgesamt", "maennlich", "weiblich", "unbekannt_divers")
NATIONALITIES = ("insgesamt", "deutsch", "auslaendisch")
PLACES = ("Wohnort", "Arbeitsort", "none")

# Fields that an axis of a source may set, with the word for "not split by this".
AXIS_FIELDS = {
    "sex": "insgesamt",
    "nationality": "insgesamt",
    "citizenship_key": "insgesamt",
    "citizenship_scheme": "",
    "age_group": "insgesamt",
}

_TYPES = {
    "period_start": "date",
    "period_end": "date",
    "territory_date": "date",
    "value": "decimal(18,6)",
    "stated_known_from": "date",
}
COLUMNS = (
    "dataset_id",
    "measure",
    "region_key",
    "region_level",
    "period_type",
    "period_start",
    "period_end",
    "sex",
    "nationality",
    "citizenship_key",
    "citizenship_scheme",
    "age_group",
    "dimensions",
    "value",
    "sign",
    "printed",
    "status",
    "quality",
    "unit",
    "basis",
    "place",
    "territory_date",
    "raw_sha256",
    "raw_locator",
    "parse_key",
)
# What a row itself states about its origin (curated figures do, tables do not; for them the answer's times count).
STATED = ("stated_known_from", "stated_known_from_quality", "citation")
# What makes a cell: two readings of one cell speak of the same number.
CELL_KEY = tuple(
    name
    for name in COLUMNS
    if name
    not in (
        "region_level",
        "value",
        "sign",
        "printed",
        "status",
        "quality",
        "territory_date",
        "raw_sha256",
        "raw_locator",
        "parse_key",
    )
)


def sql_type(column: str) -> str:
    """DuckDB type of an observation's column."""
    return _TYPES.get(column, "varchar")


def schema(columns: tuple[str, ...] = COLUMNS) -> pa.Schema:
    """Arrow schema of these columns; a landing file has COLUMNS, then STATED, in this order."""
    import pyarrow as pa

    types: dict[str, Any] = {"date": pa.date32(), "decimal(18,6)": pa.decimal128(18, 6), "varchar": pa.string()}
    return pa.schema([(name, types[sql_type(name)]) for name in columns])
