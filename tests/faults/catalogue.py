"""The registry of faults: what a source may do wrong, and what the night must make of it.

Every fault damages one answer or one connection of a dataset; everything else is answered as recorded. `reject` faults
leave the dataset's last good state, `harmless` ones equal a clean night, `control` ones are clean changes that get
through.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from integrationsmonitor.replay import Answer
from recordings_support import LATER, answer, lines_of

RATE, PEOPLE = "12511-04-01-4", "12411-01-01-4"
YEARS = {RATE: 2024, PEOPLE: 2024}
ZIP = "application/zip"
Lines = list[str]


@dataclass(frozen=True)
class Fault:
    """One fault. `give` makes the answer to every request for the table's year, None stands for a `connection` fault.

    `words` must stand in the error, besides the dataset; `script` maps a REST method to its answer for job requests.
    """

    id: str
    what: str
    expected: Literal["reject", "harmless", "control"]
    words: tuple[str, ...] = ()
    give: Callable[[], Answer] | None = None
    table: str = RATE
    connection: str = ""
    script: Callable[[], dict[str, Answer]] | None = None

    @property
    def dataset(self) -> str:
        """Id of the dataset whose answer is damaged."""
        return f"regio_{self.table.replace('-', '_')}"

    @property
    def year(self) -> int:
        """The year whose answer is damaged."""
        return YEARS[self.table]


def _body(make: Callable[[], bytes], kind: str = ZIP) -> Callable[[], Answer]:
    return lambda: Answer(200, kind, make())


def _lines(change: Callable[[Lines], Lines], table: str = RATE) -> Callable[[], Answer]:
    return _body(lambda: answer(table, change(lines_of(table, YEARS[table]))))


def _swap(number: int, old: str, new: str, table: str = RATE) -> Callable[[], Answer]:
    """Replace in one physical line, counted from 1; the text must stand there."""

    def change(lines: Lines) -> Lines:
        assert old in lines[number - 1], (number, old)
        return [*lines[: number - 1], lines[number - 1].replace(old, new), *lines[number:]]

    return _lines(change, table)


def _everywhere(old: str, new: str, table: str = RATE) -> Callable[[], Answer]:
    return _lines(lambda lines: [lines[0], *(line.replace(old, new) for line in lines[1:])], table)


def _columns(order: Callable[[list[str]], list[str]]) -> Callable[[], Answer]:
    return _lines(lambda lines: [";".join(order(line.split(";"))) for line in lines])


def _fields(number: int, change: Callable[[str], str], table: str = RATE) -> Callable[[], Answer]:
    """Change one field, counted from 0, of every data line."""

    def one(line: str) -> str:
        fields = line.split(";")
        return ";".join([*fields[:number], change(fields[number]), *fields[number + 1 :]])

    return _lines(lambda lines: [lines[0], *map(one, lines[1:])], table)


def _grouped(number: str, mark: str) -> str:
    return f"{int(number):,}".replace(",", mark) if number.isdecimal() else number


def _text(change: Callable[[bytes], bytes]) -> Callable[[], Answer]:
    text = ("\n".join(lines_of(RATE, YEARS[RATE])) + "\n").encode()
    return _body(lambda: _packed({_MEMBER: change(text)}))


def _packed(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _good() -> bytes:
    return answer(RATE, lines_of(RATE, YEARS[RATE]))


def _status(code: int, text: str, **more: str) -> Callable[[], Answer]:
    told = {"Ident": {}, "Status": {"Code": code, "Content": text, "Type": "Fehler"}, **more}
    return lambda: Answer(200, body=json.dumps(told).encode())


def _http(status: int, headers: dict[str, str] | None = None, body: bytes = b"so nicht") -> Callable[[], Answer]:
    return lambda: Answer(status, "text/plain", body, headers or {})


def _never_ready() -> dict[str, Answer]:
    accepted = f"Der Bearbeitungsauftrag wurde erstellt: {RATE}_123456"
    return {"catalogue/results": _status(104, "Es gibt keine Objekte")(), "job": _status(99, accepted)()}


def _reject(id: str, what: str, give: Callable[[], Answer] | None, *words: str, table: str = RATE) -> Fault:
    return Fault(id, what, "reject", words, give, table)


_MEMBER = f"{RATE}_{LATER}_de_flat.csv"
_NUMBER = "a number or a sign explained"
_HTML = b"<!DOCTYPE html><html><head><title>Wartung</title></head><body>Wir sind bald wieder da.</body></html>"

CONNECTIONS = [
    Fault("dns", "the host's name is not known", "reject", ("connection failed",), connection="dns"),
    Fault("refused", "nobody listens at the port", "reject", ("connection failed",), connection="refused"),
    Fault("reset", "the connection is reset", "reject", ("connection failed",), connection="reset"),
    Fault("slow-body", "a body that drips", "reject", ("not complete after",), connection="slow"),
    _reject("dropped", "closed without an answer", lambda: Answer(drop=True), "connection failed"),
    _reject("stalled-body", "the body does not come", lambda: Answer(200, ZIP, b"x", stall_seconds=0.6), "in time"),
    _reject("cut-body", "closed in the midst of it", lambda: Answer(200, ZIP, _good(), cut_after=90), "connection"),
    _reject("oversize", "larger than the limit", _body(lambda: b"PK" + b"x" * 300_000), "larger than"),
    _reject("redirect", "to another host", _http(302, {"Location": "https://example.org/"}), "HTTP 302"),
    *(_reject(f"http-{n}", f"HTTP {n}", _http(n), f"HTTP {n}", "so nicht") for n in (400, 401, 403, 404, 410)),
    *(_reject(f"http-{n}", f"HTTP {n}", _http(n), f"HTTP {n}", "2 attempts") for n in (429, 500, 502, 503, 504)),
    _reject("retry-after-short", "429, again in 1 s", _http(429, {"Retry-After": "1"}), "HTTP 429", "2 attempts"),
    _reject("retry-after-long", "429, again in an hour", _http(429, {"Retry-After": "3600"}), "left alone for 3600 s"),
    _reject("credential-echo", "the answer repeats a credential", _http(403, body=b"user recorded"), "HTTP 403"),
]
BODIES = [
    _reject("html", "a page with 200", _body(lambda: _HTML, "text/html"), "HTTP 200", "Wartung", "web page"),
    _reject("html-as-zip", "a page called a ZIP", _body(lambda: _HTML), "HTTP 200", "web page"),
    _reject("empty", "nothing at all", _body(lambda: b""), "HTTP 200", "Expected a ZIP"),
    _reject("text", "text that is no ZIP", _body(lambda: b"statistics_code;time", "text/csv"), "Expected a ZIP"),
    _reject("json-cut", "half a status", _body(lambda: b'{"Status": {"Code"', "application/json"), "Expected a ZIP"),
    _reject("status--1", "an inner error", _status(-1, "Ein interner Fehler"), "GENESIS status -1", "interner"),
    _reject("no-table", "the table is unknown", _status(90, "gibt es nicht"), "GENESIS status 90", "source.table"),
    _reject("login-2", "log-in refused", _status(2, "Benutzername falsch"), "GENESIS status 2", "REGIO_PASSWORD"),
    _reject("login-15", "log-in not allowed", _status(15, "nicht berechtigt"), "status 15", "REGIO_PASSWORD"),
    _reject("guest", "success for GAST", _status(0, "erfolgreich", Username="GAST"), "GENESIS status 0", "guest"),
    _reject("too-many", "too many parallel requests", _status(6, "zu viele Anfragen"), "status 6", "Too many"),
    Fault(
        "job-never",
        "a job that is never ready",
        "reject",
        ("was not ready",),
        _status(98, "zu gross"),
        script=_never_ready,
    ),
    _reject("zip-cut", "a ZIP that is cut off", _body(lambda: _good()[:-60]), "a whole ZIP file"),
    _reject("zip-crc", "a ZIP with a wrong byte", _body(lambda: _good().replace(_good()[120:122], b"\0\0", 1)), "ZIP"),
    _reject("zip-two", "two members", _body(lambda: _packed({_MEMBER: b"a", "b.csv": b"b"})), "exactly one member"),
    _reject("zip-none", "no member", _body(lambda: _packed({})), "exactly one member", "0"),
    _reject("zip-bomb", "a bomb", _body(lambda: _packed({_MEMBER: b"0" * 4_000_000})), "packed at most", "bomb"),
    _reject("zip-path", "a path", _body(lambda: _packed({"../../" + _MEMBER: b"a"})), "ZIP member", "a name like"),
    _reject("zip-other", "another table", _body(lambda: answer(PEOPLE, lines_of(RATE, 2024))), f"table {RATE}"),
    _reject(
        "zip-future",
        "a Stand of 2096",
        _body(lambda: answer(RATE, lines_of(RATE, 2024), 3_990_000_000_000)),
        "a moment between",
    ),
]
FIGURES = [
    _reject("latin-1", "another encoding", _text(lambda t: t.decode().encode("latin-1")), "UTF-8"),
    _reject("utf-16", "another encoding", _text(lambda t: t.decode().encode("utf-16")), "line 1"),
    _reject("column-renamed", "a column's name", _swap(1, ";time;", ";zeit;"), "line 1, field 5", "'time'", "'zeit'"),
    _reject("column-missing", "no units", _columns(lambda f: f[:10] + f[11:]), "line 1, field 11", "'value_unit'"),
    _reject("column-moved", "two change places", _columns(lambda f: [f[1], f[0], *f[2:]]), "line 1, field 1"),
    _reject("column-more", "one more", _columns(lambda f: [*f, "1"]), "line 1", "13 columns", "14 columns"),
    _reject("header-shifted", "a title above", _lines(lambda x: ["Tabelle", *x]), "line 1"),
    _reject("header-gone", "no header", _lines(lambda x: x[1:]), "line 1"),
    _reject("header-only", "no lines", _lines(lambda x: x[:1]), "line 2", "data lines", "none"),
    _reject("filler", "a line 'darunter'", _lines(lambda x: [*x[:5], "darunter", *x[5:]]), "line 6", "13 fields"),
    _reject("line-cut", "a line that is cut off", _lines(lambda x: [*x[:-1], x[-1][:60]]), "line 23", "cut off"),
    _reject("twice", "a line twice", _lines(lambda x: [*x, x[-1]]), "line 23", "line 24", "every cell once"),
    _reject("half", "half the Kreise", _lines(lambda x: x[:12]), "at least 22 rows", "11"),
    _reject("kreis-unknown", "an unknown Kreis", _swap(3, ";16052;", ";16099;"), "line 3", "a known Kreis", "16099"),
    _reject("kreis-renamed", "under another's name", _swap(3, ";Gera;", ";Jena;"), "line 3", "'Gera'", "'Jena'"),
    _reject(
        "kreis-gone",
        "Eisenach after 2021 with a number",
        _swap(3, ";16052;Gera;", ";16056;Eisenach;"),
        "line 3",
        "no value for 16056",
        "did not exist",
    ),
    _reject(
        "kreis-gone-dash",
        "Eisenach with - in Gera's place",
        _swap(3, ";16052;Gera;2,4;", ";16056;Eisenach;-;"),
        "a row for region 16052",
        "none",
    ),
    _reject("land-160", "160 for 16", _swap(2, ";16051;Erfurt;", ";160;Thüringen;"), "at least 22 rows", "21"),
    _reject("kreis-few", "a Land for a Kreis", _swap(6, "16055;Weimar", "16;Thüringen"), "region 16055", "none"),
    *(
        _reject(
            f"sign-{name}", f"a sign that is not explained: {sign}", _swap(5, ";0,8;", f";{sign};"), "line 5", _NUMBER
        )
        for name, sign in {
            "tilde": "~",
            "dots": "...",
            "slash": "/",
            "x": "x",
            "bracket": "(0,8)",
            "stars": "***",
            "empty": "",
            "minus": "−0,8",
            "na": "NA",
        }.items()
    ),
    _reject("quality-in-value", "an e beside the number", _swap(5, ";0,8;", ";0,8e;"), "line 5", _NUMBER),
    _reject("number-two-commas", "1,1,1", _swap(2, ";1,1;", ";1,1,1;"), "line 2", _NUMBER),
    _reject("decimal-point", "1.1 for 1,1", _swap(2, ";1,1;", ";1.1;"), "line 2", _NUMBER),
    _reject(
        "marks-swapped",
        "thousands with a point",
        _fields(13, lambda v: _grouped(v, "."), PEOPLE),
        _NUMBER,
        table=PEOPLE,
    ),
    _reject(
        "marks-english",
        "thousands with a comma",
        _fields(13, lambda v: _grouped(v, ","), PEOPLE),
        "counts",
        table=PEOPLE,
    ),
    _reject(
        "unit-thousands",
        "1000 for Anzahl",
        _everywhere(";Anzahl;", ";1000;", PEOPLE),
        "'Anzahl'",
        "'1000'",
        table=PEOPLE,
    ),
    _reject("unit-other", "Promille", _swap(4, ";Prozent;", ";Promille;"), "line 4", "'Prozent'", "'Promille'"),
    _reject("measure-unknown", "an unknown measure", _swap(4, "BEV008Q", "BEV009Q"), "line 4", "'BEV009Q'"),
    _reject(
        "label-renamed",
        "männlich under another name",
        _everywhere(";männlich;", ";Männer;", PEOPLE),
        "'männlich'",
        table=PEOPLE,
    ),
    _reject("time-kind", "a day for a year", _swap(2, ";2024;", ";2024-12-31;"), "line 2", "jahressumme"),
    _reject("date-format", "12/31/2024", _everywhere(";2024-12-31;", ";12/31/2024;", PEOPLE), "stichtag", table=PEOPLE),
    _reject("year-other", "the year before", _everywhere(";2024;", ";2023;"), "as asked for", "another period"),
    _reject("year-missing", "no time", _everywhere(";2024;", ";;"), "line 2", "jahressumme"),
    _reject(
        "negative",
        "a negative count",
        _fields(13, lambda v: f"-{v}" if v.isdecimal() else v, PEOPLE),
        "status value",
        table=PEOPLE,
    ),
]
HARMLESS = [
    Fault(
        "bom", "a byte order mark", "harmless", give=_text(lambda t: b"\xef\xbb\xbf" + t.removeprefix(b"\xef\xbb\xbf"))
    ),
    Fault("crlf", "CRLF", "harmless", give=_text(lambda t: t.replace(b"\n", b"\r\n"))),
    Fault("no-last-feed", "no last line feed", "harmless", give=_text(lambda t: t.rstrip(b"\n"))),
    Fault("shuffled", "lines in another order", "harmless", give=_lines(lambda x: [x[0], *reversed(x[1:])])),
    Fault("content-type", "a ZIP called text", "harmless", give=_body(_good, "text/plain")),
]
CONTROLS = [Fault("control-rate", "a corrected rate of Erfurt", "control", give=_swap(2, ";1,1;", ";1,2;"))]
FAULTS = {fault.id: fault for fault in (*CONNECTIONS, *BODIES, *FIGURES, *HARMLESS, *CONTROLS)}
