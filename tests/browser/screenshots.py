"""Takes the pictures of the guide for editors; ``script/screenshots`` runs it, and no test does."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.editing import (
    add_block,
    ask_for_four_eyes,
    choose,
    open_page,
    photo,
    upload_picture,
    wait_for_draft,
    write,
)
from tests.browser.signing_in import give_password, make_member, sign_in
from tests.live_site import LiveSite

FOLDER = settings.BASE_DIR / "docs" / "redactie"
SLUG = "toegankelijkheid"
WIDTH, HEIGHT = 1200, 740
MOST_BYTES = 60_000
EXAMPLE = {
    "name": "Voorbeeldnaam",
    "organisation": "Gemeente Voorbeeld",
    "email": "voorbeeld@example.nl",
    "message": "Dit is een voorbeeld van een aanvraag. Kunt u een keer kennismaken?",
}


class Desk:
    """Where an editor and a chief editor sit, on a site with four eyes and an example enquiry."""

    def __init__(self, browser: Browser, site: LiveSite, folder: Path) -> None:
        self.browser, self.site, self.folder = browser, site, folder
        self.editor = self.sit("Redacteur")
        self.chief = self.sit("Eindredacteur")

    def sit(self, group: str) -> Page:
        page = self.window()
        sign_in(page, make_member(self.site, group.lower(), group))
        return page

    def window(self) -> Page:
        return self.browser.new_page(
            base_url=self.site.url,
            viewport={"width": WIDTH, "height": HEIGHT},
            reduced_motion="reduce",
        )


def signing_in(desk: Desk) -> Page:
    page = desk.window()
    give_password(page, make_member(desk.site, "nieuw", "Redacteur"))
    expect(page.get_by_role("heading", name="Extra beveiliging")).to_be_visible()
    return page


def blocks(desk: Desk) -> Page:
    open_page(desk.editor, desk.site, SLUG)
    plus = desk.editor.locator("[data-contentpath=content]").first.get_by_title("Blok invoegen")
    plus.first.click()
    return desk.editor


def picture(desk: Desk) -> Page:
    page = desk.editor
    open_page(page, desk.site, SLUG)
    block = add_block(page, "Afbeelding")
    upload_picture(page, block, photo(desk.folder, "werkplaats.jpg"))
    block.get_by_label("Alt tekst").fill("Een vlak dat van donker naar licht gaat")
    wait_for_draft(page)
    block.get_by_label("Alt tekst").evaluate("field => field.scrollIntoView({block: 'center'})")
    return page


def preview(desk: Desk) -> Page:
    page = desk.editor
    open_page(page, desk.site, SLUG)
    page.get_by_role("button", name="Toon/verberg voorvertoning").click()
    write(page, "Iedereen kan hier terecht.")
    frame = page.frame_locator("#w-preview-iframe")
    expect(frame.get_by_text("Iedereen kan hier terecht.")).to_be_visible()
    return page


def advice(desk: Desk) -> Page:
    page = desk.editor
    open_page(page, desk.site, SLUG)
    page.get_by_role("button", name="Checks aan/uitzetten").click()
    write(page, "Indien u er niet in slaagt, dient u ons te bellen.")
    expect(page.get_by_text("‘indien’ is ambtelijk")).to_be_visible()
    return page


def submitting(desk: Desk) -> Page:
    desk.chief.bring_to_front()
    open_page(desk.chief, desk.site, SLUG)
    desk.chief.get_by_role("button", name="Meer acties").click()
    return desk.chief


def planning(desk: Desk) -> Page:
    page = desk.chief
    open_page(page, desk.site, SLUG)
    page.get_by_role("button", name="Toon/verberg status").click()
    page.get_by_role("button", name="Stel schema in").click()
    expect(page.get_by_role("button", name="Schema opslaan")).to_be_visible()
    return page


def approving(desk: Desk) -> Page:
    open_page(desk.editor, desk.site, SLUG)
    write(desk.editor, "Iedereen kan op deze website terecht.")
    choose(desk.editor, "Stuur door naar Vier ogen")
    expect(desk.editor.get_by_text("is ter goedkeuring ingediend")).to_be_visible()
    open_page(desk.chief, desk.site, SLUG)
    desk.chief.get_by_role("button", name="Meer acties").click()
    return desk.chief


def comparing(desk: Desk) -> Page:
    [(pk, first, last)] = desk.site.query(
        "SELECT p.id, min(r.id), max(r.id) FROM wagtailcore_page p JOIN wagtailcore_revision r"
        " ON r.object_id = p.id::text WHERE slug = %s GROUP BY p.id",
        SLUG,
    )
    desk.chief.goto(f"/admin/pages/{pk}/revisions/compare/{first}...{last}/")
    return desk.chief


def enquiry(desk: Desk) -> Page:
    assert desk.site.send(**EXAMPLE).status == 303
    page = desk.sit("Aanvragen behandelen")
    [(pk,)] = desk.site.query("SELECT max(id) FROM contact_enquiry")
    page.goto(f"/admin/enquiries/edit/{pk}/")
    return page


PICTURES: dict[str, Callable[[Desk], Page]] = {
    "inloggen.png": signing_in,
    "blok.png": blocks,
    "afbeelding.png": picture,
    "voorbeeld.png": preview,
    "advies.png": advice,
    "publiceren.png": submitting,
    "plannen.png": planning,
    "goedkeuren.png": approving,
    "vergelijken.png": comparing,
    "aanvraag.png": enquiry,
}
"""Each picture, and how one gets to see what is on it; in this order."""


@pytest.fixture(scope="module")
def desk(browser: Browser, live_site: LiveSite, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    ask_for_four_eyes(live_site)
    return Desk(browser, live_site, tmp_path_factory.mktemp("photos"))


@pytest.mark.parametrize("name", PICTURES)
def test_take(desk: Desk, name: str) -> None:
    page = PICTURES[name](desk)
    page.wait_for_load_state("networkidle")
    file = FOLDER / name
    file.parent.mkdir(exist_ok=True)
    with Image.open(BytesIO(page.screenshot(animations="disabled"))) as taken:
        taken.convert("RGB").quantize(method=Image.Quantize.FASTOCTREE).save(file, optimize=True)
    assert file.stat().st_size < MOST_BYTES
