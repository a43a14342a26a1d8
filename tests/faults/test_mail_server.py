"""The mail server is away, hangs, refuses or drops the line, for everyone or for one recipient."""

import socket
import subprocess
from collections.abc import Iterator

import pytest

from contact.management.commands.worker import CONCURRENT_JOBS
from contact.tasks import LAST_ATTEMPT
from tests.faults.difficult_mail_server import DROP, HANG, DifficultMailServer, Fault
from tests.faults.enquiries import assert_all_mailed, enquiry, unsent
from tests.faults.site import Site, Web
from tests.live_site import until

HANGING = 3 * CONCURRENT_JOBS
"""Recipients whose mails hang at once: more than the worker sends at the same time."""


@pytest.fixture(scope="module", autouse=True)
def worker(session_site: Site) -> Iterator["subprocess.Popen[bytes]"]:
    """One worker for all of these: what goes wrong with one mail must leave it as it was."""
    with session_site.worker() as process:
        yield process
        assert process.poll() is None


def wait_for_the_first_attempt(site: Site) -> None:
    """Wait until each mail was tried and its next attempt is planned."""
    until(lambda: all(attempts for _, _, attempts, _ in unsent(site)), "every mail to be tried")
    until(lambda: not site.query("SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'"))


# Trouble for everyone


@pytest.mark.parametrize(
    "fault",
    [
        Fault("EHLO", "554 Not today"),
        Fault("MAIL", "451 Later"),
        Fault("MAIL", DROP),
        Fault("RCPT", "450 Greylisted"),
        Fault("DATA", HANG),
        Fault("DATA", "452 Disk full"),
        Fault("DATA", DROP),
        Fault("END", DROP),
    ],
    ids=str,
)
def test_whatever_the_mail_server_does_everything_arrives_once_it_recovers(
    site: Site, web: Web, mail_server: DifficultMailServer, fault: Fault
) -> None:
    mail_server.faults = {fault}
    confirmed = [web.post(enquiry())]
    wait_for_the_first_attempt(site)
    assert [state for _, state, *_ in unsent(site)] == ["queued"] * 2
    mail_server.faults = set()
    site.pass_time()
    assert_all_mailed(site, mail_server, confirmed)


def test_mails_wait_for_a_mail_server_that_is_away(
    site: Site, web: Web, mail_server: DifficultMailServer
) -> None:
    mail_server.stop()
    confirmed = [web.post(enquiry())]
    wait_for_the_first_attempt(site)
    assert all("ConnectionRefusedError" in error for *_, error in unsent(site))
    mail_server.start()
    site.pass_time()
    assert_all_mailed(site, mail_server, confirmed)


def test_mails_wait_for_a_mail_server_that_answers_a_call_and_says_nothing(
    site: Site, web: Web, mail_server: DifficultMailServer
) -> None:
    mail_server.stop()
    with socket.create_server(("127.0.0.1", mail_server.port)):
        confirmed = [web.post(enquiry())]
        wait_for_the_first_attempt(site)
    mail_server.start()
    site.pass_time()
    assert_all_mailed(site, mail_server, confirmed)


def test_a_mail_that_is_refused_for_a_week_is_given_up(
    site: Site, web: Web, mail_server: DifficultMailServer
) -> None:
    mail_server.faults = {Fault("RCPT", "450 Greylisted")}
    web.post(enquiry())
    wait_for_the_first_attempt(site)
    site.execute("UPDATE procrastinate_jobs SET attempts = %s", LAST_ATTEMPT)
    site.pass_time()
    until(lambda: [state for _, state, *_ in unsent(site)] == ["failed"] * 2)
    until(lambda: not site.query("SELECT 1 FROM procrastinate_jobs"), "the queue to be empty")


# Trouble with one recipient


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
def test_a_mail_that_is_refused_for_good_is_failed_and_can_be_seen(
    site: Site, web: Web, mail_server: DifficultMailServer, at: str
) -> None:
    refused = enquiry()
    recipient = "" if at == "MAIL" else refused["email"]
    mail_server.faults = {Fault(at, "550 Never", recipient)}
    web.post(refused)
    mails = 2 if at == "MAIL" else 1
    until(lambda: [state for _, state, *_ in unsent(site)] == ["failed"] * mails)
    assert all("Never" in error for *_, error in unsent(site))
    assert len(mail_server.mails) == 2 - mails
    mail_server.faults = set()
    site.pass_time()
    web.post(enquiry())
    until(lambda: len(unsent(site)) == mails, "the mails about another enquiry")
    assert len(mail_server.mails) == 4 - mails


@pytest.mark.parametrize("does", ["451 Later", "550 Never", DROP])
def test_a_recipient_in_trouble_delays_no_other(
    site: Site, web: Web, mail_server: DifficultMailServer, does: str
) -> None:
    troubled = [enquiry() for _ in range(HANGING)]
    mail_server.faults = {Fault("DATA", does, content["email"]) for content in troubled}
    for content in [*troubled, enquiry(), enquiry()]:
        web.post(content)
    until(lambda: len(mail_server.mails) == HANGING + 4, "the mails to everyone else")
    until(lambda: len(unsent(site)) == HANGING, "them to be marked as sent")


def test_recipients_that_hang_delay_others_for_no_longer_than_it_takes_to_give_up_on_a_few(
    site: Site, web: Web, mail_server: DifficultMailServer
) -> None:
    hanging = [enquiry() for _ in range(HANGING)]
    mail_server.faults = {Fault("RCPT", HANG, content["email"]) for content in hanging}
    confirmed = [web.post(content) for content in hanging]
    wait_for_the_first_attempt(site)
    site.pass_time()
    until(lambda: len(mail_server.hanging) == HANGING + CONCURRENT_JOBS, "the worker to be busy")
    confirmed += [web.post(enquiry())]
    until(lambda: len(mail_server.mails) == HANGING + 2, "the mails to everyone else")
    # Those that were tried before let a new one pass.
    assert len(mail_server.hanging) < 2 * HANGING
    wait_for_the_first_attempt(site)
    mail_server.faults = set()
    site.pass_time()
    assert_all_mailed(site, mail_server, confirmed)
