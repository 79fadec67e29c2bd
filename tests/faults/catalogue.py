"""The registry of faults: what a source may do wrong, and what the night must make of it.

Every fault damages one answer or one connection of a dataset; everything else is answered as recorded. `reject` faults
leave the dataset's last good state, `harmless` ones equal a clean night, `control` ones are clean changes that get
through.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from ba_api import BA_API
from ba_report import AMR_FAULTS
from fault import (
    PEOPLE,
    RATE,
    WORK,
    YEARS,
    ZIP,
    Fault,
    body,
    columns,
    everywhere,
    fields,
    good,
    grouped,
    lines,
    lost,
    packed,
    reject,
    swap,
    times_ten,
)
from homes import HOMES
from local import LOCAL_TABLES
from signs import FLAT, NUMBER
from tls import TLS_FAULTS
from wide_tables import WIDE
from workbooks import XLSX

from integrationsmonitor.replay import Answer
from recordings_support import LATER, answer, lines_of


def _text(change: Callable[[bytes], bytes]) -> Callable[[], Answer]:
    text = ("\n".join(lines_of(RATE, YEARS[RATE])) + "\n").encode()
    return body(lambda: packed({_MEMBER: change(text)}))


def _status(code: int, text: str, **more: object) -> Callable[[], Answer]:
    told = {"Ident": {}, "Status": {"Code": code, "Content": text, "Type": "Fehler"}, **more}
    return lambda: Answer(200, body=json.dumps(told).encode())


def _http(status: int, headers: dict[str, str] | None = None, body: bytes = b"so nicht") -> Callable[[], Answer]:
    return lambda: Answer(status, "text/plain", body, headers or {})


def _never_ready() -> dict[str, Answer]:
    accepted = f"Der Bearbeitungsauftrag wurde erstellt: {RATE}_123456"
    return {"catalogue/results": _status(104, "Es gibt keine Objekte")(), "job": _status(99, accepted)()}


def _land_again(text: list[str], change: Callable[[str], str]) -> str:
    """The total of the Land, once more under its key 160, with another value."""
    line = next(line for line in text if ";16;Thüringen;" in line and line.count(";;Insgesamt") == 2)
    parts = line.replace(";16;Thüringen;", ";160;Thüringen;").split(";")
    return ";".join([*parts[:17], change(parts[17]), *parts[18:]])


def _not_delivered(text: list[str]) -> list[str]:
    """The figures of every Kreis are a dash, those of the Land stay."""
    parts = [line.split(";") for line in text]
    return [";".join([*p[:17], "-", *p[18:]]) if len(p[7]) == 5 and p[7].isdecimal() else ";".join(p) for p in parts]


def _changed(text: list[str], marks: tuple[str, ...], number: int, change: Callable[[list[str]], str]) -> list[str]:
    """Change a field of every line that holds all marks."""
    parts = [line.split(";") for line in text]
    hit = [all(mark in line for mark in marks) for line in text]
    return [
        ";".join([*p[:number], change(p), *p[number + 1 :]]) if is_hit else ";".join(p)
        for p, is_hit in zip(parts, hit, strict=True)
    ]


def _times_ten_kreis(text: list[str]) -> list[str]:
    """Every figure of the foreign employees of one small Kreis."""
    return _changed(text, (";16072;", ";NATA;"), 17, lambda p: times_ten(p[17]))


def _third_less(text: list[str]) -> list[str]:
    """Erfurt's people, total and by sex: every sum fits, every bound is kept."""
    fewer = {"": "150000", "GESM": "70000", "GESW": "80000"}
    return _changed(text, (";16051;",), 13, lambda p: fewer[p[11]])


def _marked(text: list[str], mark: str) -> list[str]:
    """A column of quality marks, as `quality=on` brings it: one mark, at the first line."""
    return [f"{text[0]};value_q", f"{text[1]};{mark}", *(f"{line};" for line in text[2:])]


def _lying() -> bytes:
    """The recorded answer, whose ZIP says that its member is ten times as long."""
    size = sum(len(line.encode()) + 1 for line in lines_of(RATE, YEARS[RATE]))
    told, said = good(), size.to_bytes(4, "little")
    assert said in told
    return told.replace(said, (size * 10).to_bytes(4, "little"))


_MEMBER = f"{RATE}_{LATER}_de_flat.csv"
_HTML = b"<!DOCTYPE html><html><head><title>Wartung</title></head><body>Wir sind bald wieder da.</body></html>"

