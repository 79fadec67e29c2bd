"""Data Docs without a way out.

Comes in: the static site that Great Expectations built. Goes out: the same pages without scripts, style sheets, fonts
and pictures from anywhere, with one local style. Refuses to finish while any page still names a foreign host in a
place that a browser would load or follow.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from integrationsmonitor import offline
from integrationsmonitor.errors import MonitorError

_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<style\b.*?</style\s*>", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r"<(?:link|base)\b[^>]*>", re.IGNORECASE)
_PICTURE = re.compile(r"<(?:img|source|iframe|embed|object|video|audio)\b[^>]*>", re.IGNORECASE)
_HANDLER = re.compile(r"""\son[a-z]+\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)
_FOREIGN_ATTRIBUTE = re.compile(
    r"""\s(?:href|src|srcset|action|formaction|poster|data|background|xlink:href)\s*=\s*["']?\s*(?:https?:)?//[^"'\s>]*["']?""",
    re.IGNORECASE,
)
_FOOTER = re.compile(r"<footer\b.*?</footer\s*>", re.DOTALL | re.IGNORECASE)

STYLE = """<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1f24; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; } th, td { text-align: left; vertical-align: top;
border-bottom: 1px solid #d4d9de; padding: .25rem .5rem; } h4, h5, h6 { margin: 1rem 0 .25rem; }
.popover, .modal, .btn-group, .cooltip .top, [data-toggle="tooltip"] > .top { display: none; }
.fa-check-circle::before { content: "✔"; color: #17692e; } .fa-times::before { content: "✘"; color: #a3121f; }
.fa-exclamation-triangle::before { content: "⚠"; } .badge { border: 1px solid #8a929a; border-radius: 3px;
padding: 0 .25rem; } nav ol, nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .75rem; }
</style>
</head>"""


def make_local(site: Path) -> None:
    """Rewrite every page of the site in place and drop the library's fonts, pictures and style sheets."""
    shutil.rmtree(site / "static", ignore_errors=True)
    for path in sorted(site.rglob("*.html")):
        path.write_text(clean(path.read_text(encoding="utf-8"), path.name), encoding="utf-8")


def clean(html: str, name: str) -> str:
    """One page without anything that a browser would fetch; raises MonitorError where something is left."""
    for pattern in (_SCRIPT, _STYLE, _LINK, _PICTURE, _HANDLER, _FOOTER, _FOREIGN_ATTRIBUTE):
        html = pattern.sub("", html)
    if left := offline.loads(html):
        raise MonitorError(f"Data Docs page {name} still refers to another host: {left[:120]}")
    return html.replace("</head>", STYLE, 1)
