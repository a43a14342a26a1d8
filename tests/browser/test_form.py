"""A prospect fills in the form, in a real browser."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.screens import fill_in, form_from_elsewhere
from tests.live_site import LiveSite
from tests.reading import FORM_WITHOUT_MISTAKES


def message(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Uw bericht")


def send(page: Page) -> None:
    page.get_by_role("button", name="Verstuur bericht").click()


def test_without_javascript_the_whole_road_works(page_without_javascript: Page) -> None:
    page = page_without_javascript
    page.goto("/diensten/versterking-interne-samenwerking/")
    page.get_by_role("main").get_by_role("link", name="Neem contact op").click()
    expect(page.get_by_label("Onderwerp")).to_have_value("versterking-interne-samenwerking")
    fill_in(page, email="jan@voorbeeld")
    send(page)
    expect(page.get_by_role("heading", name="Uw bericht is nog niet verstuurd")).to_be_visible()
    expect(page.get_by_label("Uw naam")).to_have_value("Jan de Vries")
    expect(message(page)).to_have_value(FORM_WITHOUT_MISTAKES["message"])
    expect(page.get_by_label("Onderwerp")).to_have_value("versterking-interne-samenwerking")
    page.get_by_label("E-mailadres").fill("jan@voorbeeld.nl")
    send(page)
    expect(page).to_have_url(re.compile("/contact/bedankt/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt voor uw bericht")
    expect(page.locator("dl")).to_contain_text(re.compile("VO-[2-9A-Z]{4}-[2-9A-Z]{4}"))
    expect(page.locator("dl")).to_contain_text("Versterking interne samenwerking")


def test_the_summary_of_mistakes_has_the_focus_and_leads_to_the_fields(page: Page) -> None:
    page.goto("/contact/")
    send(page)
    expect(page).to_have_title(re.compile("^Fout: "))
    expect(page.locator(".error-summary")).to_be_focused()
    for text, label in [
        ("Vul uw naam in", "Uw naam"),
        ("Vul uw e-mailadres in", "E-mailadres"),
        ("Schrijf een bericht", "Uw bericht"),
    ]:
        page.locator(".error-summary").get_by_role("link", name=text).click()
        expect(page.get_by_role("textbox", name=label)).to_be_focused()


def test_a_screen_reader_hears_the_hint_and_the_mistake_with_the_field(page: Page) -> None:
    page.goto("/contact/")
    send(page)
    email = page.get_by_role("textbox", name="E-mailadres")
    expect(email).to_have_accessible_description(
        "Op dit adres krijgt u antwoord. Fout: Vul uw e-mailadres in"
    )
    expect(email).to_have_attribute("aria-invalid", "true")


def test_what_was_typed_on_another_site_can_be_sent_again_from_here(
    page: Page, live_site: LiveSite
) -> None:
    form_from_elsewhere(page, live_site)
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.get_by_label("Uw naam")).to_have_value("Jan de Vries")
    send(page)
    expect(page).to_have_url(re.compile("/contact/bedankt/"))


def test_a_form_that_was_open_since_yesterday_still_works(page: Page) -> None:
    page.clock.install()
    page.goto("/contact/")
    page.clock.fast_forward("26:00:00")
    page.context.clear_cookies()
    fill_in(page)
    send(page)
    expect(page).to_have_url(re.compile("/contact/bedankt/"))


def test_going_back_and_sending_again_makes_no_second_enquiry(
    page: Page, live_site: LiveSite
) -> None:
    text = "Een keer, en nog eens."
    page.goto("/contact/")
    fill_in(page, message=text)
    send(page)
    page.wait_for_url("**/contact/bedankt/**")
    page.go_back()
    expect(message(page)).to_have_value(text)
    send(page)
    page.wait_for_url("**/contact/bedankt/**")
    page.reload()
    count = "SELECT count(*) FROM contact_enquiry WHERE message = %s"
    assert live_site.query(count, text) == [(1,)]


def test_the_address_is_copied_with_one_click(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/contact/")
    page.get_by_role("button", name="Kopieer het adres").click()
    expect(page.get_by_role("button", name="Adres gekopieerd")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "Vitale Overheid\nPostbus 866\n9400 AW Assen"


def test_without_javascript_there_is_no_button_that_does_nothing(
    page_without_javascript: Page,
) -> None:
    page_without_javascript.goto("/contact/")
    expect(page_without_javascript.get_by_role("button")).to_have_text(["Verstuur bericht"])
