"""What the log says in production: one JSON object a line, and nothing about a person."""

import json
import logging
import re
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from vitaleoverheid.request_id import request_id

PRIVATE = re.compile(
    r"(?<=/)(?=[^/\s]*\d)[^/\s]*(?:\w{20}|:[\w-]{20})[^/\s]*"  # what opens a page for one person
    r"|\?\S+"  # what visitors search for
    r"|\S+@\S+"  # who they are
    r"|(?<=ip=)\S+"  # and where: gunicorn names who sends it nonsense
)
FRAMES = 8  # of each exception: where it was raised is what matters
TELLING = ImportError, ImproperlyConfigured, NameError
"""Exceptions that quote the program, never what somebody typed."""


def public(text: str) -> str:
    """The text without what says something about a person."""
    return PRIVATE.sub("…", text)


def outline(error: BaseException) -> list[str]:
    """What went wrong and where, without the message, which may quote what somebody typed."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    message = f": {error}" if isinstance(error, TELLING) else ""
    frames = reversed(extract_tb(error.__traceback__, limit=-FRAMES))
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return [type(error).__name__ + message, *where, *(outline(earlier) if earlier else [])]


class JSONFormatter(logging.Formatter):
    """One JSON object for each record; ``extra={"facts": {…}}`` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": public(record.getMessage()),
            "request_id": request_id.get(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["exception"] = outline(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)
