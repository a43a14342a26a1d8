"""The worker is killed, and another takes its place."""

from collections import Counter

import pytest
from django.conf import settings
from django.db import connection

from contact import mail
from contact.management.commands.worker import CONCURRENT_JOBS
from contact.models import Message
from tests.faults.difficult_mail_server import HANG, DifficultMailServer, Fault
from tests.faults.enquiries import assert_all_mailed, enquiry, unsent
from tests.faults.site import Site, Web, kill
from tests.live_site import until


@pytest.mark.parametrize(
    ("at", "is_repeated"),
    [("RCPT", False), ("DATA", False), ("END", True)],
    ids=["before the mail is sent", "while it is sent", "after it was sent"],
)
def test_what_a_killed_worker_was_doing_is_done_by_the_next(
    site: Site, web: Web, mail_server: DifficultMailServer, at: str, is_repeated: bool
) -> None:
    mail_server.faults = {Fault(at, HANG)}
    with site.worker() as worker:
        confirmed = [web.post(enquiry()) for _ in range(5)]
        until(lambda: len(mail_server.hanging) >= CONCURRENT_JOBS, "the worker to be busy")
        kill(worker)
    taken_in = len(mail_server.mails)
    assert bool(taken_in) == is_repeated
    assert len(unsent(site)) == 10
    mail_server.faults = set()
    site.bury_workers(alive=0)
    with site.worker():
        site.pass_time()
        assert_all_mailed(site, mail_server, confirmed)
    times = Counter(mail_server.ids())
    assert len(times) == 10  # a repeated mail is the same mail
    assert sum(times.values()) == 10 + taken_in


def test_of_a_job_that_failed_nothing_is_kept(site: Site) -> None:
    site.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, queueing_lock)"
        " VALUES ('clock', 'contact.purge', '{\"nonsense\": 1}', 'nonsense')"
    )
    nonsense = "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = 'nonsense'"
    with site.worker():
        until(lambda: not site.query(nonsense), "the job to be gone")


def test_mails_queued_while_no_worker_runs_are_sent_once_one_does(
    site: Site, web: Web, mail_server: DifficultMailServer
) -> None:
    confirmed = [web.post(enquiry())]
    with site.worker():
        assert_all_mailed(site, mail_server, confirmed)
    assert set(Counter(mail_server.ids()).values()) == {1}


def test_a_worker_that_is_told_to_stop_finishes_what_it_was_doing(
    site: Site, web: Web, mail_server: DifficultMailServer
) -> None:
    mail_server.faults = {Fault("END", HANG)}
    with site.worker() as worker:
        web.post(enquiry())
        until(lambda: len(mail_server.hanging) == 2, "the worker to be busy")
        worker.terminate()
        mail_server.faults = set()
        assert worker.wait(30) == 0
    assert {attempts for *_, attempts, _ in unsent(site)} == {1}


def test_a_mail_that_cannot_even_be_written_delays_no_other(
    site: Site, web: Web, mail_server: DifficultMailServer
) -> None:
    columns = ["recipient", "message_id"]
    for column in columns:
        web.post(enquiry())
        site.execute(
            f"UPDATE contact_message SET {column} = id || E'a\\nBcc: b@voorbeeld.nl'"
            " WHERE id > (SELECT max(id) - 2 FROM contact_message)"
        )
    web.post(enquiry())
    with site.worker():
        until(lambda: len(mail_server.mails) == 2, "the mails about the other enquiry")
        until(lambda: len([error for *_, error in unsent(site) if error]) == 2 * len(columns))


@pytest.mark.django_db
def test_a_worker_that_freezes_loses_its_mail_to_another_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = []

    def send(_: Message) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setting::int / 1000 FROM pg_settings"
                " WHERE name = 'idle_in_transaction_session_timeout'"
            )
            limits.extend(cursor.fetchone())

    monkeypatch.setattr(mail, "send", send)
    message = Message.objects.create(message_id="<1@voorbeeld.nl>", recipient="a@voorbeeld.nl")
    mail.deliver(message.pk)
    conversation = 10 * settings.EMAIL_TIMEOUT  # as many steps has the longest one
    assert [conversation < limit < 5 * 60 for limit in limits] == [True]
