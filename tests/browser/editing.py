"""What an editor does to a page in the admin, and what a visitor sees of it."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.live_site import LiveSite, until

FORM = "form[data-w-autosave-interval-value]"
EDITED = "data-w-unsaved-has-edits-value"
SAVED = """(selector) => {
  const form = document.querySelector(selector);
  const part = (name) => window.wagtail.app.getControllerForElementAndIdentifier(form, name);
  const { formData, initialFormData } = part("w-unsaved");
  return formData === initialFormData && !part("w-autosave").submitPromise;
}"""
"""Whether what stands in the form is what was last sent, and that has arrived."""


def open_page(page: Page, live_site: LiveSite, slug: str) -> None:
    """Go to the form of a page."""
    [(pk,)] = live_site.query("SELECT id FROM wagtailcore_page WHERE slug = %s", slug)
    page.goto(f"/admin/pages/{pk}/edit/")
    wait_for_form(page)


def wait_for_form(page: Page) -> None:
    """Wait until the form sees what is typed, which is a while after it opened."""
    page.wait_for_selector(f"{FORM}[{EDITED}=false]")


def ask_for_four_eyes(live_site: LiveSite) -> None:
    """Switch on the workflow for all pages."""
    live_site.query(
        "INSERT INTO wagtailcore_workflowpage (page_id, workflow_id)"
        " SELECT wagtailcore_page.id, wagtailcore_workflow.id"
        " FROM wagtailcore_page, wagtailcore_workflow WHERE depth = 2 RETURNING 1"
    )


def add_block(page: Page, name: str) -> Locator:
    """Add a block at the end of the first section of a page; the block."""
    content = page.locator("[data-contentpath=body] [data-contentpath=content]").first
    content.get_by_title("Blok invoegen").locator("visible=true").last.click()
    page.get_by_placeholder("Zoek opties").fill(name)
    page.get_by_role("option", name=name, exact=True).click()
    wait_for_draft(page)
    return content.locator("[data-streamfield-child]").last


def upload_picture(page: Page, block: Locator, file: Path) -> None:
    """Choose a picture that is not on the site yet."""
    block.get_by_role("button", name="Kies een afbeelding").click()
    chooser = page.locator(".modal-body")
    chooser.get_by_role("tab", name="Uploaden").click()
    chooser.locator("input[type=file]").set_input_files(file)
    expect(chooser.get_by_label("Titel")).to_have_value(file.stem)
    chooser.get_by_role("button", name="Uploaden").click()
    expect(chooser).to_be_hidden()
    wait_for_draft(page)


def photo(folder: Path, name: str = "IMG_2041.jpg") -> Path:
    """A picture as it comes from a camera, with the name that a camera gives it."""
    Image.linear_gradient("L").resize((900, 600)).convert("RGB").save(folder / name)
    return folder / name


def write(page: Page, introduction: str) -> None:
    """Change the introduction, and wait until that is in the draft."""
    page.get_by_role("textbox", name="Inleiding").fill(introduction)
    wait_for_draft(page)


def wait_for_draft(page: Page) -> None:
    """Wait until what was just typed has been kept, which happens by itself."""
    page.wait_for_function(SAVED, arg=FORM)


def choose(page: Page, action: str) -> None:
    """Choose what to do with a page, and wait for the screen after it."""
    page.get_by_role("button", name="Meer acties").click()
    with page.expect_navigation():
        page.get_by_role("button", name=action).first.click()


def soon(page: Page, address: str, is_so: Callable[[], bool]) -> None:
    """A visitor who keeps coming finds it so: each process hears of a change by itself."""
    until(lambda: page.goto(address) and is_so(), address)
