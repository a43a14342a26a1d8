"""Processes of the site, and databases that they share."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tests.live_site import PATIENCE
from tests.page_cache.servers import Server, Start, committed_database
from vitaleoverheid import content_changes, page_cache


@pytest.fixture(scope="module", autouse=True)
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database for the tests of a module, who change nothing in it.

    No transaction around a test: what is not committed is not heard of.
    """
    with django_db_blocker.unblock(), committed_database():
        yield


@pytest.fixture(autouse=True)
def busy_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing comes out differently because this machine has other work to do as well."""
    for module, name in (
        (content_changes, "FIRST_CONNECTION_SECONDS"),
        (content_changes, "TRUST_SECONDS"),
        (page_cache, "PATIENCE"),
    ):
        monkeypatch.setattr(module, name, PATIENCE)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database for a single test, to change as it likes."""
    with django_db_blocker.unblock(), committed_database():
        yield


@pytest.fixture
def start(db: None) -> Iterator[Start]:
    """Start another process of the site."""
    servers = []

    def start_server(*args: Any, **kwargs: Any) -> Server:
        servers.append(Server(*args, **kwargs))
        return servers[-1]

    yield start_server
    for server in servers:
        server.retire()


@pytest.fixture
def server(start: Start) -> Server:
    return start()
