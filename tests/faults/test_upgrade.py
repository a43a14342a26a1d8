"""A new version comes while visitors come too, and none of them notices."""

import os
import signal
from contextlib import suppress
from functools import partial

import psutil

from tests.faults.enquiries import assert_kept_in_full
from tests.faults.site import Site
from tests.faults.traffic import traffic
from tests.live_site import until


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    with suppress(psutil.NoSuchProcess):
        return [child.pid for child in psutil.Process(pid).children()]
    return []


def test_a_reload_loses_no_visitor(site: Site) -> None:
    with site.web() as web, traffic(web) as seen:
        before = {*children(web.process.pid)}
        os.kill(web.process.pid, signal.SIGHUP)
        until(lambda: before.isdisjoint(children(web.process.pid)), "new processes")
    assert not seen.failures
    assert_kept_in_full(site, seen.confirmed)


def test_a_new_version_takes_over_from_the_old_without_losing_a_visitor(site: Site) -> None:
    with site.web() as web, traffic(web) as seen:
        os.kill(web.process.pid, signal.SIGUSR2)
        started = partial(children, web.process.pid)
        [new] = until(lambda: [pid for pid in started() if children(pid)], "the new version")
        web.process.terminate()
        assert web.process.wait(30) == 0
        seen.flows()
        assert children(new)
    assert not seen.failures
    assert_kept_in_full(site, seen.confirmed)


def test_a_migration_takes_nothing_from_the_version_that_serves(site: Site) -> None:
    with site.web() as web, traffic(web) as seen:
        migrating = site.start(
            "manage.py",
            "migrate",
            "--verbosity=0",
            environment=site.environment
            | {"DJANGO_SETTINGS_MODULE": "tests.faults.next_version.settings"},
        )
        assert migrating.wait() == 0
    assert not seen.failures
    assert_kept_in_full(site, seen.confirmed)
    [(added,)] = site.query("SELECT count(*) FROM contact_enquiry WHERE next_version IS NULL")
    assert added >= len(seen.confirmed)
    for sql in ("DROP TABLE next_version_note", "ALTER TABLE contact_enquiry DROP next_version"):
        site.execute(sql)