CONNECTIONS = [
    Fault("dns", "the host's name is not known", "reject", ("connection failed",), connection="dns", keeps=False),
    Fault("refused", "nobody listens at the port", "reject", ("connection failed",), connection="refused", keeps=False),
    Fault("reset", "the connection is reset", "reject", ("connection failed",), connection="reset", keeps=False),
    Fault("slow-body", "a body that drips", "reject", ("not complete after",), connection="slow", keeps=False),
    lost("dropped", "closed without an answer", lambda: Answer(drop=True), "connection failed"),
    lost("stalled-body", "the body does not come", lambda: Answer(200, ZIP, b"x", stall_seconds=0.6), "in time"),
    lost("cut-body", "closed in the midst of it", lambda: Answer(200, ZIP, good(), cut_after=90), "connection"),
    lost("oversize", "larger than the limit", body(lambda: b"PK" + b"x" * 300_000), "larger than"),
    lost("redirect", "to another host", _http(302, {"Location": "https://example.org/"}), "HTTP 302", "example.org"),
    *(reject(f"http-{n}", f"HTTP {n}", _http(n), f"HTTP {n}", "so nicht") for n in (400, 401, 403, 404, 410)),
    *(lost(f"http-{n}", f"HTTP {n}", _http(n), f"HTTP {n}", "2 attempts") for n in (429, 500, 502, 503, 504)),
    lost("retry-after-short", "429, again in 1 s", _http(429, {"Retry-After": "1"}), "HTTP 429", "2 attempts"),
    lost("retry-after-long", "429, again in an hour", _http(429, {"Retry-After": "3600"}), "left alone for 3600 s"),
    reject("credential-echo", "the answer repeats a credential", _http(403, body=b"user recorded"), "HTTP 403"),
]
BODIES = [
    reject("html", "a page with 200", body(lambda: _HTML, "text/html"), "HTTP 200", "Wartung", "web page"),
    reject("html-as-zip", "a page called a ZIP", body(lambda: _HTML), "HTTP 200", "web page"),
    reject("empty", "nothing at all", body(lambda: b""), "HTTP 200", "Expected a ZIP"),
    reject("text", "text that is no ZIP", body(lambda: b"statistics_code;time", "text/csv"), "Expected a ZIP"),
    reject("json-cut", "half a status", body(lambda: b'{"Status": {"Code"', "application/json"), "Expected a ZIP"),
    reject("status--1", "an inner error", _status(-1, "Ein interner Fehler"), "GENESIS status -1", "interner"),
    reject("no-table", "the table is unknown", _status(90, "gibt es nicht"), "GENESIS status 90", "source.table"),
    reject("login-2", "log-in refused", _status(2, "Benutzername falsch"), "GENESIS status 2", "REGIO_PASSWORD"),
    reject("login-15", "log-in not allowed", _status(15, "nicht berechtigt"), "status 15", "REGIO_PASSWORD"),
    reject("guest", "success for GAST", _status(0, "erfolgreich", Username="GAST"), "GENESIS status 0", "guest"),
    reject("too-many", "too many parallel requests", _status(6, "zu viele Anfragen"), "status 6", "Too many"),
    Fault(
        "job-never",
        "a job that is never ready",
        "reject",
        ("was not ready",),
        _status(98, "zu gross"),
        script=_never_ready,
        keeps=False,
    ),
    reject("zip-cut", "a ZIP that is cut off", body(lambda: good()[:-60]), "a whole ZIP file"),
    reject("zip-crc", "a ZIP with a wrong byte", body(lambda: good().replace(good()[120:122], b"\0\0", 1)), "ZIP"),
    reject("zip-two", "two members", body(lambda: packed({_MEMBER: b"a", "b.csv": b"b"})), "exactly one member"),
    reject("zip-none", "no member", body(lambda: packed({})), "exactly one member", "0"),
    reject("zip-bomb", "a bomb", body(lambda: packed({_MEMBER: b"0" * 4_000_000})), "packed at most", "bomb"),
    reject("zip-lie", "a size that is not true", body(_lying), "bytes, found", "cut off"),
    reject("zip-path", "a path", body(lambda: packed({"../../" + _MEMBER: b"a"})), "ZIP member", "a name like"),
    reject("zip-other", "another table", body(lambda: answer(PEOPLE, lines_of(RATE, 2024))), f"table {RATE}"),
    reject(
        "zip-future",
        "a Stand of 2096",
        body(lambda: answer(RATE, lines_of(RATE, 2024), 3_990_000_000_000)),
        "a moment between",
    ),
]
FIGURES = [
    reject("latin-1", "another encoding", _text(lambda t: t.decode().encode("latin-1")), "UTF-8"),
    reject("utf-16", "another encoding", _text(lambda t: t.decode().encode("utf-16")), "line 1"),
    reject("column-renamed", "a column's name", swap(1, ";time;", ";zeit;"), "line 1, field 5", "'time'", "'zeit'"),
    reject("column-missing", "no units", columns(lambda f: f[:10] + f[11:]), "line 1, field 11", "'value_unit'"),
    reject("column-moved", "two change places", columns(lambda f: [f[1], f[0], *f[2:]]), "line 1, field 1"),
    reject("column-more", "one more", columns(lambda f: [*f, "1"]), "line 1", "13 columns", "14 columns"),
    reject("header-shifted", "a title above", lines(lambda x: ["Tabelle", *x]), "line 1"),
    reject("header-gone", "no header", lines(lambda x: x[1:]), "line 1"),
    reject("header-only", "no lines", lines(lambda x: x[:1]), "line 2", "data lines", "none"),
    reject("filler", "a line 'darunter'", lines(lambda x: [*x[:5], "darunter", *x[5:]]), "line 6", "13 fields"),
    reject("line-cut", "a line that is cut off", lines(lambda x: [*x[:-1], x[-1][:60]]), "line 23", "cut off"),
    reject("twice", "a line twice", lines(lambda x: [*x, x[-1]]), "line 23", "line 24", "every cell once"),
    reject("half", "half the Kreise", lines(lambda x: x[:12]), "at least 22 rows", "11"),
    reject("kreis-unknown", "an unknown Kreis", swap(3, ";16052;", ";16099;"), "line 3", "a known Kreis", "16099"),
    reject("kreis-renamed", "under another's name", swap(3, ";Gera;", ";Jena;"), "line 3", "'Gera'", "'Jena'"),
    reject(
        "kreis-gone",
        "Eisenach after 2021 with a number",
        swap(3, ";16052;Gera;", ";16056;Eisenach;"),
        "line 3",
        "no value for 16056",
        "did not exist",
    ),
    reject(
        "kreis-gone-dash",
        "Eisenach with - in Gera's place",
        swap(3, ";16052;Gera;2,4;", ";16056;Eisenach;-;"),
        "a row for region 16052",
        "none",
    ),
    reject("land-160", "160 for 16", swap(2, ";16051;Erfurt;", ";160;Thüringen;"), "at least 22 rows", "21"),
    reject(
        "land-two-values",
        "16 and 160 differ",
        lines(lambda x: [*x, _land_again(x, lambda value: f"{value}1")], WORK),
        "the value of region 16",
        "for region 160",
        table=WORK,
    ),
    reject("kreis-few", "a Land for a Kreis", swap(6, "16055;Weimar", "16;Thüringen"), "region 16055", "none"),
    *(
        reject(f"sign-{name}", f"a sign that is not explained: {sign}", swap(5, ";0,8;", f";{sign};"), "line 5", NUMBER)
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
    reject("quality-unknown", "a quality mark q", lines(lambda x: _marked(x, "q")), "line 2", "a quality mark", "'q'"),
    reject("quality-in-value", "an e beside the number", swap(5, ";0,8;", ";0,8e;"), "line 5", NUMBER),
    reject("number-two-commas", "1,1,1", swap(2, ";1,1;", ";1,1,1;"), "line 2", NUMBER),
    reject("decimal-point", "1.1 for 1,1", swap(2, ";1,1;", ";1.1;"), "line 2", NUMBER),
    reject(
        "marks-swapped",
        "thousands with a point",
        fields(13, lambda v: grouped(v, "."), PEOPLE),
        NUMBER,
        table=PEOPLE,
    ),
    reject(
        "marks-english",
        "thousands with a comma",
        fields(13, lambda v: grouped(v, ","), PEOPLE),
        "counts",
        table=PEOPLE,
    ),
    reject(
        "unit-thousands",
        "1000 for Anzahl",
        everywhere(";Anzahl;", ";1000;", PEOPLE),
        "'Anzahl'",
        "'1000'",
        table=PEOPLE,
    ),
    reject(
        "times-ten",
        "all figures times ten",
        fields(13, times_ten, PEOPLE),
        "between 15,000 and 500,000",
        "contract.plausible",
        table=PEOPLE,
    ),
    Fault(
        "times-ten-first",
        "all figures times ten, on a first load",
        "reject",
        ("between 15,000 and 500,000", "contract.plausible"),
        fields(13, times_ten, PEOPLE),
        PEOPLE,
        first=True,
    ),
    reject(
        "times-ten-kreis",
        "foreigners of one Kreis times ten",
        lines(_times_ten_kreis, WORK),
        "parts of the Kreise that add up",
        table=WORK,
    ),
    reject(
        "jump", "a third less in Erfurt", lines(_third_less, PEOPLE), "before, found", "monitor accept", table=PEOPLE
    ),
    reject("taken-back", "Kreise that were there are -", lines(_not_delivered, WORK), "numbers that were", table=WORK),
    reject("unit-other", "Promille", swap(4, ";Prozent;", ";Promille;"), "line 4", "'Prozent'", "'Promille'"),
    reject("measure-unknown", "an unknown measure", swap(4, "BEV008Q", "BEV009Q"), "line 4", "'BEV009Q'"),
    reject(
        "label-renamed",
        "männlich under another name",
        everywhere(";männlich;", ";Männer;", PEOPLE),
        "'männlich'",
        table=PEOPLE,
    ),
    reject("time-kind", "a day for a year", swap(2, ";2024;", ";2024-12-31;"), "line 2", "jahressumme"),
    reject("date-format", "12/31/2024", everywhere(";2024-12-31;", ";12/31/2024;", PEOPLE), "stichtag", table=PEOPLE),
    reject("year-other", "the year before", everywhere(";2024;", ";2023;"), "as asked for", "another period"),
    reject("year-missing", "no time", everywhere(";2024;", ";;"), "line 2", "jahressumme"),
    reject(
        "negative",
        "a negative count",
        fields(13, lambda v: f"-{v}" if v.isdecimal() else v, PEOPLE),
        "status value",
        table=PEOPLE,
    ),
]
HARMLESS = [
    Fault("bom", "a byte order mark", "harmless", give=_text(lambda t: b"\xef\xbb\xbf" + t)),
    Fault("crlf", "CRLF", "harmless", give=_text(lambda t: t.replace(b"\n", b"\r\n"))),
    Fault("no-last-feed", "no last line feed", "harmless", give=_text(lambda t: t.rstrip(b"\n"))),
    Fault("shuffled", "lines in another order", "harmless", give=lines(lambda x: [x[0], *reversed(x[1:])])),
    Fault("content-type", "a ZIP called text", "harmless", give=body(good, "text/plain")),
    Fault("footnote", "a footnote below", "harmless", give=_text(lambda t: t + "__________\nFußnote; 5;5\n".encode())),
]
CORRECTED, CORRECTION = ("16051", "12.0"), swap(2, ";1,1;", ";1,2;")
UNKNOWN = swap(5, ";0,8;", ";~;")
LISTS = [
    # where nobody can know, the table is fetched: that its answer is broken is seen
    *(
        Fault(f"list-{name}", f"the list of changes is {what}", "reject", ("line 5", NUMBER), UNKNOWN, listed=listed)
        for name, what, listed in (
            ("html", "a page", body(lambda: _HTML, "text/html")),
            ("empty", "empty", body(lambda: b"")),
            ("error", "an inner error", _status(-1, "Ein interner Fehler")),
            ("shape", "of another shape", _status(0, "erfolgreich", List="12511")),
        )
    ),
    Fault(
        "list-named",
        "the list of changes names the statistic",
        "control",
        CORRECTED,
        CORRECTION,
        listed=_status(0, "erfolgreich", List=[{"Code": "12511"}]),
    ),
    *(
        Fault(f"list-{name}", f"the list of changes: {what}", "reject", words, listed=listed, keeps=False)
        for name, what, words, listed in (
            ("login", "log-in refused", ("GENESIS status 15", "REGIO_PASSWORD"), _status(15, "nicht berechtigt")),
            ("down", "the host is down", ("HTTP 503", "2 attempts"), _http(503)),
        )
    ),
]
CONTROLS = [
    Fault("control-rate", "a corrected rate of Erfurt", "control", ("16051", "12.0"), swap(2, ";1,1;", ";1,2;")),
    Fault(
        "kreis-gone-extra",
        "Eisenach, dissolved, with a dash more",
        "control",
        ("'16056'", "not_existing"),
        lines(lambda x: [*x, x[2].replace(";16052;Gera;2,4;", ";16056;Eisenach;-;")]),
    ),
    Fault(
        "not-delivered",
        "a Land with - in all Kreise, the first time",
        "control",
        ("not_yet",),
        lines(_not_delivered, WORK),
        WORK,
        first=True,
    ),
]
_ALL = (
    *(*CONNECTIONS, *BODIES, *FIGURES, *HARMLESS, *CONTROLS, *LISTS, *HOMES, *WIDE, *XLSX, *FLAT),
    *(*BA_API, *AMR_FAULTS, *TLS_FAULTS, *LOCAL_TABLES),
)
FAULTS = {fault.id: fault for fault in _ALL}
assert len(FAULTS) == len(_ALL), "two faults of one id: one of them would never be executed"
