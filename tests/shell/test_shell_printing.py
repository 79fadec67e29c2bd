"""What is printed is complete, or says what is left out."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest

from integrationsmonitor.shell import Session, printing


class Terminal(io.StringIO):
    """A terminal, as narrow as COLUMNS says."""

    def isatty(self) -> bool:
        return True


def printed(session: Session, sql: str, to: io.StringIO | None = None) -> list[str]:
    to = to or io.StringIO()
    printing.table(session.ask(sql), to)
    return to.getvalue().splitlines()


def test_numbers_stand_right_and_what_is_null_is_no_empty_text(session: Session) -> None:
    sql = "select * from (values (1.25, 'a', null), (14.0, '', 'x')) as t(zahl, wort, leer)"
    assert printed(session, sql) == [
        " zahl  wort  leer",
        "─────  ────  ────",
        " 1.25  a     NULL",
        "14.00        x",
        "(2 Zeilen)",
    ]


def test_zeros_stand_where_somebody_rounded_and_not_where_the_column_is_wide(session: Session) -> None:
    wide = "decimal(28, 10)"
    sql = f"select round(14::{wide}, 1) as a, 14::{wide} as b, 0::{wide} as c, 8.82408::{wide} as d"
    assert printed(session, sql)[2].split() == ["14.0", "14", "0", "8.82408"]


def test_rows_that_are_left_out_are_counted(session: Session) -> None:
    lines = printed(session, "select i from range(41256) as r(i)")
    assert lines[-1] == "… 40 von 41 256 Zeilen; alle mit --csv oder --json, im Gespräch mit .csv DATEI"
    assert len(lines) == 43
    assert printed(session, "select 1 as eins")[-1] == "(1 Zeile)"
    assert printed(session, "select 1 as eins where false")[-1] == "(0 Zeilen)"


def test_no_cell_is_cut_where_the_terminal_is_narrow(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = printed(session, "select 1 as kurz, repeat('x', 80) as lang", Terminal())
    assert lines == ["── Zeile 1", "kurz  1", f"lang  {'x' * 80}", "(1 Zeile)"]


def test_a_text_cannot_steer_the_terminal(session: Session) -> None:
    lines = printed(session, "select 'a' || chr(27) || '[2J' || chr(10) || 'b' as t")
    assert lines[2] == r"a\x1b[2J\nb"


def test_csv_and_json_hold_every_row_and_every_digit(session: Session) -> None:
    sql = "select value_id, value, is_default, period_end, flags from mart_indicator order by value_id"
    expected = list(session.ask(sql).rows)
    text = io.StringIO()
    printing.as_csv(session.ask(sql), text)
    rows = list(csv.reader(io.StringIO(text.getvalue())))
    assert rows[0] == ["value_id", "value", "is_default", "period_end", "flags"]
    assert [(row[0], Decimal(row[1]) if row[1] else None, row[3]) for row in rows[1:]] == [
        (row[0], row[1], str(row[3])) for row in expected
    ]
    text = io.StringIO()
    printing.as_json(session.ask(sql), text)
    told = json.loads(text.getvalue(), parse_float=Decimal, parse_int=Decimal)
    assert [(row["value_id"], row["value"], row["is_default"]) for row in told] == [row[:3] for row in expected]


def test_json_loses_no_column_that_has_the_name_of_another(session: Session) -> None:
    text = io.StringIO()
    printing.as_json(session.ask("select 1 as a, 2 as a, [1.5, null] as l, timestamp '2026-01-01' as t"), text)
    assert json.loads(text.getvalue()) == [{"a": 1, "a_2": 2, "l": ["1.5", None], "t": "2026-01-01 00:00:00"}]
    text = io.StringIO()
    printing.as_json(session.ask("select 1 as a where false"), text)
    assert json.loads(text.getvalue()) == []
