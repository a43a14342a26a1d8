"""What whoever watches the site sees of it, and what nobody sees of visitors."""

import json
import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest
import sentry_sdk
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from contact import alarm
from contact.models import CONFIRMATION_SALT, Message
from tests.conftest import Send
from tests.live_site import SECRET_KEY, LiveSite, until
from tests.page_cache.servers import Reply
from vitaleoverheid import error_reports, search
from vitaleoverheid.logs import JSONFormatter
from vitaleoverheid.models import new_key
from vitaleoverheid.page_cache import HIT

SOMEBODY = "jan.de.vries@voorbeeld.nl"
SECRETS = (SOMEBODY, "voorbeeld.nl", "geheim-koekje", "Gemeente Stilzwijgen", "192.0.2.7")


# The log


def lines(site: LiveSite) -> list[dict[str, Any]]:
    """What the web server has logged."""
    text = (site.folder / "gunicorn.log").read_text()
    return [json.loads(line) for line in text.splitlines()]


def asked(site: LiveSite, address: str, number: str = "") -> str:
    """Ask for an address; returns the number under which it is in the log."""
    with_number = {"X-Request-ID": number} if number else {}
    response, _ = site.ask("GET", address, None, with_number)
    return response.headers["X-Request-ID"] or ""


def logged(site: LiveSite, number: str) -> dict[str, Any] | None:
    """The line about the request with this number, once it is there."""
    return next((line for line in lines(site) if line["request_id"] == number), None)


def test_each_request_is_a_line_of_json_under_the_number_that_the_visitor_got(
    live_site: LiveSite,
) -> None:
    numbers = [asked(live_site, "/zoeken/?q=beleid") for _ in range(2)]
    assert len({*numbers}) == 2
    line = until(lambda: logged(live_site, numbers[0]), "the line about an answer just given")
    assert (line["message"], line["status"], line["level"]) == ("GET /zoeken/", 200, "INFO")
    assert line["seconds"] > 0


def test_a_number_of_the_proxy_in_front_is_kept_unless_it_is_no_number(live_site: LiveSite) -> None:
    assert asked(live_site, "/zoeken/", "7f9c-van-de-proxy") == "7f9c-van-de-proxy"
    for nonsense in (SOMEBODY, "kort", "x" * 65, 'a","status":"gelogen'):
        assert asked(live_site, "/zoeken/", nonsense) != nonsense


def test_the_log_says_nothing_about_who_asks_for_what(live_site: LiveSite) -> None:
    token = signing.dumps("VO-2026-0001", SECRET_KEY, CONFIRMATION_SALT)
    draft = new_key()
    asked(live_site, f"/zoeken/?q={SOMEBODY}")
    asked(live_site, f"/contact/bedankt/{token}/")
    asked(live_site, f"/concept/{draft}/")
    asked(live_site, "/admin/password_reset/confirm/MQ/d2p5kq-0123456789abcdef0123456789abcdef/")
    with socket.create_connection(("127.0.0.1", live_site.port)) as nonsense:
        nonsense.sendall(f"GET /?q={SOMEBODY} nonsense\r\n\r\n".encode())
        assert nonsense.recv(100)
    text = (live_site.folder / "gunicorn.log").read_text()
    assert "/contact/bedankt/…/" in text
    for secret in (*SECRETS, token, draft, "0123456789abcdef0123", "?q=", "ip=127"):
        assert secret not in text


def formatted(error: Exception, message: str = "Internal Server Error: /zoeken/") -> Any:
    """The line about an exception that was raised."""
    try:
        raise error
    except type(error):
        record = logging.LogRecord("x", logging.ERROR, "", 1, message, (), sys.exc_info())
        return json.loads(JSONFormatter().format(record))


def test_an_error_is_logged_with_its_place_and_without_what_it_quotes() -> None:
    line = formatted(ValueError(SOMEBODY), f"Not sent to {SOMEBODY}")
    assert line["exception"][0] == "ValueError"
    assert "test_watching.py" in line["exception"][1]
    assert SOMEBODY not in json.dumps(line)


def test_a_mistake_in_the_program_is_logged_in_full() -> None:
    assert "TEMPLATES" in formatted(ImproperlyConfigured("TEMPLATES is wrong"))["exception"][0]


