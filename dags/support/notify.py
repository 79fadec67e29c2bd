"""The channels on which a cause is told, through Airflow's notifiers: e-mail and webhook.

In: the environment (MONITOR_ALERT_EMAIL and Airflow's connection `smtp_default`; MONITOR_ALERT_WEBHOOK). Out: one
function per configured channel that sends a message or raises. Refuses: a webhook that is plain http outside loopback.
The webhook's address may be a secret: nothing that is logged or raised here holds more of it than the host.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow.sdk import BaseNotifier

from integrationsmonitor.errors import FetchError, MonitorError
from integrationsmonitor.http import HttpClient, Policy
from integrationsmonitor.redact import SecretHeaders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integrationsmonitor.night.alerts import Message

POLICY = Policy(read_seconds=30, total_seconds=60)
ACCEPTED = (200, 201, 202, 204)


class WebhookNotifier(BaseNotifier):
    """Posts `{subject, text, event, cause, dataset}` as JSON; the message is `context["alert"]`."""

    template_fields = ()

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def notify(self, context: Any) -> None:
        """Send; raises MonitorError without the address where the other side does not take it."""
        failed = ""
        try:
            with HttpClient(POLICY) as client:
                client.fetch(self._url, dataset_id="alert", json=context["alert"]["json"], accept=ACCEPTED)
        except FetchError as problem:
            failed = f"{problem.problem}. {problem.hint}"
        if failed:  # raised here, so that no exception chain leads back to the address
            raise MonitorError(f"webhook at {_host(self._url)}: {_parts_of(self._url).redact(failed)}")


def channels(environment: Mapping[str, str], context: Mapping[str, Any]) -> dict[str, Callable[[Message], None]]:
    """The configured channels, by name; an empty one is none."""
    found: dict[str, Callable[[Message], None]] = {}
    if recipients := environment.get("MONITOR_ALERT_EMAIL", "").replace(";", ",").strip(" ,"):
        found["e-mail"] = lambda message: _mail(recipients, message, context)
    if url := environment.get("MONITOR_ALERT_WEBHOOK", "").strip():
        found["webhook"] = lambda message: WebhookNotifier(url)(_with_alert(context, message))
    return found


def _mail(recipients: str, message: Message, context: Mapping[str, Any]) -> None:
    """Let Airflow's own notifier send; the text reaches it as a value, since it would read `{{` as a template."""
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    to = [address.strip() for address in recipients.split(",")]
    notifier = SmtpNotifier(to=to, subject="{{ alert.json.subject }}", html_content="{{ alert.html }}")
    notifier(_with_alert(context, message))


def _with_alert(context: Mapping[str, Any], message: Message) -> dict[str, Any]:
    first = message.causes[0]
    facts = {
        "subject": message.subject,
        "text": message.text,
        "event": message.event,
        "cause": first.kind,
        "dataset": first.dataset,
    }
    page = f'<pre style="white-space: pre-wrap; font-family: inherit">{html.escape(message.text)}</pre>'
    return {**context, "alert": {"json": facts, "html": page}}


def _host(url: str) -> str:
    return urlsplit(url).hostname or "?"


def _parts_of(url: str) -> SecretHeaders:
    """Whatever of an address may be a token: all of it behind the host, and each piece of some length."""
    parts = urlsplit(url)
    behind = url.partition(parts.netloc)[2] if parts.netloc else url
    pieces = [piece for piece in re.split(r"[/?&=:@;#]", behind) if len(piece) > 3]
    return SecretHeaders({str(number): piece for number, piece in enumerate([url, behind, *pieces]) if len(piece) > 1})
