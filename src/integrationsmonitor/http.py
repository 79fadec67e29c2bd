"""One polite way to ask a host. Comes in: a URL, a form, headers. Goes out: a `Response` with the bytes as they came.

Refuses: plain http outside loopback, a login in the URL, redirects to another origin, bodies over the limit.
Retries, with jitter, only what may pass by itself: 429, 5xx, time-outs, broken connections. `Retry-After` is
honoured; a host that asks for more patience than `retry_after_cap` is left alone at once. Requests to one host never
overlap, with a minimum pause between them (turns.py). What is known already is asked for on condition (ETag,
Last-Modified), where the caller has kept the validators. Secrets travel as headers only; errors are raised outside of
any `except` block, so that no exception chain leads back to a request.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from json import dumps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

from integrationsmonitor import clock
from integrationsmonitor.errors import FetchError
from integrationsmonitor.http_rules import Call, Failure, bad_status, is_loopback, refusal, without_login
from integrationsmonitor.redact import SecretHeaders
from integrationsmonitor.turns import Turns

if TYPE_CHECKING:
    import httpx
    import tenacity

KEPT_HEADERS = ("etag", "last-modified", "date")
CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
REDIRECTS = (301, 302, 303, 307, 308)
USER_AGENT = "integrationsmonitor-thueringen"


@dataclass(frozen=True)
class Policy:
    """How patient we are, in seconds and bytes."""

    connect_seconds: float = 10
    read_seconds: float = 300
    total_seconds: float = 900
    attempts: int = 3
    first_wait_seconds: float = 2
    longest_wait_seconds: float = 60
    retry_after_cap: float = 300
    pause_seconds: float = 1
    max_bytes: int = 256 * 1024 * 1024


@dataclass(frozen=True)
class Response:
    """One answer. `headers` holds the validators and the date only; `retrieved_at` is our clock, aware UTC."""

    url: str
    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    retrieved_at: datetime


class HttpClient:
    """Fetches; keeps connections open between requests. Close it, or use it in a `with` statement."""

    def __init__(
        self, policy: Policy | None = None, *, turns: Turns | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.policy, self._turns = policy or Policy(), turns or Turns()
        self._sleep = sleep
        self._clients: dict[bool, httpx.Client] = {}
        self._guard = threading.Lock()

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the client may be used again."""
        with self._guard:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def fetch(
        self,
        url: str,
        *,
        dataset_id: str,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        secrets: SecretHeaders | None = None,
        accept: Collection[int] = (200,),
        known: Mapping[str, str] | None = None,
    ) -> Response:
        """GET, or POST where `form`, or plain data as `json`, is given.

        Answers whose status is in `accept` come back (never 429 or 5xx); all else is a FetchError. `known` are the
        validators of the answer at hand (`Response.headers` of then): where it still holds, the status is 304 and the
        body is empty. Only a GET may ask so.
        """
        secrets = secrets or SecretHeaders({})
        all_headers = {"Accept-Encoding": "identity", "User-Agent": USER_AGENT, **(headers or {})}
        content = None
        conditions = {
            asked: value for name, asked in CONDITIONS.items() if form is None and (value := (known or {}).get(name))
        }
        if conditions:
            all_headers |= conditions
            accept = (*accept, 304)
        if form is not None:
            content = urlencode(form).encode("ascii")
            charset = "" if all(value.isascii() for value in form.values()) else "; charset=UTF-8"
            all_headers["Content-Type"] = "application/x-www-form-urlencoded" + charset
        elif json is not None:
            content = dumps(json, ensure_ascii=False).encode()
            all_headers["Content-Type"] = "application/json; charset=utf-8"
        call = Call(dataset_id, "GET" if content is None else "POST", url, content, all_headers, secrets, accept)
        outcome = refusal(call) or self._with_retries(call)
        if isinstance(outcome, Response):
            return outcome
        shown = f"{urlsplit(url).scheme}://…" if secrets.stand_in(url) else without_login(url)
        raise FetchError(dataset_id, shown, secrets.redact(outcome.problem), outcome.hint)

    def _with_retries(self, call: Call) -> Response | Failure:
        import tenacity

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.policy.attempts),
            retry=tenacity.retry_if_result(lambda outcome: isinstance(outcome, Failure) and outcome.transient),
            wait=self._wait,
            sleep=self._sleep,
            retry_error_callback=_last_outcome,
        )
        outcome: Response | Failure = retrying(self._attempt, call)
        if isinstance(outcome, Failure) and outcome.transient:
            tries = f"{outcome.problem} ({self.policy.attempts} attempts)"
            return Failure(tries, outcome.hint, transient=False)
        return outcome

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Exponential, each wait somewhere in its upper half (jitter); never shorter than the host asked for."""
        grown = self.policy.first_wait_seconds * 2.0 ** (state.attempt_number - 1)
        longest = min(grown, self.policy.longest_wait_seconds)
        failure = _last_outcome(state)
        asked = failure.retry_after if isinstance(failure, Failure) else 0.0
        return max(asked, longest * random.SystemRandom().uniform(0.5, 1))

    def _attempt(self, call: Call) -> Response | Failure:
        """One turn at the host, redirects within its origin included."""
        host = urlsplit(call.url).netloc
        with self._turns.at(host) as rested:
            if rested < self.policy.pause_seconds and not is_loopback(call.url):
                self._sleep(self.policy.pause_seconds - rested)
            return self._send(call, hops=3)

    def _send(self, call: Call, hops: int) -> Response | Failure:
        import httpx

        started = time.monotonic()
        try:
            client = self._client(call.url)
            client.cookies.clear()
            with client.stream(
                call.method, call.url, content=call.content, headers=call.headers, auth=_auth(call.secrets)
            ) as answer:
                if answer.status_code in REDIRECTS and answer.status_code not in call.accept:
                    target = urljoin(call.url, answer.headers.get("location", ""))
                else:
                    return self._read(call, answer, started)
        except httpx.TimeoutException as problem:
            text = f"no answer in time ({type(problem).__name__})"
            return Failure(text, "The host may be busy; try again later", transient=True)
        except httpx.TransportError as problem:
            text = f"connection failed ({type(problem).__name__}: {problem})"
            return Failure(text, "Check network, proxy and host name; try again later", transient=True)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:  # ValueError: a header that cannot be read
            text = f"request failed ({type(problem).__name__})"
            return Failure(text, "Check the base URL in the configuration", transient=False)
        return self._redirected(call, target, answer.status_code, hops)

    def _redirected(self, call: Call, target: str, status: int, hops: int) -> Response | Failure:
        same_origin = urlsplit(target)[:2] == urlsplit(call.url)[:2]
        if hops and same_origin and (call.method == "GET" or status in (307, 308)):
            return self._send(replace(call, url=target), hops - 1)
        where = call.secrets.redact(without_login(target).split("?", 1)[0])
        return Failure(
            f"HTTP {status}, a redirect to {where}, which is not followed",
            "If the source has moved for good, change its base URL in the configuration",
            transient=False,
        )

    def _read(self, call: Call, answer: httpx.Response, started: float) -> Response | Failure:
        """Read the body in pieces, so that neither a huge nor an endless one is taken whole."""
        limit, body = self.policy.max_bytes, bytearray()
        too_large = Failure(
            f"the answer is larger than {limit:,} bytes", "Narrow the request or raise the limit", transient=False
        )
        declared = answer.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            return too_large
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > limit:
                return too_large
            if time.monotonic() - started > self.policy.total_seconds:
                text = f"the answer was not complete after {self.policy.total_seconds:g} s"
                return Failure(text, "Try again later", transient=True)
        status = answer.status_code
        if status not in call.accept or status == 429 or status >= 500:
            problem = f"HTTP {status}, found {call.secrets.found(bytes(body))}"
            return bad_status(status, problem, answer.headers.get("retry-after", ""), self.policy.retry_after_cap)
        return Response(
            url=call.url,
            status=status,
            content_type=answer.headers.get("content-type", ""),
            headers={n: call.secrets.redact(answer.headers[n]) for n in KEPT_HEADERS if n in answer.headers},
            body=bytes(body),
            retrieved_at=clock.now(),
        )

    def _client(self, url: str) -> httpx.Client:
        """Two clients: plain http (loopback: no proxy, no certificates to load) and https (verified, proxy allowed).

        Their own logs are muted: at DEBUG they print the headers of answers, and a host may echo what it was sent.
        """
        import logging
        import ssl

        import httpx

        plain = urlsplit(url).scheme == "http"
        with self._guard:
            if plain not in self._clients:
                for library in ("httpx", "httpcore"):
                    logging.getLogger(library).setLevel(logging.WARNING)
                options: dict[str, Any] = {"trust_env": False, "verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
                self._clients[plain] = httpx.Client(
                    timeout=httpx.Timeout(self.policy.read_seconds, connect=self.policy.connect_seconds),
                    follow_redirects=False,
                    **(options if plain else {}),
                )
            return self._clients[plain]


def _auth(secrets: SecretHeaders) -> httpx.Auth:
    """Put the secrets into the request at the last moment, so that they stand in no variable on the way."""
    import httpx

    class HeaderAuth(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Any:
            secrets.apply(request.headers)
            yield request

    return HeaderAuth()


def _last_outcome(state: tenacity.RetryCallState) -> Any:
    return state.outcome.result() if state.outcome else None
