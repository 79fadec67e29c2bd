"""What a GENESIS host says. Comes in: the body of an answer. Goes out: what it is, and what a person can do about it.

The HTTP status tells little, so the body decides: `PK` is data, `{` is a status, `<` is a page. Refuses nothing; lists
of the host (changed tables, the years of a table) that are not as expected come back as None.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal, NamedTuple

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


def hint(verdict: Verdict, name: str, host_key: str) -> str:
    """The next step after an answer without data."""
    if verdict.kind == "html":
        return "This is a web page: maintenance, or a wrong base URL (its capital letters count). Try again later"
    if verdict.kind != "status":
        return "Expected a ZIP or a JSON status; try again later, and look at the host in a browser"
    if verdict.code in REFUSED_LOGIN or verdict.username == GUEST:
        prefix = host_key.upper()
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


def listed_codes(body: bytes) -> list[str] | None:
    """Codes of a `catalogue/modifieddata` list; None where it is no list of objects with a code."""
    entries = _member(body, "List")
    if not isinstance(entries, list):
        return None
    codes = [entry.get("Code") if isinstance(entry, dict) else None for entry in entries]
    return [code.strip() for code in codes if isinstance(code, str)] if all(codes) else None


def years_of(body: bytes) -> tuple[int, int] | None:
    """First and last year of a `metadata/table` answer (`Time`, From and To in any printed form); None without one."""
    table = _member(body, "Object")
    time = table.get("Time") if isinstance(table, dict) else None
    if not isinstance(time, dict):
        return None
    found = [re.findall(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])", str(time.get(side))) for side in ("From", "To")]
    if not all(found):
        return None
    first, last = int(found[0][0]), int(found[1][-1])
    return (first, last) if first <= last else None


def _member(body: bytes, name: str) -> Any:
    try:
        answer = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return answer.get(name) if isinstance(answer, dict) else None


def _code(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _line(text: Any) -> str:
    return " ".join(str(text).split())
