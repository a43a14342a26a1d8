"""Pages stay up when PostgreSQL does not."""

from collections.abc import Iterable
from functools import partial
from secrets import token_hex

from tests.faults.cluster import Cluster
from tests.faults.site import Site, Web
from tests.faults.traffic import traffic
from tests.live_site import until
from tests.reading import PAGES


def rename(site: Site) -> str:
    """Change something that every page shows; returns what it is now."""
    name = f"Overheid {token_hex(4)}"
    site.execute("UPDATE vitaleoverheid_organisationsettings SET name = %s", name)
    return name


def everywhere(webs: Iterable[Web], text: str) -> bool:
    """Whether every web server answers with the text on every page."""
    answers = [web.ask("GET", page) for web in webs for page in PAGES]
    return all(answer.status == 200 and text in answer.body for answer in answers)


def test_a_change_is_seen_on_every_web_server(site: Site, webs: tuple[Web, Web]) -> None:
    for _ in range(2):
        name = rename(site)
        until(partial(everywhere, webs, name))


def test_pages_that_were_seen_stay_up_without_a_database_and_others_say_what_is_the_matter(
    site: Site, webs: tuple[Web, Web], cluster: Cluster
) -> None:
    name = rename(site)
    until(partial(everywhere, webs, name))
    cluster.stop()
    with site.web() as cold:
        for _ in range(3):
            assert everywhere(webs, name)
        answer = cold.ask("GET", "/")
        assert (answer.status, "even niet bereikbaar" in answer.body) == (503, True)
        cluster.start()
        name = rename(site)
        until(partial(everywhere, (*webs, cold), name))


def test_nobody_who_reads_notices_that_the_database_starts_again(
    site: Site, web: Web, cluster: Cluster
) -> None:
    name = rename(site)
    until(partial(everywhere, [web], name))
    with traffic(web, writing=False) as seen:
        for _ in range(2):
            cluster.stop()
            seen.flows()
            cluster.start()
            seen.flows()
    assert not seen.failures
