"""Reports of errors to Sentry, with nothing about a person in them."""

from typing import Any

import sentry_sdk
from sentry_sdk.types import Event, Hint

from vitaleoverheid.logs import TELLING, public
from vitaleoverheid.request_id import request_id

ABOUT_THE_PROGRAM = {
    *("contexts", "environment", "event_id", "exception", "level", "logger", "modules"),
    *("platform", "release", "sdk", "server_name", "timestamp"),
}
"""What a report may hold as it is; Sentry also gathers requests, log arguments and users."""
TELLING_NAMES = {kind.__name__ for kind in TELLING}


def start(dsn: str, **options: Any) -> None:
    """Report errors from now on. Raises ``ValueError`` when the address is malformed."""
    sentry_sdk.init(
        dsn,
        before_send=impersonal,
        include_local_variables=False,  # they hold what visitors typed
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        **options,
    )


def impersonal(event: Event, hint: Hint) -> Event:
    """The report with what it may hold, and of the rest what says nothing about a person."""
    report: Any = {name: event[name] for name in event if name in ABOUT_THE_PROGRAM}  # type: ignore[literal-required]
    request: Any = event.get("request", {})
    report["request"] = {
        "method": request.get("method"),
        "url": public(request.get("url", "")),
    }
    report["tags"] = {"request_id": request_id.get()}
    if "log_record" in hint:
        report["message"] = public(hint["log_record"].getMessage())
    for exception in report.get("exception", {}).get("values", []):
        if exception["type"] not in TELLING_NAMES:
            exception["value"] = ""  # it may quote what somebody typed
    return report
