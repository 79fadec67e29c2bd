"""The health check that the containers share, against a server of our own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

CHECK = Path(__file__).resolve().parents[2] / "deploy" / "healthy.py"
HEALTH = {
    "metadatabase": {"status": "healthy"},
    "triggerer": {"status": None},
    "dag_processor": {"status": "unhealthy"},
}


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(500 if self.path == "/broken" else 200)
        self.end_headers()
        self.wfile.write(json.dumps(HEALTH).encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def check(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-S", CHECK, *arguments], check=False, capture_output=True, text=True)
    return done.returncode, done.stderr


def test_all_addresses_must_answer(url):
    assert check(f"{url}/a", f"{url}/b") == (0, "")
    code, said = check(f"{url}/a", f"{url}/broken")
    assert (code, "500" in said) == (1, True)


def test_nobody_there_is_not_healthy():
    assert check("http://127.0.0.1:9/")[0] == 1


@pytest.mark.parametrize(
    ("component", "code"), [("metadatabase", 0), ("triggerer", 1), ("dag_processor", 1), ("nobody", 1)]
)
def test_a_component_is_healthy_when_the_answer_says_so(url, component, code):
    assert check("--component", component, url)[0] == code


def test_without_an_address_nothing_is_healthy():
    assert check()[0] == 1