# Figures


def told(site: LiveSite) -> bytes:
    """What Prometheus would read.

    Nothing while a process makes its first file: prometheus_client reads that half-made.
    """
    with suppress(RemoteDisconnected):
        return site.ask("GET", "/metrics", port=site.metrics_port)[1]
    return b""


def figures(site: LiveSite) -> dict[Any, float]:
    """The figures that Prometheus would read, by name and labels."""
    body = until(lambda: told(site), "the figures")
    families = text_string_to_metric_families(body.decode())
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_every_answer_is_counted_whichever_process_gave_it(
    live_site: LiveSite, tmp_path: Path
) -> None:
    hits, missing = ("page_cache_hits_total",), ("http_request_seconds_count", "404")
    site = LiveSite(tmp_path, live_site.database_url)
    with site.serving():
        for _ in range(20):
            site.get("/bestaat-niet/")
        answers = [site.ask("GET", "/")[0] for _ in range(20)]
        from_memory = sum(HIT in (answer.headers["Cache-Status"] or "") for answer in answers)
        expected = {hits: from_memory, missing: 20}
        # An answer is counted once it is given: the last one may still have to be.
        until(lambda: expected.items() <= figures(site).items(), str(expected))
    assert from_memory >= 16  # each process makes it once


def test_figures_are_told_on_their_own_port_alone(live_site: LiveSite) -> None:
    assert live_site.get("/metrics/")[0] == 404
    assert figures(live_site)[("database_up",)] == 1


@pytest.mark.django_db
def test_enquiries_and_waiting_mail_are_counted(send: Send) -> None:
    send()
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=20))
    samples = [sample for metric in alarm.metrics() for sample in metric.samples]
    found = {(sample.name, *sample.labels.values()): sample.value for sample in samples}
    assert found[("enquiries", "new")] == 1
    assert found[("enquiries", "answered")] == 0
    assert 20 * 60 <= found[("mail_queue_age_seconds",)] < 21 * 60
    assert found[("mails_unsent",)] == 2
    assert found[("workers",)] == 0


def test_without_a_database_the_figures_say_just_that(tmp_path: Path) -> None:
    site = LiveSite(tmp_path, "postgres://someone:geheim@127.0.0.1:1/nothing")
    with site.serving():
        found = figures(site)
    assert found[("database_up",)] == 0
    assert ("enquiries", "new") not in found


# Error reports


class Sentry(Transport):
    """Keeps the reports instead of sending them."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        self.reports: list[Any] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.reports.append(envelope.get_event())


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    """Where errors are reported to."""
    error_reports.start("https://key@sentry.voorbeeld.eu/1", transport=Sentry)
    transport = sentry_sdk.get_client().transport
    assert isinstance(transport, Sentry)
    yield transport
    sentry_sdk.get_global_scope().set_client(None)


def fail(*args: object) -> None:
    """Quote what somebody typed."""
    raise ValueError(SECRETS)


@pytest.mark.django_db
def test_an_error_is_reported_without_anything_about_the_visitor(
    sentry: Sentry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "mended", fail)
    # The end of a request must not end the transaction that the test is in.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    headers = {"user-agent": f"Browser of {SOMEBODY}", "cookie": "sessie=geheim-koekje"}
    factory = RequestFactory(headers=headers, REMOTE_ADDR="192.0.2.7")
    request = factory.get("/zoeken/", {"q": f"samenwerking {SOMEBODY}"})
    assert Reply(WSGIHandler(), request.environ).status == 500
    [report] = sentry.reports
    [exception] = report["exception"]["values"]
    assert exception["type"] == "ValueError"
    assert exception["stacktrace"]["frames"][-1]["function"] == "fail"
    assert report["request"] == {"method": "GET", "url": "http://testserver/zoeken/"}
    assert not [secret for secret in SECRETS if secret in json.dumps(report)]


def test_what_is_logged_as_an_error_is_reported_without_names(sentry: Sentry) -> None:
    logging.getLogger("contact").error("Refused by %s", SOMEBODY, extra={"typed": SOMEBODY})
    [report] = sentry.reports
    assert report["message"] == "Refused by …"
    assert SOMEBODY not in json.dumps(report)
