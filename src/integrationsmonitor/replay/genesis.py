"""How a GENESIS REST 2020 host answers. Comes in: a `Request`. Goes out: an `Answer` in the shape of the live one.

Shapes follow answers seen in 2026: the envelope (Ident, Status, Parameter, List or Object, Copyright), flat log-in
errors (15 with 401, 2 with 404), the job detour 98 → 99 → 104 → 0 → ZIP, the guest's log-in check, the HTML 404 of a
path in other letters. The body of a refused GET is not on record and kept plain; no list of changes was ever captured,
so its entries follow the OpenAPI and client code. What the recordings cannot answer truly (several years at once,
another format or region key) is refused with 400, never answered with something near.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.replay.exchange import Answer, Request
from integrationsmonitor.replay.store import Recording, RecordingStore

BASE_PATHS = {"regio": "/regio/genesisws/rest/2020/", "destatis": "/destatis/genesisWS/rest/2020/"}
BIG_TABLES = frozenset({"12531-0043"})
COPYRIGHT = {
    "regio": "© Statistische Ämter des Bundes und der Länder, Deutschland, 2026.",
    "destatis": "© Statistisches Bundesamt (Destatis), 2026",
}
MASK = "*" * 20
_AREAS = {"all": "Alle", "user": "Benutzer", "free": "Katalog"}
_STATUS = {
    0: ("erfolgreich", "Information"),
    6: ("Es laufen zu viele parallele Requests unter Ihrer Kennung.", "Fehler"),
    90: ("Die angeforderte Tabelle ist nicht vorhanden.", "Fehler"),
    98: (
        "Die Tabelle ist zu gross, um im Dialog abgerufen zu werden. Bitte nutzen sie den Webservice mit dem Parameter "
        "job=true (REST) um eine Verarbeitung im Hintergrund zu starten.",
        "Fehler",
    ),
    99: (
        "Der Bearbeitungsauftrag wurde erstellt. Die Tabelle kann in Kürze als Ergebnis mit folgendem Namen abgerufen "
        "werden: {name}",
        "Information",
    ),
    104: ("Es gibt keine Objekte zum angegebenen Selektionskriterium", "Information"),
}
_NOT_AUTHORISED = (
    "Sie sind nicht berechtigt diesen Service aufzurufen oder der Header Ihres Requests enthält nicht alle notwendigen "
    "Angaben, sodass Ihre Zugangsdaten nicht erkannt werden."
)
_LOGIN_REFUSED = "Ein Fehler ist aufgetreten. (Bitte prüfen und korrigieren Sie Ihren Nutzernamen bzw.\n das Passwort.)"
_TABLEFILE_FIELDS = (
    *("name", "area", "compress", "transpose", "contents", "startyear", "endyear", "timeslices", "regionalvariable"),
    "regionalkey",
    *(f"classifying{kind}{number}" for number in range(1, 6) for kind in ("variable", "key")),
    *("format", "job", "stand", "language"),
)
_QUALITY_SIGNS = (
    ("0", "weniger als die Hälfte von 1 in der letzten besetzten Stelle, jedoch mehr als nichts"),
    ("-", "nichts vorhanden"),
    ("...", "Angabe fällt später an"),
    ("/", "keine Angaben, da Zahlenwert nicht sicher genug"),
    (".", "Zahlenwert unbekannt oder geheimzuhalten"),
    ("x", "Tabellenfach gesperrt, weil Aussage nicht sinnvoll"),
    ("()", "Aussagewert eingeschränkt, da der Zahlenwert statistisch relativ unsicher ist"),
    ("p", "vorläufige Zahl"),
    ("r", "berichtigte Zahl"),
    ("s", "geschätzte Zahl"),
)


class GenesisReplay:
    """Answers for all hosts out of one store; remembers its jobs."""

    def __init__(self, store: RecordingStore, big_tables: Collection[str] = BIG_TABLES, job_polls: int = 1) -> None:
        self.store, self._big, self._job_polls = store, frozenset(big_tables), job_polls
        self._jobs: dict[str, tuple[Recording, int]] = {}
        self._next_job = 175_000_001
        self._guard = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Answer one request whose path is below a host's base path."""
        if request.method == "helloworld/whoami" and request.verb == "GET":
            return _json({"User-Agent": "integrationsmonitor", "User-IP": "127.0.0.1"})
        if request.method == "catalogue/qualitysigns" and request.verb == "GET":
            signs = [{"Code": sign, "Content": text} for sign, text in _QUALITY_SIGNS]
            return _envelope(request, 0, {"language": "de"}, {"List": signs})
        if request.verb != "POST":
            return Answer(405, "text/plain;charset=UTF-8", b"", {"Allow": "POST"})
        if request.method == "helloworld/logincheck":
            return self._logincheck(request)
        if not request.has_credentials:
            return _json({"Code": 15, "Content": _NOT_AUTHORISED, "Type": "ERROR"}, 401)
        if not request.right_credentials:
            return _json({"Code": 2, "Content": _LOGIN_REFUSED, "Type": "ERROR"}, 404)
        methods = {
            "data/tablefile": self._tablefile,
            "data/resultfile": self._resultfile,
            "catalogue/results": self._results,
            "catalogue/modifieddata": self._modifieddata,
            "metadata/table": self._metadata,
        }
        if request.method not in methods:
            return html_404(request.path)
        return methods[request.method](request)

    def busy(self, request: Request) -> Answer:
        """Answer that too many requests run at the same time (status 6)."""
        return _envelope(request, 6, {}, {"Object": None})

    def _logincheck(self, request: Request) -> Answer:
        if request.has_credentials and not request.right_credentials:
            return _json({"Status": _LOGIN_REFUSED, "Username": MASK})
        user = "RECORDED" if request.has_credentials else "GAST"
        return _json({"Status": "Sie wurden erfolgreich an- und abgemeldet!", "Username": user})

    def _tablefile(self, request: Request) -> Answer:
        form = request.form
        name = form.get("name", "")
        echo = {field: form.get(field, "") for field in _TABLEFILE_FIELDS}
        echo["area"] = _AREAS.get(form.get("area", ""), echo["area"])
        if not self.store.has_table(request.host, name):
            return _envelope(request, 90, echo, {"Object": None})
        years = {form.get("startyear", ""), form.get("endyear", "")}
        asked = (form.get("format"), form.get("compress"), form.get("language"))
        if len(years) > 1 or not all(year == "" or year.isdecimal() for year in years):
            return _not_recorded("one year per request: startyear and endyear must be equal")
        if asked != ("ffcsv", "false", "de"):
            return _not_recorded("format=ffcsv, compress=false, language=de")
        year = years.pop()
        recording = self.store.find(request.host, name, int(year) if year else None, request.known_until)
        if recording is None:
            return _envelope(request, 104, echo, {"Object": None})
        if recording.regionalkey not in (None, form.get("regionalkey", "")):
            return _not_recorded(f"regionalkey={recording.regionalkey!r} for table {name}")
        as_job = form.get("job") == "true"
        if as_job:
            with self._guard:
                job, self._next_job = f"{name}_{self._next_job}", self._next_job + 1
                self._jobs[job] = (recording, self._job_polls)
            return _envelope(request, 99, echo, {"Object": None}, name=job)
        if name in self._big:
            return _envelope(request, 98, echo, {"Object": None})
        return self._zip(recording)

    def _modifieddata(self, request: Request) -> Answer:
        """List what was recorded since a day: the statistic of a table whose figures changed, as the hosts do."""
        fields = ("selection", "type", "date", "pagelength", "language")
        echo = {field: request.form.get(field, "") for field in fields}
        try:
            since = datetime.strptime(echo["date"], "%d.%m.%Y").replace(tzinfo=UTC)
        except ValueError:
            return _not_recorded("a date as dd.mm.yyyy")
        prefix = echo["selection"].removesuffix("*")
        changed: dict[str, datetime] = {}
        for table in self.store.tables(request.host):
            known = [made for made in self.store.stands(table, request.host) if _is_known(made, request)]
            if known and known[-1] >= since and table.startswith(prefix):
                statistic = table.split("-", 1)[0]
                changed[statistic] = max(changed.get(statistic, since), known[-1])
        if not changed:
            return _envelope(request, 104, echo, {"List": None})
        entries = [
            {"Code": code, "Content": code, "Type": "Aktualisierte Statistik", "Date": f"{day:%d.%m.%Y}", "Added": ""}
            for code, day in changed.items()
        ]
        return _envelope(request, 0, echo, {"List": entries})

    def _metadata(self, request: Request) -> Answer:
        """Say of which years figures are recorded; the structure of the table is not on record."""
        name = request.form.get("name", "")
        echo = {"name": name, "area": _AREAS.get(request.form.get("area", ""), ""), "language": "de"}
        if not self.store.has_table(request.host, name):
            return _envelope(request, 90, echo, {"Object": None})
        years = self.store.years(request.host, name, request.known_until)
        if not years:
            return _envelope(request, 104, echo, {"Object": None})
        time = {"From": f"31.12.{min(years)}", "To": f"31.12.{max(years)}"}
        return _envelope(request, 0, echo, {"Object": {"Code": name, "Content": name, "Time": time}})

    def _results(self, request: Request) -> Answer:
        job = request.form.get("selection", "")
        area = request.form.get("area", "")
        echo = {
            "selection": job,
            "area": _AREAS.get(area, area),
            "pagelength": request.form.get("pagelength", ""),
            "language": request.form.get("language", "de"),
        }
        with self._guard:
            recording, polls = self._jobs.get(job, (None, 0))
            if recording is not None and polls:
                self._jobs[job] = (recording, polls - 1)
        if recording is None or polls:
            return _envelope(request, 104, echo, {"List": None})
        return _envelope(request, 0, echo, {"List": [{"Code": job, "Content": recording.table, "Values": ""}]})

    def _resultfile(self, request: Request) -> Answer:
        job = request.form.get("name", "")
        with self._guard:
            recording, polls = self._jobs.get(job, (None, 0))
        if recording is None or polls:
            return _envelope(request, 104, {"name": job}, {"Object": None})
        return self._zip(recording)

    def _zip(self, recording: Recording) -> Answer:
        try:
            body = self.store.read(recording)
        except ConfigError as problem:
            return Answer(500, "text/plain;charset=UTF-8", str(problem).encode())
        name = f"{recording.table}_{recording.epoch}_de_flat.zip"
        return Answer(200, "application/zip", body, {"Content-Disposition": f'attachment; filename="{name}"'})


def _is_known(made: datetime, request: Request) -> bool:
    return request.known_until is None or made <= request.known_until


def html_404(path: str) -> Answer:
    """Answer as a web server does for a path it does not know."""
    shown = path.replace("&", "&amp;").replace("<", "&lt;")
    head = "<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head>"
    page = f"{head}<body><h1>Not Found</h1><p>{shown}</p></body></html>\n"
    return Answer(404, "text/html;charset=UTF-8", page.encode())


def _not_recorded(what: str) -> Answer:
    return Answer(400, "text/plain;charset=UTF-8", f"The recorded source answers only: {what}\n".encode())


def _json(content: Mapping[str, Any], status: int = 200) -> Answer:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, "application/json;charset=UTF-8", body)


def _envelope(
    request: Request, code: int, echo: Mapping[str, str], content: Mapping[str, Any], name: str = ""
) -> Answer:
    service, _, method = request.method.partition("/")
    text, kind = _STATUS[code]
    return _json(
        {
            "Ident": {"Service": service, "Method": method},
            "Status": {"Code": code, "Content": text.format(name=name), "Type": kind},
            "Parameter": {"username": MASK, "password": MASK, **echo},
            **content,
            "Copyright": COPYRIGHT[request.host],
        }
    )
