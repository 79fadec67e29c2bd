"""Files for people and machines.

Comes in: the release's database, attached; the contract; the German names. Goes out, below `exports/`: every table that
the contract lets out as Parquet, machine CSV, spreadsheet CSV and XLSX, and the indicators side by side; then
everything that describes them; last checksums.txt.

The same rows give the same bytes: no build time and no release id stands in a file of figures but those of
meta_release, and those of earlier changes in mart_publication. A workbook whose job is that of the release before is
copied from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from integrationsmonitor.release.exports import matrix, parquet, text, workbooks
from integrationsmonitor.release.sources import Source, by_table
from integrationsmonitor.release.tables import Table, quoted

if TYPE_CHECKING:
    import duckdb

    from integrationsmonitor.files import Digests
    from integrationsmonitor.progress import Reporter
    from integrationsmonitor.release.contract import ExportContract, Rounding
    from integrationsmonitor.release.dictionary import Chapter, Lexicon
    from integrationsmonitor.release.names import Names

FORMS = ("parquet", "csv", "excel-csv", "xlsx")
_SUFFIX = {"parquet": "parquet", "csv": "csv", "excel-csv": "csv", "xlsx": "xlsx"}


@dataclass(frozen=True)
class File:
    """A file of figures: its form (see FORMS), its path below exports/, what it holds. `made_from` is of workbooks."""

    form: str
    path: str
    bytes: int
    sha256: str
    made_from: str = ""


@dataclass(frozen=True)
class Exported:
    """A table that left: how it is called in German, who is to be named with it, its files."""

    table: Table
    title: str
    headers: Mapping[str, str]
    chapter: Chapter
    sources: Sequence[Source]
    files: Sequence[File]

    def path(self, form: str) -> str | None:
        """Where the file of this form lies below exports/; None where the table has none."""
        return next((file.path for file in self.files if file.form == form), None)


def write_tables(
    con: duckdb.DuckDBPyConnection,
    database: str,
    target: Path,
    contract: ExportContract,
    lexicon: Lexicon,
    tables: Sequence[Table],
    facts: Mapping[str, str],
    scratch: Path,
    before: Path | None,
    digests: Digests,
    report: Reporter,
) -> list[Exported]:
    """Write all files of figures; `facts` are those that go with them, `before` the exports of the last release."""
    plan = write_plain(con, database, target, contract, lexicon, tables, facts)
    report("publish", "Parquet and CSV written", tables=len(plan))
    made_from = workbooks.write(plan, target, facts, scratch, before, digests, report)
    return [
        replace(
            exported, files=[_measured(target, file, made_from.get(file.path, ""), digests) for file in exported.files]
        )
        for exported, _ in plan
    ]


def write_plain(
    con: duckdb.DuckDBPyConnection,
    database: str,
    target: Path,
    contract: ExportContract,
    lexicon: Lexicon,
    tables: Sequence[Table],
    facts: Mapping[str, str],
) -> list[tuple[Exported, Rounding | None]]:
    """Write Parquet and both CSV of every table, in the order in which its rows lie in the database.

    Tells what is to be written as a workbook, and what is rounded in it.
    """
    listed = [(table, f"{database}.main.{quoted(table.name)}") for table in tables if contract.as_file(table.name)]
    there = {table.name for table, _ in listed}
    if {"mart_indicator", "dim_indicator"} <= there:
        listed.append(matrix.make(con, database))
    sources = by_table(con, database, tables)
    for form in FORMS:
        (target / form).mkdir(parents=True)
    plan = []
    for table, relation in listed:
        forms = [form for form in FORMS if form != "xlsx" or contract.as_workbook(table.name)]
        paths = {form: f"{form}/{table.name}.{_SUFFIX[form]}" for form in forms}
        headers, rounding = _headers(lexicon.names, table), contract.rounding(table)
        parquet.write(con, relation, table, contract.compression, facts, target / paths["parquet"])
        text.write_csv(con, relation, table, target / paths["csv"])
        text.write_excel_csv(con, relation, table, headers, rounding, target / paths["excel-csv"])
        of = sources[matrix.MADE_OF if table.name == matrix.NAME else table.name]
        files = [File(form, path, 0, "") for form, path in paths.items()]
        chapter = lexicon.chapter(table, headers, has_view=table.name != matrix.NAME)
        plan.append((Exported(table, chapter.title, headers, chapter, of, files), rounding))
    return plan


def _headers(names: Names, table: Table) -> dict[str, str]:
    columns = [column.name for column in table.columns]
    if table.name != matrix.NAME:
        return names.headers(table.name, columns)
    blocks = {column: matrix.header(column) for column in columns if not matrix.is_key(column)}
    return {**names.headers(table.name, [column for column in columns if column not in blocks]), **blocks}


def _measured(target: Path, file: File, made_from: str, digests: Digests) -> File:
    path = target / file.path
    return File(file.form, file.path, path.stat().st_size, digests.of(path), made_from)
