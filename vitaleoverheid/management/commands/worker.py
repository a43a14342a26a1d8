"""``manage.py worker``: the background worker."""

import asyncio
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

CONCURRENT_JOBS = 4  # a mail server that hangs must not hold up the other mails
GRACE = 25  # seconds that a job under way may take after SIGTERM: longer than EMAIL_TIMEOUT


class Command(BaseCommand):
    """Carry out what the site has put in its queue, until stopped."""

    help = "Runs the background worker: mail, scheduled publishing, retention. Stops on SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self.work())

    async def work(self) -> None:
        """Take jobs until told to stop, beginning with the proof that enquiries come through."""
        connector: Any = app.connector
        with app.replace_connector(connector.get_worker_connector()):
            async with app.open_async():
                with suppress(AlreadyEnqueued):
                    canary = app.configure_task("contact.canary", queueing_lock="canary")
                    await canary.defer_async(timestamp=0)
                await app.run_worker_async(
                    concurrency=CONCURRENT_JOBS,
                    shutdown_graceful_timeout=GRACE,
                    delete_jobs="successful",
                )
