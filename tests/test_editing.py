"""An editor changes the site in the admin."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks
from wagtail.blocks import Block, ListBlock, StreamBlock, StreamBlockValidationError, StructBlock
from wagtail.blocks.base import get_error_json_data
from wagtail.contrib.settings.registry import registry as settings_models
from wagtail.documents.models import Document
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.snippets.models import get_snippet_models

from contact.models import ContactPage, ContactSettings
from insights.models import InsightIndexPage, InsightPage
from services.models import ServiceIndexPage, ServicePage
from tests.conftest import Send
from tests.reading import parse, read, words
from tests.test_rendering import add_photo
from vitaleoverheid.blocks import SectionBlock
from vitaleoverheid.models import AboutPage, HomePage, OrganisationSettings, Person, TextPage

pytestmark = pytest.mark.django_db

PAGE_TYPES = [model for model in apps.get_models() if issubclass(model, Page) and model is not Page]
every_page_type = pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)


def opens(client: Client, address: str) -> None:
    """Whether an editor gets to see the screen, in Dutch."""
    response = client.get(address)
    assert response.status_code == 200, f"{address} answers {response.status_code}"
    assert parse(response).html["lang"] == "nl"


def add_address(model: type[Page], parent: Page) -> str:
    return reverse("wagtailadmin_pages:add", args=[*key(model), parent.pk])


def key(model: type[Model]) -> tuple[str, str]:
    return model._meta.app_label, str(model._meta.model_name)


# Screens that open


@pytest.mark.parametrize(
    "name", ["home", "explore_root", "reports", "account", "images", "history"]
)
def test_the_screens_of_the_admin_open(administrator: Client, name: str) -> None:
    addresses = {
        "home": reverse("wagtailadmin_home"),
        "explore_root": reverse("wagtailadmin_explore_root"),
        "reports": reverse("wagtailadmin_reports:site_history"),
        "account": reverse("wagtailadmin_account"),
        "images": reverse("wagtailimages:index"),
        "history": reverse("wagtailadmin_pages:history", args=[HomePage.objects.get().pk]),
    }
    opens(administrator, addresses[name])


def test_the_edit_form_of_every_page_opens(administrator: Client) -> None:
    for page in Page.objects.filter(depth__gt=1):
        opens(administrator, reverse("wagtailadmin_pages:edit", args=[page.pk]))


def test_an_editor_can_look_at_a_draft_of_every_page(administrator: Client) -> None:
    for page in Page.objects.filter(depth__gt=1):
        response = administrator.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
        assert response.status_code == 200
        assert parse(response).h1


def test_an_editor_can_look_at_the_confirmation_beforehand(contact_page: ContactPage) -> None:
    response = contact_page.make_preview_request(preview_mode="confirmation")
    assert "Bedankt voor uw bericht" in words(parse(response.render()))


@every_page_type
def test_the_form_for_a_new_page_of_every_type_opens(
    administrator: Client, model: type[Page]
) -> None:
    if model.max_count:
        for page in model.objects.all():
            page.delete()
    [*parents] = model.allowed_parent_page_models()
    parent = (
        Page.objects.type(*parents).first() if Page not in parents else Page.get_first_root_node()
    )
    opens(administrator, add_address(model, parent))


def test_the_form_of_all_settings_opens(administrator: Client) -> None:
    assert OrganisationSettings in settings_models
    for model in settings_models:
        address = reverse("wagtailsettings:edit", args=[*key(model), model.load().pk])
        opens(administrator, address)


def test_the_list_and_the_form_of_all_snippets_open(administrator: Client, send: Send) -> None:
    send()
    screens = []
    for model in get_snippet_models():
        viewset = model.snippet_viewset
        has_form = any(pattern.name == "add" for pattern in viewset.get_urlpatterns())
        screens += [viewset.get_url_name("list")] + [viewset.get_url_name("add")] * has_form
        for snippet in model.objects.all():
            opens(administrator, reverse(viewset.get_url_name("edit"), args=[snippet.pk]))
    assert "enquiries:list" in screens
    for screen in screens:
        opens(administrator, reverse(screen))


# Blocks


def inside(block: Block) -> Iterator[tuple[StreamBlock, Block]]:
    """Every block that can be picked somewhere in the block, with the stream it is picked in."""
    if isinstance(block, StreamBlock):
        for child in block.child_blocks.values():
            yield block, child
    for child in children(block):
        yield from inside(child)


def children(block: Block) -> list[Block]:
    if isinstance(block, ListBlock):
        return [block.child_block]
    return list(block.child_blocks.values()) if isinstance(block, StreamBlock | StructBlock) else []


def stream_blocks(models: list[type[Model]]) -> list[tuple[StreamBlock, Block]]:
    fields = [field for model in models for field in model._meta.get_fields()]
    streams = [field.stream_block for field in fields if isinstance(field, StreamField)]
    return [pair for stream in streams for pair in inside(stream)]


ON_PAGES = {type(block).__name__: block for _, block in stream_blocks(PAGE_TYPES)}
EVERYWHERE = stream_blocks([*PAGE_TYPES, *settings_models])


def test_every_block_tells_an_editor_what_it_is() -> None:
    assert len(EVERYWHERE) > len(ON_PAGES) > 10
    for _, block in EVERYWHERE:
        assert block.meta.label, block
        assert block.meta.icon != "placeholder", block
    for block in ON_PAGES.values():
        assert block.get_description().endswith("."), block
        assert block.meta.template.startswith("blocks/"), block


@pytest.mark.parametrize("name", ON_PAGES)
def test_every_block_shows_an_example_of_itself(administrator: Client, name: str) -> None:
    block = ON_PAGES[name]
    assert block.is_previewable
    response = administrator.get(
        reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix}
    )
    assert response.status_code == 200
    soup = parse(response)
    assert len(words(soup.main)) > 5
    assert soup.select('link[rel="stylesheet"][href$="site.css"]')


RETENTION = (
    "Wij bewaren uw bericht zolang het niet is beantwoord. Daarna verwijderen wij het, met alles "
    "wat erbij hoort: een bericht dat is beantwoord of afgesloten: na 7 maanden; een bericht dat "
    "waarschijnlijk ongevraagde reclame is: na 1 dag; een bericht dat wij weggooien: na 14 "
    "dagen."
)


def add_document() -> Document:
    file = ContentFile(b"x" * 1536, name="werkwijze.pdf")
    document: Document = Document.objects.create(title="Werkwijze", file=file)
    return document


def section(*content: tuple[str, object], heading: str = "Kop") -> tuple[str, object]:
    return ("section", {"heading": heading, "content": list(content)})


def test_everything_an_editor_can_put_in_a_section_appears_on_the_page(
    client: Client, home: HomePage, service_page: ServicePage
) -> None:
    person = Person.objects.create(name="Jan", slug="jan")
    content = SectionBlock().child_blocks["content"]
    shown = {
        "text": ("<p>Tekst met <b>nadruk</b>.</p>", "Tekst met nadruk."),
        "lead": ("Een inleiding.", "Een inleiding."),
        "statement": ('<p>Een <em class="lean">schuine</em> zin</p>', "Een schuine zin"),
        "rows": ([{"title": "Eerste", "text": "van twee"}], "Eerste van twee"),
        "steps": ([{"title": "Stap een", "text": "is de eerste."}], "Stap een is de eerste."),
        "questions": ([{"question": "Waarom?", "answer": "<p>Daarom.</p>"}], "Waarom? Daarom."),
        "quote": ({"text": "Zo is het.", "source": "Iemand"}, "Zo is het. Iemand"),
        "notice": ({"title": "Let op", "text": "<p>Gevaar.</p>"}, "Let op Gevaar."),
        "table": (
            {
                "columns": [{"type": "text", "heading": "Wat"}],
                "rows": [{"values": ["Dit"]}],
                "caption": "Titel van de tabel",
            },
            "Titel van de tabel Wat Dit",
        ),
        "diagram": ({"layers": ["a", "b", "c", "d"], "description": "Vier."}, "a b c d Vier."),
        "button": ({"text": "Verder", "page": home}, "Verder"),
        "document": (
            {"document": add_document(), "title": ""},
            "Werkwijze (PDF-document, 1,5 KB)",
        ),
        "person": (person, "Jan Bewaar in uw adresboek: Jan"),
        "services": ([service_page], f"{service_page.title} {service_page.summary}"),
        "contact": ({"title": "Vragen?", "text": "Bel ons."}, "Vragen? Bel ons. Neem contact op"),
        "retention": (None, RETENTION),
    }
    assert {*shown, "picture"} == content.child_blocks.keys()
    ContactSettings.objects.update(done_months=7, suspect_days=1, bin_days=14)
    page = TextPage(title="Alles")
    blocks = [
        (name, content.child_blocks[name].to_python(value) if name == "table" else value)
        for name, (value, _) in shown.items()
    ]
    page.body = [section(*blocks)]
    home.add_child(instance=page)
    text = words(read(client, "/alles/").select_one("main .prose"))
    assert text == " ".join(["Kop", *(expected for _, expected in shown.values())])


def refused(name: str, value: object) -> str:
    """What an editor is told about the content of a block."""
    block = SectionBlock().child_blocks["content"].child_blocks[name]
    with pytest.raises(ValidationError) as told:
        block.clean(block.normalize(value))
    return str(get_error_json_data(told.value))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("text", "<p>Tekst</p><h3> </h3>", "lege kop"),
        ("text", '<p><a href="https://voorbeeld.nl/"> </a></p>', "lege link"),
        ("button", {"text": " ", "page": None}, "Dit is een verplicht veld."),
        ("document", {"document": None, "title": "Verslag"}, "Dit is een verplicht veld."),
        ("person", None, "Dit is een verplicht veld."),
        ("contact", {"title": "", "text": "Bel."}, "Dit is een verplicht veld."),
    ],
)
def test_an_editor_cannot_leave_a_heading_or_a_link_empty(
    db: None, name: str, value: object, message: str
) -> None:
    assert message in refused(name, value)


def test_an_editor_cannot_leave_open_what_a_picture_says_to_who_does_not_see_it(
    db: None,
) -> None:
    picture = {"image": add_photo(), "caption": ""}
    assert "markeer de afbeelding als decoratief" in refused("picture", picture)


def test_what_was_removed_leaves_no_empty_link(client: Client, home: HomePage) -> None:
    other = home.add_child(instance=TextPage(title="Straks weg"))
    person, document = Person.objects.create(name="Jan", slug="jan"), add_document()
    content = section(
        ("button", {"text": "Verder", "page": other}),
        ("document", {"document": document, "title": "Verslag"}),
        ("person", person),
        ("text", f'<p><a linktype="page" id="{other.pk}">Lees dit</a></p>'),
    )
    home.add_child(instance=TextPage(title="Alles", body=[content]))
    for thing in (other, person, document):
        thing.delete()
    main = read(client, "/alles/").select_one("main .prose")
    assert words(main) == "Kop Lees dit"
    assert not main.select("a[href]")


@pytest.mark.parametrize(
    "headings",
    [
        ["Aanpak", "Inzet", "Kennismaken"],
        ["Inhoud", "Op deze pagina", "toc"],
        ["€ ?", "日本", "Één"],
    ],
)
def test_whatever_an_editor_calls_the_parts_of_a_page_each_can_be_reached(
    client: Client, service_page: ServicePage, headings: list[str]
) -> None:
    service_page.body = [section(("lead", "Tekst."), heading=heading) for heading in headings]
    service_page.approach = [("step", {"title": "Een", "text": "Stap."})]
    service_page.save_revision().publish()
    soup = read(client, service_page.get_url())
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids)), ids
    assert all(ids)
    links = soup.select("nav.toc a")[: len(headings)]
    assert [words(soup.find(id=link["href"][1:])) for link in links] == headings


def test_an_editor_is_told_that_two_parts_of_a_page_have_the_same_heading() -> None:
    headings = "Een", "Twee", "Een"
    page = TextPage(body=[section(("lead", "Tekst."), heading=heading) for heading in headings])
    with pytest.raises(StreamBlockValidationError) as told:
        page.body.stream_block.clean(page.body)
    assert told.value.block_errors.keys() == {2}
    assert "Deze kop staat al eerder op de pagina" in str(told.value.block_errors[2])


# Where pages may stand


def test_an_editor_can_add_a_page_only_where_its_type_belongs(administrator: Client) -> None:
    overview = InsightIndexPage.objects.get()
    overview.add_child(instance=InsightPage(title="Een inzicht"))
    parents = {
        page.specific_class.__name__: page
        for page in [Page.get_first_root_node(), *Page.objects.filter(depth__gt=1)]
    }
    allowed = {
        (parent, model.__name__)
        for parent, page in parents.items()
        for model in PAGE_TYPES
        if administrator.get(add_address(model, page)).status_code == 200
    }
    assert len(parents) == len(PAGE_TYPES) + 1
    assert allowed == {
        ("HomePage", "TextPage"),
        ("TextPage", "TextPage"),
        ("ServiceIndexPage", "ServicePage"),
        ("InsightIndexPage", "InsightPage"),
    }


@pytest.mark.parametrize("model", [AboutPage, ContactPage, ServiceIndexPage, InsightIndexPage])
def test_an_editor_can_make_a_page_anew_after_removing_the_only_one(
    administrator: Client, home: HomePage, model: type[Page]
) -> None:
    address = add_address(model, home)
    assert administrator.get(address).status_code != 200
    model.objects.get().delete()
    assert administrator.get(address).status_code == 200


def test_a_page_cannot_be_moved_to_where_its_type_does_not_belong(
    service_page: ServicePage, home: HomePage
) -> None:
    assert not service_page.can_move_to(home)
    assert TextPage.objects.first().can_move_to(TextPage.objects.last())


# What visitors see of it


def test_a_draft_is_not_shown_to_visitors_until_it_is_published(client: Client) -> None:
    page = TextPage.objects.get(slug="privacy")
    page.introduction = "Nieuwe inleiding."
    revision = page.save_revision()
    assert "Nieuwe inleiding." not in words(read(client, "/privacy/"))
    revision.publish()
    assert "Nieuwe inleiding." in words(read(client, "/privacy/"))


def test_a_page_whose_heading_was_left_empty_in_the_editor_has_its_title_as_heading(
    client: Client,
) -> None:
    empty = '<p data-block-key="x1y2z"></p>'  # what the editor makes of it
    for page in Page.objects.live().filter(depth__gt=1).specific():
        page.heading = empty
        page.save_revision().publish()
        assert words(read(client, page.get_url()).h1) == page.title


def test_services_appear_on_the_overview_and_among_related_ones(
    client: Client, service_page: ServicePage
) -> None:
    other = service_page.get_parent().add_child(
        instance=ServicePage(title="Andere dienst", summary="Waarover die gaat.")
    )
    service_page.related_services = [other]
    service_page.save()
    for address in ("/diensten/", service_page.get_url()):
        cards = [words(card) for card in read(client, address).select(".card")]
        assert "Andere dienst Waarover die gaat." in cards


def test_a_page_with_a_new_address_is_found_under_its_old_one(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    page = TextPage.objects.get(slug="privacy")
    page.slug = "privacyverklaring"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    response = client.get("/privacy/")
    assert (response.status_code, response.headers.get("Location")) == (301, "/privacyverklaring/")
