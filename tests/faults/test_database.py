"""PostgreSQL is away, comes back, and is missed for a moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

import psycopg
import pytest

from tests.faults.cluster import Cluster
from tests.faults.difficult_mail_server import DifficultMailServer
from tests.faults.enquiries import (
    TYPED,
    assert_all_mailed,
    assert_given_back,
    assert_kept_in_full,
    enquiry,
    unsent,
)
from tests.faults.site import Answer, Site, Web
from tests.live_site import until


def test_without_a_database_the_visitor_gets_everything_back_and_the_way_is_open_again_after(
    site: Site, webs: tuple[Web, Web], cluster: Cluster, mail_server: DifficultMailServer
) -> None:
    with site.worker() as worker:
        confirmed = [webs[0].post(enquiry())]
        assert_all_mailed(site, mail_server, confirmed)
        cluster.stop()
        with site.web() as cold:
            for web in (*webs, cold):
                assert_given_back(web.post(TYPED), TYPED)
            assert worker.poll() is None
            cluster.start()
            confirmed += [web.post(enquiry()) for web in (*webs, cold)]
            confirmed += [web.post(TYPED) for web in (*webs, cold)]
        assert [answer.status for answer in confirmed] == [303] * len(confirmed)
        assert len({answer.reference for answer in confirmed[-3:]}) == 1
        assert_all_mailed(site, mail_server, confirmed)
        assert worker.poll() is None


def test_without_a_free_connection_the_visitor_gets_everything_back(
    site: Site, webs: tuple[Web, Web], mail_server: DifficultMailServer
) -> None:
    assert webs[0].ask("GET", "/").status == 200
    with site.web() as cold:
        with every_connection(site):
            assert webs[0].ask("GET", "/").status == 200
            assert cold.ask("GET", "/").status == 503
            assert_given_back(cold.post(TYPED), TYPED)
        confirmed = [cold.post(TYPED)]
        assert until(lambda: cold.ask("GET", "/").status == 200)
    with site.worker():
        assert_all_mailed(site, mail_server, confirmed)


@contextmanager
def every_connection(site: Site) -> Iterator[None]:
    """Hold every connection that PostgreSQL has to give, until the end of the block."""
    with ExitStack() as taken:
        with suppress(psycopg.OperationalError):
            for _ in range(1_000):
                taken.enter_context(psycopg.connect(site.database_url))
        with pytest.raises(psycopg.OperationalError, match="too many clients"):
            psycopg.connect(site.database_url)
        yield


def test_a_worker_that_starts_without_a_database_waits_for_it(
    site: Site, web: Web, cluster: Cluster, mail_server: DifficultMailServer
) -> None:
    confirmed = [web.post(enquiry())]
    cluster.stop()
    with site.running("manage.py", "worker") as (worker, log):
        until(log.read_text, "the worker to say that something is wrong")
        assert worker.poll() is None
        cluster.start()
        assert_all_mailed(site, mail_server, confirmed)
        worker.terminate()
        assert worker.wait(30) == 0


def test_a_worker_without_a_database_stops_when_told(site: Site, cluster: Cluster) -> None:
    with site.worker() as worker:
        cluster.stop()
        worker.terminate()
        assert worker.wait(30) == 0


def test_no_confirmed_enquiry_is_lost_when_the_database_is_killed_and_starts_again(
    site: Site, webs: tuple[Web, Web], cluster: Cluster, mail_server: DifficultMailServer
) -> None:
    confirmed: list[Answer] = []
    refused: list[Answer] = []
    written = [enquiry() for _ in range(60)]

    def insist(content: dict[str, str]) -> None:
        """Post as a visitor who tries again, at either server, until it is confirmed."""
        for attempt in range(1_000):
            answer = webs[attempt % 2].post(content)
            assert answer.status in {303, 503}
            if answer.status == 303:
                confirmed.append(answer)
                return
            assert "niet verstuurd" in answer.body
            refused.append(answer)

    # A mail that takes long on a busy machine would go out again in a minute only.
    with site.worker(EMAIL_TIMEOUT="20"), ThreadPoolExecutor(4) as visitors:
        sending = visitors.map(insist, written)
        for seen in (10, 25):
            until(lambda: len(confirmed) >= seen)  # noqa: B023 (called before seen changes)
            cluster.stop()
            until(lambda: refused)
            cluster.start()
            refused.clear()
        list(sending)
        assert len(confirmed) == len(written) == len({a.reference for a in confirmed})
        assert_kept_in_full(site, confirmed)

        def are_sent() -> bool:
            # What was under way at the end is put off for a minute once the worker notices.
            site.bury_workers(alive=1)  # the worker before the database went away
            site.pass_time()
            return not unsent(site)

        until(are_sent, "every mail to be sent")
        assert_all_mailed(site, mail_server, confirmed)
