"""What every page shares, the general page types, images, and the firm's own details."""

import logging
import secrets
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, ClassVar, TypeVar
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from PIL import Image as PillowImage
from wagtail.admin.panels import (
    FieldPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, Image, ImageQuerySet
from wagtail.models import (
    Orderable,
    Page,
    PageViewRestriction,
    PreviewableMixin,
    RevisionMixin,
    get_page_models,
)
from wagtail.search import index

from vitaleoverheid import advice, phone, search, social_image
from vitaleoverheid.blocks import (
    LEANING,
    LINE_FEATURES,
    ArticleBlock,
    DiagramBlock,
    HomeBlock,
    PhoneBlock,
    ProfileBlock,
)
from vitaleoverheid.content_changes import until_content_changes
from vitaleoverheid.tree import TreeManager

logger = logging.getLogger(__name__)


class PhoneField(models.CharField):
    """A telephone number, kept as E.164."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 20, **kwargs})

    def to_python(self, value: Any) -> Any:
        """The number as it is kept; raises ``ValidationError`` when it is none."""
        text = super().to_python(value)
        return phone.cleaned(text) if text else text


def line(label: str, default: str, **kwargs: Any) -> "models.CharField[str, str]":
    """A short text of the site that editors may change, and what it says until they do."""
    return models.CharField(label, max_length=150, default=default, **kwargs)


def optional(to: Any, label: str, **kwargs: Any) -> "models.ForeignKey[Any, Any]":
    """Something to choose or leave out; when it is removed, it counts as left out."""
    return models.ForeignKey(
        to, models.SET_NULL, null=True, blank=True, verbose_name=label, related_name="+", **kwargs
    )


def group(heading: str, names: str) -> MultiFieldPanel:
    """Fields, by their names with spaces in between, under a heading."""
    return MultiFieldPanel(names.split(), heading=heading)


def tabs(panels: dict[str, list[Any]]) -> TabbedInterface:
    """Panels on tabs, each under its name."""
    return TabbedInterface([ObjectList(shown, name) for name, shown in panels.items()])


NO_RESTRICTIONS = PageViewRestriction.objects.none()
"""One for all pages: Django works out only once that there are none."""


class BasePage(Page):
    """What every page of the site has."""

    heading = RichTextField(
        "kop",
        blank=True,
        features=LEANING,
        help_text="Staat groot boven de pagina. Leeg: de titel. Eén woord mag schuin staan.",
    )
    introduction = models.TextField("inleiding", blank=True)

    review_by = models.DateField(
        "nakijken vóór",
        null=True,
        blank=True,
        help_text="De eigenaar krijgt in die week een mail, en daarna elke week.",
    )
    social_image = models.CharField(max_length=100, blank=True, editable=False)

    objects = TreeManager()
    shown_with: list[str] = []
    """What to fetch together with a page that is to be shown, as for ``select_related()``."""
    is_known_to_be_public: bool = False
    """Whether it is certain that there are no restrictions on this page or those above it."""

    schema_type = "WebPage"
    """What the page is called in the vocabulary of schema.org."""
    in_header = True
    """Whether the page, when shown in menus, also stands in the header; else only in the footer."""

    content_panels = [*Page.content_panels, "heading", "introduction"]
    settings_panels = [*Page.settings_panels, group("Nakijken", "review_by owner")]
    search_fields = [
        *Page.search_fields,
        index.SearchField("heading", boost=2),
        index.SearchField("introduction"),
    ]

    class Meta:
        abstract = True

    @classmethod
    def get_search_fields(cls) -> list[Any]:
        """As Wagtail's; what looks like HTML in a text is found as well."""
        return [search.plain(field) for field in super().get_search_fields()]

    def get_url_parts(self, *args: Any, **kwargs: Any) -> tuple[int, str, str] | None:
        """As Wagtail's, with the host that ``SITE_URL`` names: the one place for it."""
        parts = super().get_url_parts(*args, **kwargs)
        return parts and (parts[0], settings.SITE_URL, parts[2])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Wagtail's; a page whose title changed gets a new picture to be shared with."""
        if self.live and not kwargs.get("update_fields"):
            self.renew_social_image()
        super().save(*args, **kwargs)

    def renew_social_image(self) -> None:
        """Have the picture say the title; without room for a new one, the older stays."""
        title = strip_tags(self.heading) or self.title
        try:
            self.social_image = social_image.make(title, self.social_label)
        except Exception:  # what is wrong with a disk or bucket is no reason not to publish
            logger.exception("The picture of a page could not be kept")

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """As Wagtail's; for who has the content checker, with marks on what can be better."""
        response = super().serve_preview(request, mode_name)
        if request.user.has_perm("wagtailadmin.access_admin"):
            response.add_post_render_callback(advice.mark)
        return response

    @property
    def social_label(self) -> str:
        """What kind of page this is, above the title in its picture."""
        return str(self._meta.verbose_name).capitalize()

    @property
    def social_image_url(self) -> str:
        """Where the page's picture stands; empty for a page that was never published."""
        if not self.social_image:
            return ""
        return urljoin(settings.SITE_URL, default_storage.url(self.social_image))

    @cached_property
    def ancestors(self) -> list[Page]:
        """The pages above this one, from the home page down."""
        return [page for page in self.get_ancestors() if not page.is_root()]

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """As Wagtail's, without asking what is known."""
        if self.is_known_to_be_public:
            return NO_RESTRICTIONS
        return super().get_view_restrictions()

    def schema_properties(self, organisation: str) -> dict[str, Any]:
        """What else search engines may know; ``organisation`` is the id of the firm."""
        return {}

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """As Wagtail's, with the page's picture."""
        return [
            {**entry, "image": self.social_image_url} for entry in super().get_sitemap_urls(request)
        ]

    @property
    def head_title(self) -> str:
        """The page's name in the browser's tab and in search results, without the firm's."""
        return self.seo_title or self.title

    @property
    def head_description(self) -> str:
        """The page in one or two sentences, for search results and previews."""
        return self.search_description or strip_tags(self.introduction)


def page_models() -> list[type[BasePage]]:
    """The types of pages of this site."""
    return [model for model in get_page_models() if issubclass(model, BasePage)]


def social_images_in_use() -> set[str]:
    """The pictures of all pages."""
    return {
        name
        for model in page_models()
        for name in model.objects.values_list("social_image", flat=True)
    }


class PersonManager(models.Manager["Person"]):
    """People, each with their photo in all its sizes."""

    def get_queryset(self) -> models.QuerySet["Person"]:
        people = super().get_queryset().select_related("photo")
        return people.prefetch_related("photo__renditions")


class Person(PreviewableMixin, RevisionMixin, Orderable):
    """Somebody who works for the firm."""

    name = models.CharField("naam", max_length=100)
    slug = models.SlugField(
        "adres", unique=True, help_text="Het laatste deel van het adres van het visitekaartje."
    )
    role = models.CharField("functie", max_length=100, blank=True)
    photo = optional("SiteImage", "foto")
    text = models.TextField("korte tekst", blank=True, help_text="Twee of drie zinnen.")
    phone = PhoneField("telefoonnummer", blank=True)
    email = models.EmailField("e-mailadres", blank=True)

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="person")

    objects = PersonManager()
    panels = [
        TitleFieldPanel("name", targets=["slug"], placeholder="Naam*"),
        *("slug", "role", "photo", "text", "phone", "email"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "medewerker"
        verbose_name_plural = "medewerkers"

    def __str__(self) -> str:
        return self.name

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "vitaleoverheid/admin/person_preview.html"


class HomePage(BasePage):
    """The front page."""

    shown_with = ["button_page"]

    social_label = ""  # the firm's name stands below already

    button_page = optional(Page, "tweede link gaat naar")
    button_text = models.CharField("tekst van de tweede link", max_length=60, blank=True)
    diagram = StreamField([("diagram", DiagramBlock())], "krachtenveld", max_num=1, blank=True)
    body = StreamField(HomeBlock(), verbose_name="inhoud", blank=True)

    content_panels = [
        *BasePage.content_panels,
        group("Link naast de contactknop", "button_page button_text"),
        "diagram",
        "body",
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    parent_page_types = ["wagtailcore.Page"]
    max_count = 1

    class Meta:
        verbose_name = "startpagina"
        verbose_name_plural = "startpagina’s"

    def link(self) -> dict[str, Any] | None:
        """The link beside the contact button, when an editor has made one."""
        if self.button_page and self.button_page.live and self.button_text:
            return {"page": self.button_page, "text": self.button_text}
        return None


class AboutPage(BasePage):
    """Who the firm is."""

    schema_type = "AboutPage"

    manifest = RichTextField("manifest", blank=True, features=LEANING)
    body = StreamField(ArticleBlock(), verbose_name="inhoud", blank=True)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("manifest", help_text="Eén alinea in grote letters, bovenaan de pagina."),
        "people_heading",
        "body",
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("manifest"),
        index.SearchField("body"),
    ]
    parent_page_types = ["vitaleoverheid.HomePage"]
    subpage_types: list[str] = []
    max_count = 1

    people_heading = line("kop boven de medewerkers", "Met wie u werkt")

    class Meta:
        verbose_name = "over ons"
        verbose_name_plural = "over ons"


class TextPage(BasePage):
    """A page of running text, such as the privacy statement."""

    body = StreamField(ArticleBlock(), verbose_name="inhoud", blank=True)

    social_label = ""  # the firm's name stands below already
    in_header = False
    content_panels = [*BasePage.content_panels, "body"]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    parent_page_types = ["vitaleoverheid.HomePage", "vitaleoverheid.TextPage"]
    subpage_types = ["vitaleoverheid.TextPage"]

    class Meta:
        verbose_name = "tekstpagina"
        verbose_name_plural = "tekstpagina’s"


def new_key() -> str:
    """Part of an address that nobody guesses; without dashes, by which the log would miss it."""
    return secrets.token_hex(16)


def in_two_weeks() -> datetime:
    """When an address made now expires."""
    return timezone.now() + timedelta(weeks=2)


class DraftLinkQuerySet(models.QuerySet["DraftLink"]):
    """Addresses of drafts."""

    def valid(self) -> "DraftLinkQuerySet":
        """Those that have not expired."""
        return self.filter(expires_at__gt=timezone.now())


class DraftLink(models.Model):
    """An address at which anybody sees the draft of a page, for two weeks at most."""

    key = models.CharField(max_length=43, unique=True, default=new_key)
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    expires_at = models.DateTimeField(default=in_two_weeks)

    objects = DraftLinkQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["expires_at"]

    def __str__(self) -> str:
        return f"{self.page_id} {self.expires_at:%d-%m-%Y}"

    @property
    def url(self) -> str:
        """The whole address."""
        return settings.SITE_URL + reverse("draft", args=[self.key])


class SiteImageManager(models.Manager.from_queryset(ImageQuerySet)):  # type: ignore[misc]
    """Images, each with all its sizes: a page with many images asks once for all of them."""

    def get_queryset(self) -> models.QuerySet["SiteImage"]:
        return super().get_queryset().prefetch_related("renditions")


LOOKS = {"icc_profile", "transparency"}
"""What a picture file says about itself that matters to whoever sees it."""


class SiteImage(AbstractImage):
    """An image in the library."""

    objects = SiteImageManager()
    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        verbose_name = "afbeelding"
        verbose_name_plural = "afbeeldingen"
        permissions = [("choose_image", "Can choose image")]

    @property
    def default_alt_text(self) -> str:
        """What an editor wrote; never the title, which is often the name of a file."""
        return self.description

    def generate_rendition_file(
        self,
        filter: Filter,  # noqa: A002 (the name in Wagtail)
        *,
        source: File | None = None,
    ) -> File:
        """As Wagtail's, without what a camera wrote down: where and when a photo was taken.

        Wagtail leaves that in JPEG and PNG alone. It has turned the photo the right way up by then.
        """
        made = super().generate_rendition_file(filter, source=source)
        if not made.name.endswith((".jpg", ".png")):
            return made
        bare = BytesIO()
        with PillowImage.open(made) as photo:
            photo.info = {name: photo.info[name] for name in LOOKS & photo.info.keys()}
            options = {"quality": "keep"} if photo.format == "JPEG" else {}
            photo.save(bare, photo.format, **options)
        return File(bare, name=made.name)


class SiteRendition(AbstractRendition):
    """An image in one of the sizes the site shows."""

    image = models.ForeignKey(SiteImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="unique_site_rendition"
            )
        ]


Settings = TypeVar("Settings", bound=BaseGenericSetting)


@until_content_changes
def known(settings: type[Settings]) -> Settings:
    """What editors have chosen on a screen of settings."""
    chosen: Settings = settings.load()
    return chosen


@register_setting(icon="home")
class OrganisationSettings(PreviewableMixin, BaseGenericSetting):
    """The firm's name, addresses and numbers, and the words that pages share: one place for each.

    The defaults are the firm's own, so that a visitor can be told how to reach it even by a process
    that has never seen the database.
    """

    select_related = ["contact_page"]
    _last_known: ClassVar["OrganisationSettings | None"] = None

    name = models.CharField("naam", max_length=100, default="Vitale Overheid")
    street = models.CharField(
        "straat of postbus", max_length=100, blank=True, default="Postbus 866"
    )
    postal_code = models.CharField("postcode", max_length=10, blank=True, default="9400 AW")
    city = models.CharField("plaats", max_length=100, blank=True, default="Assen")
    email = models.EmailField("e-mailadres", default="info@vitaleoverheid.nl")
    phones = StreamField(
        [("phone", PhoneBlock(label="telefoonnummer", icon="mobile-alt"))],
        verbose_name="telefoonnummers",
        blank=True,
        default=[("phone", "+31650266175"), ("phone", "+31651930543")],
        help_text="Het eerste nummer staat ook bij elke oproep om contact op te nemen.",
    )
    registration_number = models.CharField("KvK-nummer", max_length=20, blank=True)
    profiles = StreamField([("profile", ProfileBlock())], verbose_name="profielen", blank=True)
    contact_page = optional(Page, "contactpagina", help_text="Hier gaat elke contactknop naartoe.")
    call_to_action = line("kop boven de contactknop", "Kennismaken?")
    contact_button = line("tekst op de contactknop", "Neem contact op")

    notice_text = RichTextField(
        "mededeling",
        blank=True,
        features=LINE_FEATURES,
        help_text="Staat boven elke pagina. Leeg: er is geen mededeling.",
    )
    notice_from = models.DateTimeField(
        "te zien vanaf", null=True, blank=True, help_text="Leeg: meteen."
    )
    notice_until = models.DateTimeField(
        "te zien tot", null=True, blank=True, help_text="Leeg: tot u de mededeling weghaalt."
    )

    skip_link = line("link naar de inhoud, voor het toetsenbord", "Direct naar de inhoud")
    menu_button = line("knop van het menu op een klein scherm", "Menu")
    home_link = line("link naar de startpagina", "Naar de startpagina")
    search_link = line("link naar zoeken, en kop van de zoekpagina", "Zoeken")
    contact_heading = line("kop boven de contactgegevens", "Contactgegevens")
    pages_heading = line("kop boven de pagina’s onderaan", "Op deze site")
    contents_heading = line("kop boven de inhoudsopgave van een pagina", "Op deze pagina")
    changed_label = line("vóór de datum van de laatste wijziging", "Laatst gewijzigd op")
    vcard_link = line("link naar een visitekaartje", "Bewaar in uw adresboek")
    previous_link = line("link naar de vorige pagina van een lijst", "Vorige")
    next_link = line("link naar de volgende pagina van een lijst", "Volgende")

    search_label = line("vraag boven het zoekveld", "Waar zoekt u naar?")
    search_button = line("knop", "Zoek")
    search_found = line(
        "kop als er iets gevonden is",
        "Gevonden voor ‘[zoekvraag]’: [aantal]",
        help_text="[zoekvraag] en [aantal] worden ingevuld.",
    )
    search_meant = line("vóór een woord dat er op lijkt", "Bedoelde u")
    search_best = line("bij wat u aanbeveelt", "Aanbevolen")
    search_nothing = line(
        "kop als er niets gevonden is",
        "We vonden niets voor ‘[zoekvraag]’.",
        help_text="[zoekvraag] wordt ingevuld.",
    )
    search_advice = line(
        "tekst als er niets gevonden is",
        "Probeer een ander woord, of vraag het ons. We helpen u graag verder.",
    )

    not_found_title = line("kop", "Hier loopt u tegen een muur")
    not_found_text = models.TextField(
        "tekst",
        default=(
            "Deze pagina bestaat niet of heeft een ander adres gekregen. "
            "Hieronder vindt u een opening."
        ),
    )
    nearest_heading = line("kop boven adressen die erop lijken", "Zocht u misschien")
    onward_heading = line("kop boven de andere pagina’s", "Verder naar")
    gone_title = line("kop", "Deze pagina is er niet meer")
    gone_text = models.TextField(
        "tekst",
        default="Wij hebben deze pagina verwijderd. Er komt geen andere voor in de plaats.",
    )

    password_title = line("kop", "Deze pagina heeft een wachtwoord")
    password_text = models.TextField(
        "tekst",
        default=(
            "U kreeg het wachtwoord bij de link naar deze pagina. Weet u het niet? Vraag het aan "
            "wie u de link gaf."
        ),
    )
    password_label = line("label", "Wachtwoord")
    password_wrong = line("als het niet klopt", "Dit wachtwoord klopt niet. Probeer het nog eens.")
    password_button = line("knop", "Verder")

    edit_handler = tabs(
        {
            "Organisatie": [
                "name",
                group("Adres", "street postal_code city"),
                *("email", "phones", "registration_number", "profiles"),
                group("Oproep", "contact_page call_to_action contact_button"),
            ],
            "Mededeling": ["notice_text", "notice_from", "notice_until"],
            "Vaste teksten": [
                group("Boven de pagina", "skip_link menu_button home_link search_link"),
                group("Op de pagina", "contents_heading changed_label vcard_link"),
                group("Lijst met meer dan één pagina", "previous_link next_link"),
                group("Onderaan de pagina", "contact_heading pages_heading"),
            ],
            "Andere pagina’s": [
                group("Zoeken", "search_label search_button search_found search_meant search_best"),
                group("Niets gevonden", "search_nothing search_advice"),
                group("Pagina niet gevonden", "not_found_title not_found_text"),
                group("Verwijderde pagina", "gone_title gone_text"),
                group("Op beide pagina’s", "nearest_heading onward_heading"),
                group(
                    "Pagina met een wachtwoord",
                    "password_title password_text password_label password_wrong password_button",
                ),
            ],
        }
    )
    preview_modes = [
        ("/", "Startpagina"),
        ("/zoeken/", "Zoeken"),
        ("/zoeken/?q=qqqqqq", "Zoeken, niets gevonden"),
        ("/bestaat-niet/", "Pagina niet gevonden"),
    ]

    class Meta:
        verbose_name = "organisatie en vaste teksten"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> "OrganisationSettings":
        cls._last_known = super().from_db(*args, **kwargs)
        return cls._last_known

    @classmethod
    def last_known(cls) -> "OrganisationSettings":
        """What this process read last, for when the database is away."""
        return cls._last_known or cls()

    def clean(self) -> None:
        """As Django's; a notice may not end before it begins."""
        if self.notice_from and self.notice_until and self.notice_until <= self.notice_from:
            raise ValidationError({"notice_until": "Kies een tijd na het begin."})

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The page at the address that the mode is named for, as it would become."""
        request.path, _, query = mode_name.partition("?")
        request.GET = QueryDict(query)
        view, args, kwargs = resolve(request.path)
        return view(request, *args, **kwargs)

    @property
    def notice(self) -> str:
        """The notice that stands above every page now; a page is made anew every minute."""
        now = timezone.now()
        is_over = self.notice_until and self.notice_until <= now
        is_to_come = self.notice_from and self.notice_from > now
        return "" if is_over or is_to_come else self.notice_text

    @property
    def first_word(self) -> str:
        """The word that leans in the wordmark."""
        return self.name.partition(" ")[0]

    @property
    def other_words(self) -> str:
        """The words that stand in the wordmark."""
        return self.name.partition(" ")[2]


class Erasure(models.Model):
    """The name of something that was removed for good, which says nothing about anyone."""

    name = models.CharField(max_length=50, primary_key=True)
    erased_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
