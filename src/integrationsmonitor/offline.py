"""Pages that ask nobody.

Comes in: HTML that somebody will open from a release. Goes out: the same page with a policy that keeps a browser from
loading anything but what stands in the page itself. Links may be followed: a reader does that.
Refuses (MonitorError): a page that names another host where a browser would load from it, one without a head.
"""

from __future__ import annotations

import re
from pathlib import Path

from integrationsmonitor.errors import MonitorError

# Scripts of a page itself may run (the page of the dbt project is one); they have nobody to talk to.
POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="'
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'\">"
)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_HOST = r"""["']?\s*(?:https?:|wss?:)?//[^"'\s>]*"""
# One after the other: each begins with a sign that is searched for quickly, megabytes of script do not.
_LOADS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"""\s(?:src|srcset|action|formaction|poster|data|background|xlink:href)\s*=\s*{_HOST}""",
        rf"""<(?:link|base)\b[^>]*\shref\s*=\s*{_HOST}""",
        rf"""\((?<=url\()\s*{_HOST}""",
        rf"""@import\s*{_HOST}""",
    )
)


def loads(html: str) -> str | None:
    """What a browser would load from another host, as it stands there; None where there is nothing."""
    found = next(filter(None, (pattern.search(html) for pattern in _LOADS)), None)
    return found.group(0).strip() if found else None


def locked(html: str, name: str) -> str:
    """The page with its policy; one that has it already stays as it is."""
    if foreign := loads(html):
        raise MonitorError(f"{name} would load from another host: {foreign[:120]}; nothing like it may leave")
    if POLICY in html:
        return html
    head = _HEAD.search(html)
    if head is None:
        raise MonitorError(
            f"{name} has no head: there is no place for the policy that keeps it from asking other hosts"
        )
    return html[: head.end()] + POLICY + html[head.end() :]


def lock_all(folder: Path) -> int:
    """Lock every page below a folder in place; returns how many there are."""
    pages = sorted(folder.rglob("*.html"))
    for path in pages:
        name = path.relative_to(folder).as_posix()
        html = path.read_text(encoding="utf-8")
        if (page := locked(html, name)) != html:  # what is locked already may be listed with its checksum already
            path.write_text(page, encoding="utf-8")
    return len(pages)
