"""What may be asked, and what a failed attempt means. Comes in: a call, or an answer's status. Goes out: a `Failure`.

Refuses, before anything is sent: what is no http(s) address, plain http outside loopback, a login or a credential in
the address, credentials that cannot be headers. Only 429, 5xx and what may pass by itself is worth another attempt.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from integrationsmonitor import clock
from integrationsmonitor.redact import SecretHeaders


@dataclass(frozen=True)
class Call:
    """One request as asked for; `secrets` prints as stars."""

    dataset_id: str
    method: str
    url: str
    content: bytes | None
    headers: Mapping[str, str]
    secrets: SecretHeaders
    accept: Collection[int]


@dataclass(frozen=True)
class Failure:
    """Why one attempt gave nothing; `transient` failures may be tried again."""

    problem: str
    hint: str
    transient: bool
    retry_after: float = 0


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine's loopback."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(call: Call) -> Failure | None:
    """Say what is never sent."""
    parts = urlsplit(call.url)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        return Failure("this is no http(s) address", "Check the base URL in the configuration", False)
    if parts.username or parts.password:
        return Failure("the address holds a login", "Take it out; credentials come from the environment", False)
    if parts.scheme == "http" and not is_loopback(call.url):
        return Failure("plain http is refused outside loopback", "Use the https address of the source", False)
    if call.secrets.stand_in(call.url):
        return Failure("the address holds a credential", "Credentials are sent as headers only", False)
    problem = call.secrets.problem()
    return Failure(problem, "Set the variable again without it", False) if problem else None


def bad_status(status: int, problem: str, retry_after: str, cap: float) -> Failure:
    """What a status without data means; a host that asks for more than `cap` seconds of patience is left alone."""
    if status != 429 and status < 500:
        return Failure(problem, "Check address and request; the host refused it", transient=False)
    asked = _seconds(retry_after)
    if asked > cap:
        return Failure(problem, f"The host asks to be left alone for {asked:.0f} s; the next night tries again", False)
    return Failure(problem, "The host is busy or down; try again later", True, asked)


def _seconds(retry_after: str) -> float:
    """`Retry-After` as seconds from now: a number or an HTTP date; 0 for anything else."""
    text = retry_after.strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - clock.now()).total_seconds())


def without_login(url: str) -> str:
    """The address without user and password, for errors."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
