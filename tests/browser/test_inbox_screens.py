"""The inbox in a real browser: every screen of it, for everyone, wide and narrow."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Page, expect

from tests.browser.screens import fill_in
from tests.live_site import LiveSite
from tests.reading import FORM_WITHOUT_MISTAKES

WIDE, NARROW = 1280, 800
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
NOT_OURS = {"exclude": [["#listing-results h2[role=alert]"]]}
"""What Wagtail draws on our screens and axe does not like."""

FINISH = "document.getAnimations().forEach((motion) => motion.finish())"
"""Shows what fades or slides as it will be."""

WATCH = "addEventListener('w-unsaved:watch-edits', event => { event.target.lang = 'nl' }, true)"
"""Marks a form once Wagtail looks whether somebody types in it: a while after the screen opened."""
EDITED = "data-w-unsaved-has-edits-value"


@pytest.fixture(scope="module")
def enquiries(live_site: LiveSite) -> dict[str, int]:
    """What is in the inbox: the numbers of the enquiries, by what they are."""
    messages = {
        "new": "Wij zoeken hulp bij opgavegestuurd werken.",
        "refused": "Kunt u een workshop geven?",
        "suspect": "Casino! Bitcoin! https://a.example",
        "bin": "Dit was een vergissing.",
    }
    for message in messages.values():
        typed = {"organisation": "Gemeente Voorbeeld", "message": message}
        assert live_site.send(**FORM_WITHOUT_MISTAKES | typed).status == 303
    rows = dict(live_site.query("SELECT message, id FROM contact_enquiry"))
    found = {name: rows[message] for name, message in messages.items()}
    live_site.query(
        "UPDATE contact_enquiry SET deleted_at = now() WHERE id = %s RETURNING id", found["bin"]
    )
    live_site.query(
        "UPDATE contact_message SET state = 'failed', error = '550 No such person'"
        " WHERE enquiry_id = %s RETURNING id",
        found["refused"],
    )
    return found


def find_person(page: Page) -> None:
    page.goto("/admin/enquiries/person/")
    page.get_by_label("E-mailadres").fill(FORM_WITHOUT_MISTAKES["email"])
    page.locator("button[value=find]").click()
    expect(page.get_by_text("gevonden")).to_be_visible()


def forget_the_answer(page: Page, enquiry: int) -> None:
    page.goto(f"/admin/enquiries/edit/{enquiry}/")
    page.get_by_label("Antwoord").fill(" ")
    page.get_by_role("button", name="Antwoord versturen").click()
    expect(page.get_by_text("Er is nog niets verstuurd of bewaard.")).to_be_visible()


SCREENS: dict[str, Callable[[Page, dict[str, int]], object]] = {
    "dashboard": lambda page, _: page.goto("/admin/"),
    "list": lambda page, _: page.goto("/admin/enquiries/"),
    "list of suspects": lambda page, _: page.goto("/admin/enquiries/?view=suspect"),
    "list of nothing": lambda page, _: page.goto("/admin/enquiries/?q=zeppelin"),
    "enquiry": lambda page, found: page.goto(f"/admin/enquiries/edit/{found['new']}/"),
    "mail refused": lambda page, found: page.goto(f"/admin/enquiries/edit/{found['refused']}/"),
    "suspect": lambda page, found: page.goto(f"/admin/enquiries/edit/{found['suspect']}/"),
    "bin": lambda page, found: page.goto(f"/admin/enquiries/edit/{found['bin']}/"),
    "answer forgotten": lambda page, found: forget_the_answer(page, found["new"]),
    "history": lambda page, found: page.goto(f"/admin/enquiries/history/{found['new']}/"),
    "many at once": lambda page, found: page.goto(
        f"/admin/bulk/contact/enquiry/assign/?id={found['new']}&id={found['suspect']}"
    ),
    "figures": lambda page, _: page.goto("/admin/enquiries/figures/"),
    "figures with a mistake": lambda page, _: page.goto("/admin/enquiries/figures/?start=x&end=y"),
    "person": lambda page, _: page.goto("/admin/enquiries/person/"),
    "person found": lambda page, _: find_person(page),
}


@pytest.mark.parametrize("name", SCREENS)
def test_everyone_can_use_the_screen(admin: Page, enquiries: dict[str, int], name: str) -> None:
    SCREENS[name](admin, enquiries)
    admin.wait_for_load_state("networkidle")
    broken = []
    for width in (WIDE, NARROW):
        admin.set_viewport_size({"width": width, "height": 900})
        admin.evaluate(FINISH)
        for violation in Axe().run(admin, context=NOT_OURS, options=RULES).response["violations"]:
            broken += [
                f"{width} px, {violation['id']} at {node['target']}: {node['failureSummary']}"
                for node in violation["nodes"]
            ]
        assert not admin.evaluate("document.documentElement.scrollWidth > innerWidth")
    labelled = admin.locator("label[for]:visible").evaluate_all(
        "labels => labels.map(label => label.control?.labels[0] === label)"
    )
    assert all(labelled)
    assert broken == []


def test_the_keys_j_and_k_walk_through_the_enquiries(
    admin: Page, enquiries: dict[str, int]
) -> None:
    older, newer = (f"**/admin/enquiries/edit/{enquiries[name]}/" for name in ("new", "refused"))
    admin.goto(f"/admin/enquiries/edit/{enquiries['new']}/")
    admin.keyboard.press("k")
    admin.wait_for_url(newer)
    admin.keyboard.press("j")
    admin.wait_for_url(older)
    note = admin.get_by_label("Notitie")
    note.press_sequentially("jk")
    expect(note).to_have_value("jk")
    note.fill("")


def test_an_answer_that_was_not_sent_is_not_lost_by_a_click(
    admin: Page, enquiries: dict[str, int]
) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    admin.add_init_script(WATCH)
    admin.goto(f"/admin/enquiries/edit/{enquiries['new']}/")
    answer, form = admin.get_by_label("Antwoord"), admin.locator(".enquiry__form").first
    expect(form).to_have_attribute("lang", "nl")
    answer.press_sequentially("Een lang antwoord.")
    expect(form).to_have_attribute(EDITED, "true")
    admin.on("dialog", stay)
    admin.get_by_role("link", name="Nieuwere (k)").click()
    expect(answer).to_have_value(re.compile("Een lang antwoord."))
    assert asked == ["beforeunload"]
    admin.remove_listener("dialog", stay)
    admin.on("dialog", lambda dialog: dialog.accept())


def test_the_whole_list_is_chosen_and_only_that_list_is_acted_on(
    admin: Page, enquiries: dict[str, int], live_site: LiveSite
) -> None:
    admin.goto("/admin/enquiries/?view=suspect")
    [(count,)] = live_site.query("SELECT count(*) FROM contact_enquiry WHERE status = 'suspect'")
    admin.get_by_role("checkbox", name="Alle").first.check()
    admin.get_by_role("link", name="Gekozen aanvragen herstellen").click()
    expect(admin.get_by_text(re.compile(rf"U hebt {count} aanvra\w+ gekozen:"))).to_be_visible()


def test_what_nobody_has_opened_stands_out_in_the_list(
    admin: Page, enquiries: dict[str, int], live_site: LiveSite
) -> None:
    admin.goto(f"/admin/enquiries/edit/{enquiries['new']}/")
    unread = "UPDATE contact_enquiry SET opened_at = NULL WHERE id = %s RETURNING id"
    live_site.query(unread, enquiries["refused"])
    admin.goto("/admin/enquiries/")
    bold = {
        name: admin.locator(f"a[href$='/edit/{enquiries[name]}/']").evaluate(
            "link => getComputedStyle(link).fontWeight > 400"
        )
        for name in ("new", "refused")
    }
    assert bold == {"new": False, "refused": True}


def test_the_chosen_view_is_marked_also_after_a_filter_is_taken_away(
    admin: Page, enquiries: dict[str, int]
) -> None:
    admin.goto("/admin/enquiries/?view=suspect")
    views = admin.get_by_role("navigation", name="Weergaven")
    expect(views.locator("[aria-current]")).to_have_text("Verdacht")
    admin.locator(".w-pill__remove").click()
    expect(views.locator("[aria-current]")).to_have_text("Alles")


def test_a_prospect_asks_without_javascript_and_a_colleague_answers(
    page_without_javascript: Page, admin: Page, live_site: LiveSite
) -> None:
    visitor = page_without_javascript
    visitor.goto("/contact/")
    fill_in(visitor, name="Anna van den Berg", message="Komt u een keer langs?")
    visitor.get_by_role("button", name="Verstuur bericht").click()
    reference = visitor.get_by_text(re.compile(r"^VO-....-....$")).first.inner_text()

    admin.goto("/admin/")
    admin.get_by_role("link", name=re.compile("^Aanvragen")).first.click()
    admin.get_by_role("textbox", name="Zoekterm").fill(reference)
    admin.get_by_role("link", name="Anna van den Berg").click()
    expect(admin.get_by_role("heading", name=reference, level=1)).to_be_visible()
    admin.get_by_label("Antwoord").fill("Beste Anna,\n\nGraag, dinsdag.")
    admin.get_by_role("button", name="Antwoord versturen").dblclick()
    expect(admin.get_by_text("Uw antwoord wordt verstuurd.")).to_be_visible()
    expect(admin.locator("[name=status]")).to_have_value("answered")
    sent = live_site.query(
        "SELECT m.text FROM contact_message m JOIN contact_enquiry e ON e.id = enquiry_id"
        " WHERE reference = %s AND m.kind = 'reply'",
        reference,
    )
    assert [text.replace("\r", "") for (text,) in sent] == ["Beste Anna,\n\nGraag, dinsdag."]


def test_no_script_runs_in_the_inbox_but_ours_and_those_work(
    admin: Page, enquiries: dict[str, int]
) -> None:
    refused: list[str] = []
    admin.on(
        "console",
        lambda message: refused.append(message.text) if message.type == "error" else None,
    )
    admin.goto("/admin/enquiries/figures/")
    admin.locator("main input[type=text], main input[type=date]").first.click()
    expect(admin.locator(".xdsoft_datetimepicker:visible")).to_be_visible()
    admin.goto(f"/admin/enquiries/edit/{enquiries['new']}/")
    admin.wait_for_load_state("networkidle")
    assert refused == []
    with admin.expect_console_message(lambda said: "Content Security Policy" in said.text):
        admin.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "document.title = 'overgenomen'";
                document.body.append(script);
            }"""
        )
    assert admin.title() != "overgenomen"
