"""A mail server on this machine, that keeps what it gets or answers as it is told."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from queue import SimpleQueue
from typing import Any

from aiosmtpd.controller import Controller

from tests.live_site import free_port

PATIENCE = 30  # seconds for a mail to arrive


class MailServer:
    """Takes every mail, until ``answer`` or ``answer_to_recipient`` says something else."""

    OK = "250 OK"

    def __init__(self) -> None:
        self.answer = self.answer_to_recipient = self.OK
        self.asked = 0
        self.mails: SimpleQueue[EmailMessage] = SimpleQueue()
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def next_mail(self) -> EmailMessage:
        """The mail that came in first; the test fails when none comes."""
        return self.mails.get(timeout=PATIENCE)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd looks for this name)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.answer_to_recipient == self.OK:
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.asked += 1
        if self.answer == self.OK:
            mail = message_from_bytes(envelope.content, policy=default)
            mail["X-Delivered-To"] = ", ".join(envelope.rcpt_tos)
            self.mails.put(mail)
        return self.answer
