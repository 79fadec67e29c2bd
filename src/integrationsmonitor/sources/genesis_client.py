"""Client of a GENESIS REST 2020 host. Comes in: table, years, region key. Goes out: an `Envelope` with the ZIP.

One request is one POST of `data/tablefile`, credentials as headers. The HTTP status tells little, so the body decides:
`PK` is data, `{` is a status, `<` is a page and a failure. A table too big for a dialog (98) goes through a job: 99
with its name, `catalogue/results` until it is there, `data/resultfile`. Refuses everything that is neither data nor
a plain "nothing there", with an error that names table, address, what was found and the next step.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from integrationsmonitor.errors import FetchError
from integrationsmonitor.http import HttpClient, Policy, Response, is_loopback
from integrationsmonitor.redact import SecretHeaders
from integrationsmonitor.turns import Turns

OK, CHANGED_PARAMETERS, NOTHING_NEWER, TOO_MANY, NO_TABLE, TOO_BIG, JOB_ACCEPTED, NO_OBJECT = (
    0,
    22,
    50,
    6,
    90,
    98,
    99,
    104,
)
NOTHING = (NOTHING_NEWER, NO_OBJECT)
REFUSED_LOGIN = (2, 15)
GUEST = "GAST"
_ANY_BUT_BUSY = range(200, 500)


@dataclass(frozen=True)
class Envelope:
    """One answer: `body` is the ZIP ("data") or empty ("no_data"); `params` are the form's fields, without credentials.

    `status_code_genesis` and `message` are the host's own words, where it said any; `retrieved_at` is aware UTC.
    """

    kind: Literal["data", "no_data"]
    body: bytes = field(repr=False)
    url: str
    params: Mapping[str, str]
    retrieved_at: datetime
    status_code_genesis: int | None
    message: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Patience:
    """How long to wait for a job, and for a host with too many requests, in seconds."""

    first: float = 5
    factor: float = 1.5
    longest: float = 60
    job: float = 1800
    busy: float = 180

    @classmethod
    def towards(cls, base_url: str) -> Patience:
        """Short waits on loopback, where the recorded source answers."""
        return cls(first=0.02, longest=1) if is_loopback(base_url) else cls()


class Verdict(NamedTuple):
    """What a body is: data (`zip`), a status with its code and text, or something else (`html`, `empty`, `other`)."""

    kind: Literal["zip", "status", "html", "empty", "other"]
    code: int | None = None
    text: str = ""
    username: str = ""


def read_body(body: bytes) -> Verdict:
    """Decide by the body alone; never raises."""
    if body.startswith(b"PK"):
        return Verdict("zip")
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return Verdict("empty" if not body.strip() else "other")
    if start.startswith(b"<"):
        return Verdict("html")
    if not start.startswith(b"{"):
        return Verdict("other")
    try:
        answer = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Verdict("other")
    status = answer.get("Status", answer)
    username = answer.get("Username", "")
    if isinstance(status, str):  # helloworld/logincheck
        return Verdict("status", None, _line(status), str(username))
    if not isinstance(status, dict):
        return Verdict("other")
    return Verdict("status", _code(status.get("Code")), _line(status.get("Content", "")), str(username))


class GenesisClient:
    """Asks one host, one request at a time. Close it, or use it in a `with` statement."""

    def __init__(
        self,
        base_url: str,
        credentials: tuple[str, str],
        host_key: str,
        *,
        http: HttpClient | None = None,
        turns: Turns | None = None,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url, self.host_key = base_url, host_key
        self._secrets = SecretHeaders({"username": credentials[0], "password": credentials[1]})
        self._http = http or HttpClient(Policy(attempts=2), turns=turns, sleep=sleep)
        self._patience = patience or Patience.towards(base_url)
        self._sleep = sleep

    def __enter__(self) -> GenesisClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def table(
        self, name: str, start_year: int | None = None, end_year: int | None = None, regionalkey: str = ""
    ) -> Envelope:
        """Fetch one table as `ffcsv`; without years the host gives its latest Stichtag only.

        Raises FetchError for all but data (ZIP) and "nothing there" (104, 50).
        """
        params = {
            "area": "all",
            "compress": "false",
            "startyear": "" if start_year is None else str(start_year),
            "endyear": "" if end_year is None else str(end_year),
            "format": "ffcsv",
            "language": "de",
            "name": name,
            "quality": "on",
            "regionalkey": regionalkey,
            "job": "false",
        }
        answer, verdict = self._post("data/tablefile", params, name)
        if verdict.kind == "status" and verdict.code == TOO_BIG:
            params["job"] = "true"
            answer, verdict = self._post("data/tablefile", params, name)
            if verdict.kind == "status" and verdict.code == JOB_ACCEPTED:
                job = self._job_name(verdict, answer, name)
                self._wait_for(job, name)
                answer, verdict = self._post("data/resultfile", {"name": job, "area": "user", "language": "de"}, name)
                if verdict.kind != "zip":
                    raise self._failure(answer, verdict, name)
        if verdict.kind == "zip" and answer.status == 200:
            return self._envelope("data", answer, params, verdict)
        if verdict.kind == "status" and verdict.code in NOTHING:
            return self._envelope("no_data", answer, params, verdict)
        raise self._failure(answer, verdict, name)

    def check_login(self) -> str:
        """Log in and out once; returns the host's words. Raises FetchError where the host does not know the account.

        Without (readable) credentials the host answers with the text of success and the user name GAST.
        """
        answer, verdict = self._post("helloworld/logincheck", {"language": "de"}, "logincheck")
        done = verdict.kind == "status" and verdict.code is None and "erfolgreich" in verdict.text
        if done and verdict.username != GUEST:
            return verdict.text
        if verdict.kind == "status" and verdict.code is None:
            verdict = verdict._replace(code=REFUSED_LOGIN[0])
        raise self._failure(answer, verdict, "logincheck")

    def _post(self, method: str, params: Mapping[str, str], name: str) -> tuple[Response, Verdict]:
        """One POST; waits and asks again while the host says that too many requests run."""
        waited, pause = 0.0, self._patience.first
        while True:
            answer = self._http.fetch(
                self.base_url + method,
                dataset_id=self._dataset_id(name),
                form=params,
                secrets=self._secrets,
                accept=_ANY_BUT_BUSY,
            )
            verdict = read_body(answer.body)
            verdict = verdict._replace(text=self._secrets.redact(verdict.text))
            busy = verdict.kind == "status" and verdict.code == TOO_MANY
            if not busy or waited >= self._patience.busy:
                return answer, verdict
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * self._patience.factor, self._patience.longest)

    def _wait_for(self, job: str, name: str) -> None:
        """Poll `catalogue/results` until the job's result is listed."""
        waited, pause = 0.0, self._patience.first
        while waited <= self._patience.job:
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * self._patience.factor, self._patience.longest)
            params = {"selection": job, "area": "user", "pagelength": "1", "language": "de"}
            answer, verdict = self._post("catalogue/results", params, name)
            if verdict.kind == "status" and verdict.code in (OK, CHANGED_PARAMETERS):
                return
            if verdict.kind != "status" or verdict.code != NO_OBJECT:
                raise self._failure(answer, verdict, name)
        raise FetchError(
            self._dataset_id(name),
            self.base_url + "catalogue/results",
            f"the job {job} was not ready after {waited:.0f} s",
            "The host goes on computing it; the next night asks again",
        )

    def _job_name(self, verdict: Verdict, answer: Response, name: str) -> str:
        match = re.search(rf"(?<![\w-]){re.escape(name)}_[0-9]+(?![\w-])", verdict.text)
        if match:
            return match[0]
        raise FetchError(
            self._dataset_id(name),
            answer.url,
            f"a job was accepted (99), but its name is missing, found {verdict.text[:200]!r}",
            "The wording of the host has changed; read the name out of it in sources/genesis_client.py",
            self._secrets.redact_bytes(answer.body),
        )

    def _envelope(
        self, kind: Literal["data", "no_data"], answer: Response, params: Mapping[str, str], verdict: Verdict
    ) -> Envelope:
        return Envelope(
            kind=kind,
            body=answer.body if kind == "data" else b"",
            url=answer.url,
            params=dict(params),
            retrieved_at=answer.retrieved_at,
            status_code_genesis=verdict.code,
            message=verdict.text,
            headers=answer.headers,
        )

    def _dataset_id(self, name: str) -> str:
        return f"{self.host_key}_{name.replace('-', '_')}"

    def _failure(self, answer: Response, verdict: Verdict, name: str) -> FetchError:
        """Put an answer without data into words: what was found, and what to do next."""
        said = f"HTTP {answer.status}, found {self._secrets.found(answer.body)}"
        if verdict.kind == "status":
            said = f"GENESIS status {verdict.code}: {verdict.text[:200]} (HTTP {answer.status})"
        return FetchError(
            self._dataset_id(name), answer.url, said, self._hint(verdict, name), self._secrets.redact_bytes(answer.body)
        )

    def _hint(self, verdict: Verdict, name: str) -> str:
        if verdict.kind == "html":
            return "This is a web page: maintenance, or a wrong base URL (its capital letters count). Try again later"
        if verdict.kind != "status":
            return "Expected a ZIP or a JSON status; try again later, and look at the host in a browser"
        if verdict.code in REFUSED_LOGIN or verdict.username == GUEST:
            prefix = self.host_key.upper()
            return (
                f"Check {prefix}_USER and {prefix}_PASSWORD (Zugangsdaten prüfen): "
                "the host does not know the account, or it is a guest's"
            )
        hints: dict[int | None, str] = {
            NO_TABLE: f"No table {name} here: check source.host and source.table in the dataset's file",
            TOO_MANY: "Too many requests of this account run at the same time; try again later",
            TOO_BIG: "The host refuses the table even as a job; set a regionalkey or fewer years in the dataset's file",
            OK: "The host says ok but gave no ZIP; nothing was read",
            CHANGED_PARAMETERS: "The host changed a parameter and gave no ZIP; check the dataset's file",
            -1: "The host made the table only in part; nothing was read. Try again later",
        }
        return hints.get(verdict.code, "This status is not known here; nothing was read")


def _code(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _line(text: Any) -> str:
    return " ".join(str(text).split())
