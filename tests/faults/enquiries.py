"""What visitors write, and the account that must balance at the end."""

from itertools import count

from bs4 import BeautifulSoup

from tests.faults.difficult_mail_server import DifficultMailServer
from tests.faults.site import Answer, Site
from tests.live_site import until

numbers = count(1)

TYPED = {
    "name": 'Jan <b>"de"</b> Vries',
    "organisation": "Gemeente & Co",
    "email": "o'neil@voorbeeld.nl",
    "phone": "(0592) 12 34 56",
    "service": "versterking-interne-samenwerking",
    "message": "Eerste regel\n\n\tTweede regel </textarea><script>alert(1)</script> é😀\u202e",
}


def assert_given_back(answer: Answer, typed: dict[str, str]) -> None:
    """The answer says that it went wrong, gives every character back and names other ways."""
    assert answer.status == 503
    soup = BeautifulSoup(answer.body, "html.parser")
    fields = {field["name"]: field["value"] for field in soup.select("form input[type=hidden]")}
    assert fields == typed
    assert soup.select_one("form")["action"] == "/contact/"
    shown = soup.select_one("main dl").get_text()
    for name in ("name", "organisation", "email", "phone"):
        assert typed[name] in shown
    for line in filter(None, typed["message"].split("\n")):
        assert line in shown
    assert "<script>alert" not in answer.body
    assert soup.select('main a[href^="tel:+31"]')
    assert soup.select('main a[href^="mailto:info@vitaleoverheid.nl?"]')
    assert "nog niet verstuurd" in answer.body
    for lie in ("bedankt", "is verstuurd", "goed aangekomen", "ontvangen"):
        assert lie not in soup.get_text().lower()


def enquiry(**changes: str) -> dict[str, str]:
    """An enquiry that nobody wrote before."""
    number = next(numbers)
    return {
        "name": f"Jan de Vries {number}",
        "organisation": f"Gemeente Voorbeeld {number}",
        "email": f"jan{number}@voorbeeld.nl",
        "phone": "06 12 34 56 78",
        "service": "versterking-interne-samenwerking",
        "message": f"Wij willen kennismaken.\nKan dat in week {number}?",
        **changes,
    }


def assert_kept_in_full(site: Site, confirmed: list[Answer]) -> None:
    """Each visitor who saw a confirmation is on record, and no enquiry is there by half."""
    references = {answer.reference for answer in confirmed}
    rows = site.query(
        "SELECT reference,"
        " (SELECT count(*) FROM contact_message WHERE enquiry_id = e.id AND kind = 'notification'),"
        " (SELECT count(*) FROM contact_message"
        "   WHERE enquiry_id = e.id AND kind = 'acknowledgement'),"
        " (SELECT count(*) FROM wagtailcore_modellogentry WHERE object_id = e.id::text"
        "   AND action = 'contact.receive')"
        " FROM contact_enquiry e WHERE NOT is_canary"
    )
    assert references <= {reference for reference, *_ in rows}
    assert {tuple(counts) for _, *counts in rows} <= {(1, 1, 1)}


def unsent(site: Site) -> list[tuple[int, str, int, str]]:
    """The mails about enquiries that were not sent: number, state, attempts and error."""
    return site.query(
        "SELECT id, state, attempts, error FROM contact_message"
        " WHERE state <> 'sent' AND kind <> 'canary'"
    )


def assert_all_mailed(
    site: Site, mail_server: DifficultMailServer, confirmed: list[Answer]
) -> None:
    """Wait until no mail is left to send; the mail server has one for the firm of each enquiry."""
    assert_kept_in_full(site, confirmed)
    until(lambda: not unsent(site), "every mail to be sent")
    stored = site.query("SELECT message_id FROM contact_message WHERE kind <> 'canary'")
    assert {message_id for (message_id,) in stored} <= set(mail_server.ids())
    told = " ".join(str(mail["Subject"]) for mail in mail_server.mails)
    assert all(answer.reference in told for answer in confirmed)
