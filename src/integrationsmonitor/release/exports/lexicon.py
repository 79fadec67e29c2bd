"""The dictionary as files. Comes in: the chapters of all tables. Goes out: datenlexikon.csv, datenlexikon.html.

The page loads nothing: style, search and text are one file. The same chapters give the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from integrationsmonitor.release.dictionary import HEADER, Chapter
from integrationsmonitor.release.exports.text import BOM, FORMULA_STARTS

CSV, HTML = "datenlexikon.csv", "datenlexikon.html"
_TEMPLATE = Path(__file__).with_name("lexicon.html.j2")
_TABLE = ("Tabelle", "Deutsche Sicht", "Titel der Tabelle")


def write_csv(path: Path, chapters: Sequence[Chapter]) -> None:
    """One row per column of every table, in the form of the spreadsheets' CSV."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow([*_TABLE, *HEADER])
    for chapter in chapters:
        view = f"deutsch.{chapter.view}" if chapter.view else ""
        for entry in chapter.entries:
            writer.writerow(_safe(cell) for cell in (chapter.table, view, chapter.title, *entry.cells()))
    path.write_bytes(BOM + text.getvalue().encode())


def write_html(path: Path, chapters: Sequence[Chapter]) -> None:
    """The page for people: a list of tables, a search, a table of columns for each."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    path.write_text(template.render(chapters=chapters), encoding="utf-8")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell[:1] and cell[0] in FORMULA_STARTS else cell
