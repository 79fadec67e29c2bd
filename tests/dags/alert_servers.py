"""Two receivers on loopback: a mail server that speaks plain SMTP, and a web server that takes webhooks."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail; `mails` holds what arrived."""

    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[Message] = []
        super().__init__(("127.0.0.1", 0), _Smtp)

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Smtp(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 mail.test ESMTP")
        while line := self.rfile.readline():
            verb = line.split(None, 1)[0].upper().decode() if line.strip() else ""
            if verb == "DATA":
                self._say("354 go on")
                self.server.mails.append(message_from_bytes(b"".join(iter(self.rfile.readline, b".\r\n"))))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 mail.test")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class HookServer(ThreadingHTTPServer):
    """Answers with `status`; `posts` holds path, content type and body of each request."""

    daemon_threads = True

    def __init__(self) -> None:
        self.status = 200
        self.posts: list[tuple[str, str, dict]] = []
        super().__init__(("127.0.0.1", 0), _Hook)

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Hook(BaseHTTPRequestHandler):
    server: HookServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, self.headers["Content-Type"], json.loads(body)))
        text = f"no such hook: {self.path}".encode()  # an echo, as some servers do
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """Serve in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def text_of(mail: Message) -> str:
    """The decoded body of a mail with one part."""
    part = next(part for part in mail.walk() if part.get_content_maintype() == "text")
    return part.get_payload(decode=True).decode("utf-8")
