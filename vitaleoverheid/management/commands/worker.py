"""``manage.py worker``: the background worker."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

CONCURRENT_JOBS = 4  # a mail server that hangs must not hold up the other mails
GRACE = 20  # seconds that a job under way may take after SIGTERM


class Command(BaseCommand):
    """Carry out what the site has put in its queue, until stopped."""

    help = "Runs the background worker: mail, scheduled publishing. Stops cleanly on SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self.work())

    async def work(self) -> None:
        """Take jobs until told to stop."""
        with app.replace_connector(app.connector.get_worker_connector()):
            async with app.open_async():
                await app.run_worker_async(
                    concurrency=CONCURRENT_JOBS,
                    shutdown_graceful_timeout=GRACE,
                    delete_jobs="successful",
                )
