"""Nothing that a browser would fetch survives the cleaning of the Data Docs."""

from __future__ import annotations

import pytest

from integrationsmonitor.errors import MonitorError
from integrationsmonitor.quality.docs import clean


@pytest.mark.parametrize(
    "fragment",
    [
        '<script src="https://cdn.example/x.js"></script>',
        "<script>fetch('https://cdn.example')</script>",
        '<link rel="stylesheet" href="https://cdn.example/x.css"/>',
        "<style>@import 'https://cdn.example/x.css';</style>",
        '<img\n class="a"\n src="https://cdn.example/x.png">',
        '<a href="https://cdn.example/page">text</a>',
        "<a href='//cdn.example/page'>text</a>",
        "<a href=http://cdn.example/page>text</a>",
        '<form action="http://cdn.example/"></form>',
        '<base href="https://cdn.example/">',
        '<iframe src="https://cdn.example/"></iframe>',
        "<p onclick=\"location='https://cdn.example'\">text</p>",
    ],
)
def test_a_reference_to_another_host_is_removed(fragment: str) -> None:
    assert "cdn.example" not in clean(f"<html><head></head><body>{fragment}</body></html>", "page.html")


def test_text_and_local_links_stay() -> None:
    html = clean('<html><head></head><body><a href="../index.html">Übersicht</a> 6,21 %</body></html>', "page.html")
    assert '<a href="../index.html">Übersicht</a> 6,21 %' in html
    assert html.count("<style>") == 1


def test_what_cannot_be_removed_is_refused() -> None:
    with pytest.raises(MonitorError, match=r"page\.html still refers"):
        clean('<p style="background: url(https://cdn.example/x.png)">', "page.html")
