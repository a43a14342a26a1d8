"""A whole site that may be broken: its own PostgreSQL, web servers, workers and mail server."""

import signal
from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.faults.cluster import Cluster
from tests.faults.difficult_mail_server import DifficultMailServer
from tests.faults.editor import Editor
from tests.faults.site import Site, Web
from tests.live_site import database_url


@pytest.fixture(scope="session", autouse=True)
def tidy_when_told_to_stop() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C, after which everything that was started is stopped too."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def session_mail_server() -> Iterator[DifficultMailServer]:
    server = DifficultMailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def session_cluster() -> Iterator[Cluster]:
    with Cluster() as running:
        yield running


@pytest.fixture(scope="session")
def session_site(
    session_cluster: Cluster,
    session_mail_server: DifficultMailServer,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Site:
    """The site with the first content, before anything of it runs."""
    with django_db_blocker.unblock():
        copy = session_cluster.copy(database_url(connection.settings_dict), "faults")
    site = Site(tmp_path_factory.mktemp("faults"), copy, session_mail_server.port)
    assert site.manage("collectstatic", "--noinput", "--verbosity=0").wait() == 0
    return site


@pytest.fixture(scope="session")
def session_webs(session_site: Site) -> Iterator[tuple[Web, Web]]:
    with session_site.web() as one, session_site.web() as other:
        yield one, other


@pytest.fixture
def cluster(session_cluster: Cluster) -> Iterator[Cluster]:
    """The PostgreSQL of the site."""
    yield session_cluster
    session_cluster.start()


@pytest.fixture
def site(session_site: Site) -> Iterator[Site]:
    """The site without any enquiry; whatever happens, no log of it says who wrote."""
    session_site.clear()
    yield session_site
    for log in session_site.folder.glob("*.log"):
        assert "voorbeeld.nl" not in log.read_text(), log.read_text()


@pytest.fixture
def mail_server(session_mail_server: DifficultMailServer) -> Iterator[DifficultMailServer]:
    """The mail server of the site, in good health."""
    session_mail_server.clear()
    yield session_mail_server
    session_mail_server.clear()


@pytest.fixture
def webs(site: Site, session_webs: tuple[Web, Web]) -> tuple[Web, Web]:
    """Two web servers, each a process that has served before."""
    return session_webs


@pytest.fixture
def web(webs: tuple[Web, Web]) -> Web:
    """A web server that has served before."""
    return webs[0]


@pytest.fixture
def editor(site: Site) -> Iterator[Editor]:
    """An editor of the site."""
    editor = Editor(site)
    yield editor
    editor.browser.close()
