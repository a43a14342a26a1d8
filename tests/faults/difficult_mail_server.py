"""A mail server that fails in every way there is, for everyone or for one recipient."""

import asyncio
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.live_site import free_port

EVERYONE = ""
HANG = "hang"
DROP = "drop"


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and at which command; ``END`` is where a mail has been taken in whole."""

    at: str
    does: str
    recipient: str = EVERYONE


class CountingController(Controller):
    """Counts who calls, also who then says nothing."""

    def factory(self) -> Any:
        self.handler.connections += 1
        return super().factory()


class DifficultMailServer:
    """Keeps every mail it takes; ``faults`` are what it does instead."""

    def __init__(self) -> None:
        self.port = free_port()
        self.clear()

    def clear(self) -> None:
        """Forget what went before."""
        self.faults: set[Fault] = set()
        self.mails: list[EmailMessage] = []
        self.hanging: list[str] = []
        self.connections = 0

    def start(self) -> None:
        """Listen, on the same port as before."""
        self.controller = CountingController(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        """Refuse every connection from now on."""
        self.controller.stop()

    def ids(self) -> list[str]:
        """The Message-ID of each mail it took, repetitions included."""
        return [mail["Message-ID"] for mail in list(self.mails)]

    async def meet(self, session: Any, command: str, recipients: list[str]) -> str:
        """What to answer to a command, after hanging if that is what it should do."""
        for fault in list(self.faults):
            if fault.at == command and fault.recipient in {EVERYONE, *recipients}:
                if fault.does == HANG:
                    self.hanging.append(command)
                    await asyncio.Event().wait()  # until the other side has enough of it
                if fault.does == DROP:
                    session.transport.abort()
                return fault.does
        return "250 OK"

    async def handle_EHLO(  # noqa: N802 (aiosmtpd looks for these names)
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name, session.transport = hostname, server.transport
        answer = await self.meet(session, "EHLO", [])
        return responses if answer.startswith("250") else [answer]

    async def handle_HELO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str
    ) -> str:
        session.host_name = hostname
        return await self.meet(session, "EHLO", [])

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self.meet(session, "MAIL", [])

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self.meet(session, "RCPT", [address])

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await self.meet(session, "DATA", envelope.rcpt_tos)
        if answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            answer = await self.meet(session, "END", envelope.rcpt_tos)
        return answer
