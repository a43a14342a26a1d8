"""An editor changes the firm's details in one place, and they change wherever they appear."""

import pytest
from django.test import Client

from services.models import ServicePage
from tests.reading import PAGES, SCREENS, parse, read, words
from vitaleoverheid.models import OrganisationSettings

pytestmark = pytest.mark.django_db

ADDRESS = "footer .contact-list, #gegevens + .contact-list"


@pytest.fixture
def moved(db: None) -> OrganisationSettings:
    """The firm after it changed everything about itself."""
    organisation = OrganisationSettings.load()
    organisation.name = "Krachtige Gemeenten"
    organisation.street = "Markt 1"
    organisation.postal_code = "9401 CH"
    organisation.city = "Rolde"
    organisation.email = "post@krachtig.example"
    organisation.phones = [("phone", "+31592123456")]
    organisation.registration_number = "12345678"
    organisation.profiles = [
        ("profile", {"name": "LinkedIn", "url": "https://social.example/krachtig"})
    ]
    organisation.call_to_action = "Zullen wij praten?"
    organisation.contact_button = "Schrijf ons"
    organisation.save()
    return organisation


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_shows_the_new_details_and_none_of_the_old(
    client: Client, moved: OrganisationSettings, screen: str
) -> None:
    soup = parse(SCREENS[screen](client))
    addresses = soup.select(ADDRESS)
    assert addresses
    for address in addresses:
        assert words(address) == (
            "Krachtige Gemeenten Markt 1 9401 CH Rolde"
            " post@krachtig.example 0592-123 456 LinkedIn KvK 12345678"
        )
        assert [link["href"] for link in address.select("a")] == [
            *["mailto:post@krachtig.example", "tel:+31592123456"],
            "https://social.example/krachtig",
        ]
    for prose in soup.select("main .prose"):
        prose.extract()  # an editor's own text may name anything
    links = {link["href"] for link in soup.select('a[href^="mailto:"], a[href^="tel:"]')}
    assert links == {"mailto:post@krachtig.example", "tel:+31592123456"}
    for logo in soup.select(".logo"):
        assert words(logo).startswith("Krachtige Gemeenten")
    if screen != "/":  # whose title an editor wrote
        assert soup.title.string.endswith("| Krachtige Gemeenten")


@pytest.mark.parametrize("address", ["/", "/diensten/", "/over-ons/"])
def test_the_call_to_get_in_touch_is_the_firms(
    client: Client, moved: OrganisationSettings, address: str
) -> None:
    call = read(client, address).select_one("section.cta")
    assert words(call) == "Zullen wij praten? Schrijf ons post@krachtig.example 0592-123 456"
    assert call.select_one("a.button")["href"] == "/contact/"


def test_a_service_may_have_a_call_of_its_own(client: Client, service_page: ServicePage) -> None:
    service_page.call_to_action = "Samen sterker?"
    service_page.save()
    call = read(client, service_page.get_url()).select_one("section.cta")
    assert words(call.h2) == "Samen sterker?"


def test_without_a_contact_page_no_button_leads_nowhere(client: Client) -> None:
    organisation = OrganisationSettings.load()
    organisation.contact_page = None
    organisation.save()
    soup = read(client, "/")
    assert soup.select("section.cta") == []
    assert "Neem contact op" not in words(soup.main)


def test_details_that_are_left_out_leave_nothing_behind(client: Client) -> None:
    organisation = OrganisationSettings.load()
    organisation.street = organisation.postal_code = organisation.city = ""
    organisation.phones = []
    organisation.save()
    for address in PAGES:
        soup = read(client, address)
        assert (
            words(soup.select_one("footer .contact-list"))
            == "Vitale Overheid info@vitaleoverheid.nl"
        )
        assert soup.select('a[href^="tel:"]') == []


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+31592123456", "0592-123 456"),
        ("+31201234567", "020-123 4567"),
        ("+3225551212", "+32 2 555 12 12"),
    ],
)
def test_any_telephone_number_is_shown_in_a_readable_way(
    client: Client, number: str, shown: str
) -> None:
    organisation = OrganisationSettings.load()
    organisation.phones = [("phone", number)]
    organisation.save()
    link = read(client, "/contact/").select_one(f'footer a[href="tel:{number}"]')
    assert words(link) == shown
