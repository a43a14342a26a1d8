"""The site on more than one machine: one PostgreSQL, one bucket, and nothing else in common."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle

import pytest
import requests
from bs4 import BeautifulSoup

from tests.bucket import ENVIRONMENT, object_store
from tests.faults.difficult_mail_server import DifficultMailServer
from tests.faults.editor import Editor
from tests.faults.enquiries import assert_all_mailed, enquiry
from tests.faults.site import Site, Web
from tests.live_site import until
from tests.test_images import file_of, picture


@pytest.fixture(scope="module")
def machines(session_site: Site) -> Iterator[tuple[Web, Web]]:
    """Two web servers that keep uploads in the same bucket."""
    with object_store() as store:
        bucket = {"S3_BUCKET": store.make("media").name, "S3_ENDPOINT_URL": store.url}
        environment = ENVIRONMENT | bucket
        with session_site.web(**environment) as one, session_site.web(**environment) as other:
            yield one, other


def test_an_edit_on_one_machine_shows_on_both(machines: tuple[Web, Web], editor: Editor) -> None:
    one, other = machines
    editor.confirm(one, editor.unpublish, other)
    until(lambda: {web.ask("GET", "/privacy/").status for web in machines} == {404})
    editor.confirm(other, editor.publish, one)
    until(lambda: {web.ask("GET", "/privacy/").status for web in machines} == {200})


def test_what_is_uploaded_on_one_machine_is_seen_on_the_other(
    machines: tuple[Web, Web], editor: Editor
) -> None:
    one, other = machines
    assert editor.upload(one, file_of(picture()), other).ok
    library = BeautifulSoup(editor.browser.get(f"{one.url}/admin/images/").text, "html.parser")
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
    patient = partial(site.worker, EMAIL_TIMEOUT="20")  # a mail that takes long goes out again
    with patient(), patient(), ThreadPoolExecutor(4) as visitors:
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
