"""The site on more than one machine: one PostgreSQL, one bucket, and nothing else in common."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
import requests
from bs4 import BeautifulSoup

from tests.bucket import ENVIRONMENT, object_store
from tests.faults.difficult_mail_server import DifficultMailServer
from tests.faults.enquiries import assert_all_mailed, enquiry
from tests.faults.site import Site, Web, until
from tests.test_images import file_of, picture

SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.utils.crypto import get_random_string
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
user = get_user_model().objects.create_superuser(get_random_string(8))
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(session.session_key)
"""


@pytest.fixture(scope="module")
def machines(session_site: Site) -> Iterator[tuple[Web, Web]]:
    """Two web servers that keep uploads in the same bucket."""
    with object_store() as store:
        bucket = {"S3_BUCKET": store.make("media").name, "S3_ENDPOINT_URL": store.url}
        environment = ENVIRONMENT | bucket
        with session_site.web(**environment) as one, session_site.web(**environment) as other:
            yield one, other


@pytest.fixture
def editor(site: Site) -> Iterator[requests.Session]:
    """The browser of an editor, who notices nothing of there being two machines."""
    output = site.output("shell", "--no-imports", "-c", SIGN_IN)
    with requests.Session() as browser:
        browser.cookies.set("sessionid", output.split()[-1], domain="127.0.0.1")
        yield browser


def token(browser: requests.Session, address: str) -> dict[str, str]:
    """What makes a form on a page valid."""
    page = BeautifulSoup(browser.get(address).text, "html.parser")
    return {"csrfmiddlewaretoken": page.select_one("[name=csrfmiddlewaretoken]")["value"]}


def test_an_edit_on_one_machine_shows_on_both(
    site: Site, machines: tuple[Web, Web], editor: requests.Session
) -> None:
    one, other = machines
    [(pk,)] = site.query("SELECT id FROM wagtailcore_page WHERE slug = 'privacy'")
    unpublish = f"/admin/pages/{pk}/unpublish/"
    publish = f"/admin/bulk/wagtailcore/page/publish/?id={pk}&next=/admin/"
    for asked, sent, address, status in [(one, other, unpublish, 404), (other, one, publish, 200)]:
        content = token(editor, asked.url + address)
        assert editor.post(sent.url + address, content).ok
        until(lambda: all(web.ask("GET", "/privacy/").status == status for web in machines))  # noqa: B023 (called before it changes)


def test_what_is_uploaded_on_one_machine_is_seen_on_the_other(
    machines: tuple[Web, Web], editor: requests.Session
) -> None:
    one, other = machines
    add = "/admin/images/add/"
    content = token(editor, one.url + add) | {"title": "Foto van twee machines"}
    photo = file_of(picture())
    assert editor.post(other.url + add, content, files={"file": ("foto.jpg", photo)}).ok
    library = BeautifulSoup(editor.get(f"{one.url}/admin/images/").text, "html.parser")
    source = library.select_one('img[src^="/media/images/"]')["src"]
    for web in machines:
        answer = requests.get(web.url + source)
        assert (answer.status_code, answer.content[:2]) == (200, b"\xff\xd8")
        assert int(answer.headers["Content-Length"]) == len(answer.content)
        assert requests.get(f"{web.url}/media/original_images/foto.jpg").status_code == 404


def test_two_workers_send_each_mail_once(
    site: Site, machines: tuple[Web, Web], mail_server: DifficultMailServer
) -> None:
    servers = cycle(machines)
    with site.worker(), site.worker(), ThreadPoolExecutor(4) as visitors:
        confirmed = list(visitors.map(lambda _: next(servers).post(enquiry()), range(12)))
        site.pass_time()
        assert_all_mailed(site, mail_server, confirmed)
    assert Counter(mail_server.ids()).most_common(1)[0][1] == 1
    assert len(mail_server.mails) == 2 * len(confirmed)


def test_what_one_sender_may_send_counts_for_both_machines_together(
    site: Site, machines: tuple[Web, Web]
) -> None:
    servers = cycle(machines)
    statuses = [next(servers).post(enquiry(), sender=1).status for _ in range(14)]
    assert statuses[:12] == [303] * 12
    assert 303 not in statuses[12:]
