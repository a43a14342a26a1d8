"""What the background worker does."""

from contextlib import suppress
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from contact import mail
from contact.models import Message

FIRST_WAITS = [60, 300, 1_800, 7_200]  # seconds
LATER_WAIT = 6 * 60 * 60  # seconds
GIVE_UP_AFTER = len(FIRST_WAITS) + 7 * 24 // 6  # attempts: a week
SWEEP_AFTER = timedelta(minutes=1)


class Patience(BaseRetryStrategy):
    """Try again soon at first, then every six hours for a week."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= GIVE_UP_AFTER:
            return None
        waits = dict(enumerate(FIRST_WAITS))
        return RetryDecision(retry_in={"seconds": waits.get(job.attempts, LATER_WAIT)})


@app.task(queue="mail", retry=Patience())
def deliver(pk: int) -> None:
    """Send one mail."""
    mail.deliver(pk)


def defer_delivery(message: Message) -> None:
    """Have the mail sent, in the transaction under way. Raises when that was asked already."""
    deliver.configure(queueing_lock=f"message-{message.pk}").defer(pk=message.pk)


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """Pick up the mails that a killed worker left: still queued, yet nobody is going to send them."""
    old = Message.objects.filter(
        state=Message.State.QUEUED, created_at__lt=timezone.now() - SWEEP_AFTER
    )
    for message in old:
        with suppress(AlreadyEnqueued):
            defer_delivery(message)


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="publish_scheduled")
def publish_scheduled(timestamp: int) -> None:
    """Publish and unpublish what editors have planned for now."""
    call_command("publish_scheduled")
