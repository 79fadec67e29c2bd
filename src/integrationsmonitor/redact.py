"""Credentials that cannot be seen. Comes in: header values. Goes out: headers of a request, texts without the values.

Refuses nothing by itself; `problem` says why values cannot be headers. Whoever builds an error, a log line or a
manifest entry from what a host said passes it through `redact` or `found` first.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote_plus

if TYPE_CHECKING:
    import httpx

FOUND_CHARS = 80


class SecretHeaders:
    """Header values that must never be seen: they print as stars, and `redact` takes them out of any text."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __repr__(self) -> str:
        return f"SecretHeaders({', '.join(f'{name}=***' for name in self._values)})"

    def problem(self) -> str:
        """Say why the values cannot be sent as headers, without showing them; empty where they can."""
        for name, value in self._values.items():
            if value != value.strip() or any(ord(char) < 32 or ord(char) == 127 for char in value):
                return f"the credential for the header {name!r} holds a line break, control character or outer blank"
        return ""

    def apply(self, headers: httpx.Headers) -> None:
        """Write the values into a request's headers, as UTF-8 bytes."""
        headers.encoding = "utf-8"  # httpx would read them as ASCII, and show them in its UnicodeDecodeError
        headers.update({name.encode("ascii"): value.encode("utf-8") for name, value in self._values.items()})

    def stand_in(self, url: str) -> bool:
        """Whether a part of the address (between `/ ? & = : @`) is one of the values."""
        values = set(filter(None, self._values.values()))
        return any(unquote_plus(part) in values or part in values for part in re.split(r"[/?&=:@;#]", url))

    def redact(self, text: str) -> str:
        """Replace every value, plain or as it looks in a URL, in JSON or in HTML, by `***`."""
        forms: set[str] = set()
        for value in filter(None, self._values.values()):
            escaped = (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], html.escape(value))
            forms.update((value, quote(value, safe=""), quote_plus(value), *escaped))
        # in one pass, longest first: a value that ends in "&" is the beginning of its own form in HTML
        pattern = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
        return re.sub(pattern, "***", text) if forms else text

    def redact_bytes(self, body: bytes) -> bytes:
        """Replace every value in bytes that are to be kept; all other bytes stay as they are."""
        text = body.decode("utf-8", "surrogateescape")
        return self.redact(text).encode("utf-8", "surrogateescape")

    def found(self, body: bytes) -> str:
        """Quote the first 80 characters of an answer on one line, for an error text."""
        text = " ".join(self.redact(body[:4096].decode("utf-8", "replace")).split())
        text = self.redact("".join(char if char.isprintable() else "?" for char in text))
        return repr(text[:FOUND_CHARS]) if text else "an empty body"
