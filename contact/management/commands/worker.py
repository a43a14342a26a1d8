"""``manage.py worker``: the background worker."""

import asyncio
import logging
import signal
from contextlib import suppress
from typing import Any

import psycopg
from django.core.management.base import BaseCommand
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation

from contact.tasks import COLLECT

CONCURRENT_JOBS = 4  # a mail server that hangs must not hold up the other mails
GRACE = 25  # seconds that a job under way may take after SIGTERM: longer than EMAIL_TIMEOUT
PATIENCE = 3  # seconds to wait for the database before giving up on it
PAUSE = 1  # seconds before beginning anew, and between two looks into the outbox

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Carry out what the site has put in its queue, until stopped."""

    help = "Runs the background worker: mail, scheduled publishing, retention. Stops on SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(until_told_to_stop())


async def until_told_to_stop() -> None:
    """Work, and begin anew when the database was away, until SIGTERM or SIGINT comes."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    waiting = asyncio.create_task(told.wait())
    while not told.is_set():
        working = asyncio.create_task(work())
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()  # which lets it finish the jobs under way
        try:
            await working
        except asyncio.CancelledError:
            return
        except (ConnectorException, psycopg.Error) as error:
            logger.warning("The worker begins anew: %s", type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), PAUSE)


async def work() -> None:
    """Take jobs, beginning with the proof that enquiries come through.

    Returns or raises when the database goes away: the worker of ``procrastinate`` then ends.
    """
    connector = PsycopgConnector(kwargs=connector_params(), timeout=PATIENCE)
    with app.replace_connector(connector):
        async with app.open_async():
            with suppress(AlreadyEnqueued):
                canary = app.configure_task("contact.canary", queueing_lock="canary")
                await canary.defer_async(timestamp=0)
            collecting = asyncio.create_task(collect_mails())
            try:
                await app.run_worker_async(
                    concurrency=CONCURRENT_JOBS,
                    shutdown_graceful_timeout=GRACE,
                    install_signal_handlers=False,
                    delete_jobs="always",  # what went wrong is in the log, and with the mail
                )
            finally:
                collecting.cancel()


async def collect_mails() -> None:
    """Give what is in the outbox to the workers, again and again."""
    while True:
        try:
            await app.connector.execute_query_async(COLLECT)
        except UniqueViolation:
            pass  # another worker was just doing the same
        except ConnectorException as error:
            logger.warning("The outbox could not be looked into: %r", error.__cause__)
        except Exception:  # whatever it is: no mail would go out if this ended
            logger.exception("The outbox could not be looked into")
        await asyncio.sleep(PAUSE)
