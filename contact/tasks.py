"""What the background worker does."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
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
SWEEP_AFTER = timedelta(minutes=1)


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


LOCK = "message-"


def defer_delivery(message: Message) -> None:
    """Have the mail sent, in the transaction under way, unless that was asked already."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        deliver.configure(queueing_lock=f"{LOCK}{message.pk}").defer(pk=message.pk)


DELIVERY = f"""ROW(
    '{deliver.queue}', '{deliver.name}', {deliver.priority}, NULL, '{LOCK}' || id,
    jsonb_build_object('pk', id), NULL
)::procrastinate_job_to_defer_v1"""
"""The same job in SQL, for the row of a new mail."""


def forgotten() -> QuerySet[Message]:
    """The mails in the outbox that nobody is sending now and no job will send later."""
    jobs = ProcrastinateJob.objects.filter(queueing_lock=OuterRef("lock"), status="todo")
    lock = Concat(Value(LOCK), Cast("pk", CharField()), output_field=CharField())
    queued = Message.objects.filter(state=Message.State.QUEUED).annotate(lock=lock)
    before = timezone.now() - SWEEP_AFTER
    waiting = queued.filter(~Exists(jobs), created_at__lt=before)
    return waiting.select_for_update(skip_locked=True)


def every(cron: str, name: str) -> Callable[[Callable[[int], None]], Task[Any, Any, Any]]:
    """Run a function by the clock (UTC), one at a time, however many workers there are."""

    def register(function: Callable[[int], None]) -> Task[Any, Any, Any]:
        task = app.task(queue="clock", queueing_lock=name, name=f"contact.{name}")(function)
        return app.periodic(cron=cron)(task)

    return register


@every("* * * * *", "sweep")
def sweep(timestamp: int) -> None:
    """Pick up what a killed worker left: mails still queued that nobody is going to send."""
    with transaction.atomic():
        found = list(forgotten())
    # Only now: whoever takes one of these up must find it unlocked.
    for message in found:
        defer_delivery(message)


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
