"""A mailbox on this machine, of which mails can be read over IMAP (RFC 3501) and nothing else."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from socket import socket
from socketserver import StreamRequestHandler, ThreadingTCPServer
from ssl import SSLContext
from threading import Thread
from typing import Any

USER, PASSWORD = "info@vitaleoverheid.nl", "geheim"


class Mailbox(ThreadingTCPServer):
    """What it holds is in ``mails``; whatever asks for them must not change anything."""

    daemon_threads = True

    def __init__(self, secured: SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.secured = secured
        self.mails: list[bytes] = []
        self.passwords: list[str] = []

    def get_request(self) -> tuple[socket, Any]:
        connection, address = super().get_request()
        if self.secured:
            connection = self.secured.wrap_socket(connection, server_side=True)
        return connection, address

    def receive(self, mail: EmailMessage) -> None:
        self.mails.append(mail.as_bytes(policy=SMTP))


class Session(StreamRequestHandler):
    """One connection."""

    server: Mailbox

    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, command, *rest = line.decode().split(None, 2)
            answer = getattr(self, command.lower())(*rest)
            self.say(f"{tag} {answer}")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def capability(self) -> str:
        self.say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def login(self, rest: str) -> str:
        self.server.passwords.append(rest)
        return "OK done" if rest.split() == [USER, f'"{PASSWORD}"'] else "NO wrong password"

    def examine(self, folder: str) -> str:
        self.say(f"* {len(self.server.mails)} EXISTS")
        return "OK [READ-ONLY] done"

    def uid(self, rest: str) -> str:
        if rest.startswith("SEARCH"):
            self.say("* SEARCH " + " ".join(str(n + 1) for n in range(len(self.server.mails))))
            return "OK done"
        match = re.fullmatch(r"FETCH ([\d,]+) \(UID BODY\.PEEK\[(.*)\]\)\s*", rest)
        assert match, rest
        for number in map(int, match[1].split(",")):
            self.hand_over(number, match[2])
        return "OK done"

    def hand_over(self, number: int, part: str) -> None:
        mail = self.server.mails[number - 1]
        if part:
            mail = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        self.say(f"* {number} FETCH (UID {number} BODY[{part}] {{{len(mail)}}}")
        self.wfile.write(mail)
        self.say(")")

    def logout(self) -> str:
        self.say("* BYE bye")
        return "OK done"


@contextmanager
def mailbox(secured: SSLContext | None = None) -> Iterator[Mailbox]:
    with Mailbox(secured) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
