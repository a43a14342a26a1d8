"""What the background worker does."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.tasks import Task

from contact import alarm, digest, mail, mailbox, privacy, suspicion
from contact.models import Enquiry, Message
from vitaleoverheid import sign_in, social_image
from vitaleoverheid.models import social_images_in_use

FIRST_WAITS = [60, 300, 1_800, 7_200]  # seconds
LATER_WAIT = 6 * 60 * 60  # seconds
LAST_ATTEMPT = len(FIRST_WAITS) + 7 * 24 // 6  # a week of trying
AFTER_NEW_ONES = -1  # priority: mails that hang again and again must not hold up a new one


class Patience(BaseRetryStrategy):
    """Try again soon at first, then every six hours for a week."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= LAST_ATTEMPT:
            return None
        waits = dict(enumerate(FIRST_WAITS))
        wait = waits.get(job.attempts, LATER_WAIT)
        return RetryDecision(retry_in={"seconds": wait}, priority=AFTER_NEW_ONES)


@app.task(queue="mail", retry=Patience(), pass_context=True)
def deliver(context: JobContext, pk: int) -> None:
    """Send one mail; after a week of trying, mark it as not sent."""
    try:
        mail.deliver(pk)
    except Exception:
        if context.job.attempts < LAST_ATTEMPT:
            raise
        mail.give_up(pk)


ALIVE = timedelta(seconds=30)
"""Since a worker's last sign of life; it gives one every ten seconds."""
BUSY = timedelta(minutes=5)
"""Since a job began: longer than ``mail.deliver`` takes. A worker may fail to say how it went."""

COLLECT = f"""
SELECT procrastinate_defer_jobs_v1(array_agg(ROW(
    '{deliver.queue}', '{deliver.name}', {deliver.priority},
    NULL, key, jsonb_build_object('pk', id), NULL
)::procrastinate_job_to_defer_v1))
FROM (
    SELECT id, key FROM contact_message, concat('message-', id) AS key
    WHERE state = 'queued' AND NOT EXISTS (
        SELECT FROM procrastinate_jobs AS job LEFT JOIN procrastinate_workers AS worker
            ON worker.id = worker_id
        WHERE queueing_lock = key AND (
            job.status = 'todo'
            OR job.status = 'doing' AND last_heartbeat > now() - interval '{ALIVE.seconds} seconds'
            AND EXISTS (
                SELECT FROM procrastinate_events AS event WHERE event.job_id = job.id
                AND type = 'started' AND at > now() - interval '{BUSY.seconds} seconds'
            )
        )
    )
    ORDER BY id
    FOR UPDATE OF contact_message SKIP LOCKED
) AS mail
"""  # noqa: S608 (no values)
"""A job for each mail in the outbox that no worker has or will have: new ones, and what a worker
left that was killed or could not say how it went. The worker does this every second, so that no
visitor waits for it (it takes PostgreSQL longer than storing the enquiry) and nothing that is in
the outbox is forgotten."""


def every(cron: str, name: str) -> Callable[[Callable[[int], None]], Task[Any, Any, Any]]:
    """Run a function by the clock (UTC), one at a time, however many workers there are."""

    def register(function: Callable[[int], None]) -> Task[Any, Any, Any]:
        task = app.task(queue="clock", queueing_lock=name, name=f"contact.{name}")(function)
        return app.periodic(cron=cron)(task)

    return register


@every("* * * * *", "publish_scheduled")
def publish_scheduled(timestamp: int) -> None:
    """Publish and unpublish what editors have planned for now."""
    call_command("publish_scheduled")


@every("*/5 * * * *", "fetch_mail")
def fetch_mail(timestamp: int) -> None:
    """Show what visitors answered with their enquiries, if the mailbox is known."""
    if settings.IMAP:
        mailbox.fetch()


@every("5 * * * *", "remind")
def remind(timestamp: int) -> None:
    """Remind the firm, once, of each enquiry that has waited longer than it promises."""
    for enquiry in Enquiry.objects.overdue().exclude(messages__kind=Message.Kind.REMINDER):
        mail.remind(enquiry)


@every("30 6 * * *", "morning_digest")
def morning_digest(timestamp: int) -> None:
    """Send everyone who wants it the figures of the morning."""
    digest.send()


@every("0 6 * * 1", "ask_for_review")
def ask_for_review(timestamp: int) -> None:
    """Ask for a look at pages, each Monday until that is done."""
    mail.ask_for_review()


@every("10 2 * * *", "purge")
def purge(timestamp: int) -> None:
    """Remove what has been kept long enough."""
    privacy.purge()
    suspicion.forget_senders()
    sign_in.forget_sessions()
    call_command("searchpromotions_garbage_collect", stdout=StringIO())
    social_image.remove_all_but(social_images_in_use())


@every("0 5 * * *", "canary")
def canary(timestamp: int) -> None:
    """Send the site an enquiry of its own."""
    alarm.send_canary()
