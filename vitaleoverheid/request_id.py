"""A number for each request: the same in the answer, in the log and in error reports."""

import re
from contextvars import ContextVar
from secrets import token_hex
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[\w-]{8,64}", re.ASCII)

request_id: ContextVar[str] = ContextVar("request_id", default="")


def numbered(environ: WSGIEnvironment, start_response: StartResponse) -> StartResponse:
    """Begin a request, under the number that a proxy in front gave it or else a new one.

    Returns the ``start_response`` that tells the number.
    """
    number = environ.get("HTTP_X_REQUEST_ID", "")
    if not ACCEPTABLE.fullmatch(number):
        number = token_hex(8)
    request_id.set(number)

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        return start_response(status, [*headers, (HEADER, number)], exc_info)

    return start
