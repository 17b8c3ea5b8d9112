"""A mail server on the loopback that takes what it is sent, and what a reader sees of a mail."""

from __future__ import annotations

import email
import socketserver
import time
from email.message import Message


class _Takes(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one mail needs."""

    def handle(self) -> None:
        self._say("220 loopback")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                text = b""
                while (row := self.rfile.readline()) not in {b".\r\n", b""}:
                    text += row
                self.server.taken.append(email.message_from_bytes(text))
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Takes)
        self.taken: list[Message] = []

    def wait_for(self, count: int) -> list[Message]:
        until = time.monotonic() + 10
        while len(self.taken) < count and time.monotonic() < until:
            time.sleep(0.01)
        return self.taken


def text_of(message: Message) -> str:
    return message.get_payload(decode=True).decode()


def subject_of(message: Message) -> str:
    return str(email.header.make_header(email.header.decode_header(message["Subject"])))
