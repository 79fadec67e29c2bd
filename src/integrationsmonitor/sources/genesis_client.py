"""Client of a GENESIS REST 2020 host. Comes in: table, years, region key. Goes out: an `Envelope` with the ZIP.

One request is one POST of `data/tablefile`, credentials as headers. The body decides what came
(genesis_body.py). A table too big for a dialog (98) goes through a job: 99 with its name, `catalogue/results` until it
is there, `data/resultfile`; a job that is not ready in time is noted, and the next night asks for its result
(genesis_jobs.py). Refuses everything that is neither data nor a plain "nothing there", with an error that names table,
address, what was found and the next step.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from integrationsmonitor.errors import FetchError
from integrationsmonitor.http import REDIRECTS, HttpClient, Policy, Response
from integrationsmonitor.http_rules import is_loopback
from integrationsmonitor.redact import SecretHeaders
from integrationsmonitor.sources.genesis_body import (
    CHANGED_PARAMETERS,
    GUEST,
    JOB_ACCEPTED,
    NO_OBJECT,
    NOTHING,
    OK,
    REFUSED_LOGIN,
    TOO_BIG,
    TOO_MANY,
    Verdict,
    hint,
    listed_codes,
    read_body,
    years_of,
)
from integrationsmonitor.sources.genesis_jobs import JobBook
from integrationsmonitor.turns import Turns

MODIFIED_PAGE = 2500  # the most entries a list of the hosts may have
_ANY_BUT_BUSY = frozenset(range(200, 500)) - frozenset(REDIRECTS)


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
        jobs: JobBook | None = None,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url, self.host_key = base_url, host_key
        self._secrets = SecretHeaders({"username": credentials[0], "password": credentials[1]})
        self._http = http or HttpClient(Policy(attempts=2), turns=turns, sleep=sleep)
        self._jobs = jobs or JobBook()
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
        request = f"{name} {params['startyear']}-{params['endyear']} {regionalkey}"
        job = self._jobs.pending(request)
        if job:
            params["job"] = "true"
            return self._result_of(job, request, params, name)
        answer, verdict = self._post("data/tablefile", params, name)
        if verdict.kind == "status" and verdict.code == TOO_BIG:
            params["job"] = "true"
            answer, verdict = self._post("data/tablefile", params, name)
            if verdict.kind == "status" and verdict.code == JOB_ACCEPTED:
                job = self._job_name(verdict, answer, name)
                self._jobs.ordered(request, job)
                return self._result_of(job, request, params, name)
        if verdict.kind == "zip" and answer.status == 200:
            return self._envelope("data", answer, params, verdict)
        if verdict.kind == "status" and verdict.code in NOTHING:
            return self._envelope("no_data", answer, params, verdict)
        raise self._failure(answer, verdict, name)

    def is_listed(self, table: str, since: date) -> bool | None:
        """Whether `catalogue/modifieddata` names the table, or its statistic, as new or changed since that day.

        The hosts list new tables, but changed figures under their statistic: so both count. None where the answer is no
        list that can be relied on (another shape, a full page): then nobody knows, and the table must be fetched.
        Raises FetchError where the host cannot be reached or refuses the account.
        """
        statistic = table.split("-", 1)[0]
        params = {
            "selection": f"{statistic}*",
            "type": "all",
            "date": f"{since:%d.%m.%Y}",
            "pagelength": str(MODIFIED_PAGE),
            "language": "de",
        }
        answer, verdict = self._post("catalogue/modifieddata", params, table)
        if verdict.kind == "status" and verdict.code in NOTHING:
            return False
        if verdict.kind == "status" and (verdict.code in REFUSED_LOGIN or verdict.username == GUEST):
            raise self._failure(answer, verdict, table)
        codes = listed_codes(answer.body) if verdict.code in (OK, CHANGED_PARAMETERS) else None
        if codes is None or len(codes) >= MODIFIED_PAGE:
            return None
        return any(code == table or code.split("-", 1)[0] == statistic for code in codes)

    def years(self, table: str) -> tuple[int, int] | None:
        """First and last year of which the host holds figures (`metadata/table`, Time); None where it does not say."""
        answer, verdict = self._post("metadata/table", {"name": table, "area": "all", "language": "de"}, table)
        if verdict.kind == "status" and verdict.code in (OK, CHANGED_PARAMETERS):
            return years_of(answer.body)
        if verdict.kind == "status" and verdict.code in NOTHING:
            return None
        raise self._failure(answer, verdict, table)

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

    def _result_of(self, job: str, request: str, params: Mapping[str, str], name: str) -> Envelope:
        """Wait for a job and fetch its result; a job that fails is forgotten, one that is late stays noted."""
        self._wait_for(job, request, name)
        answer, verdict = self._post("data/resultfile", {"name": job, "area": "user", "language": "de"}, name)
        self._jobs.done(request)
        if verdict.kind != "zip" or answer.status != 200:
            raise self._failure(answer, verdict, name)
        return self._envelope("data", answer, params, verdict)

    def _wait_for(self, job: str, request: str, name: str) -> None:
        """Poll `catalogue/results`, with growing pauses, until the job's result is listed."""
        waited, pause = 0.0, self._patience.first
        while waited <= self._patience.job:
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * self._patience.factor, self._patience.longest)
            params = {"selection": job, "area": "user", "pagelength": "1", "language": "de"}
            answer, verdict = self._post("catalogue/results", params, name)
            if verdict.kind == "status" and verdict.code in (OK, CHANGED_PARAMETERS):
                return
            if verdict.kind != "status" or verdict.code != NO_OBJECT:
                if verdict.kind == "status" and verdict.code not in (*REFUSED_LOGIN, TOO_MANY):
                    self._jobs.done(request)
                raise self._failure(answer, verdict, name)
        raise FetchError(
            self._dataset_id(name),
            self.base_url + "catalogue/results",
            f"the job {job} was not ready after {waited:.0f} s",
            "The host goes on computing it; the next night asks for its result",
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
            self._dataset_id(name),
            answer.url,
            said,
            hint(verdict, name, self.host_key),
            self._secrets.redact_bytes(answer.body),
        )
