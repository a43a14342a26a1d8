"""Template tags and filters of the public site."""

import re
from base64 import b64encode
from difflib import get_close_matches
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.models import Case, QuerySet, Value, When
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.documents.models import Document
from wagtail.models import Page
from wagtail.rich_text import expand_db_html

from vitaleoverheid import phone as telephone
from vitaleoverheid import security_headers, seo
from vitaleoverheid.models import Person
from vitaleoverheid.tree import HOME_DEPTH, place_of, restricted

ADDRESS_LENGTH = 60  # characters that are compared; nobody means a longer name
PIECE = 3  # characters
CANDIDATES = 50

register = template.Library()


@register.filter
def phone(number: str) -> str:
    """A telephone number as the Dutch write it, kept on one line."""
    return telephone.display(number).replace(" ", "\N{NO-BREAK SPACE}")


@register.filter
def vcard(text: str) -> str:
    """Text as the value of a vCard property (RFC 6350, 3.4)."""
    return re.sub(r"([\\,;])", r"\\\1", " ".join(text.split()))


KINDS = {
    "csv": "tabel, CSV",
    "docx": "Word-document",
    "odp": "presentatie, ODP",
    "ods": "rekenblad, ODS",
    "odt": "tekst, ODT",
    "pdf": "PDF-document",
    "pptx": "PowerPoint-presentatie",
    "txt": "tekst zonder opmaak",
    "xlsx": "Excel-rekenblad",
}


@register.filter
def kind(document: Document) -> str:
    """What kind of file a document is, in words."""
    extension = document.file_extension.lower()
    return KINDS.get(extension, extension.upper())


@register.filter
def inline(rich_text: object) -> SafeString:
    """Rich text without its paragraphs, to stand in a heading."""
    html = expand_db_html(str(getattr(rich_text, "source", rich_text)))
    return mark_safe(re.sub(r"<p[^>]*>|</p>", " ", html).strip())  # noqa: S308 (Wagtail cleaned it)


BROWSERS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
DEVICES = {
    "iPhone": "een iPhone",
    "iPad": "een iPad",
    "Android": "een Android-toestel",
    "Windows": "Windows",
    "Mac OS": "een Mac",
    "Linux": "Linux",
}


@register.filter
def browser(user_agent: str) -> str:
    """What somebody is signed in with, in words; who claims to be two is the first of them."""
    names = (
        next((name for mark, name in known.items() if mark in user_agent), "onbekend")
        for known in (BROWSERS, DEVICES)
    )
    return " op ".join(names)


register.simple_tag(seo.json_ld)


@register.simple_tag
def fill(text: str, **values: object) -> str:
    """An editor's text with each ``[name]`` in it replaced by what it stands for."""
    for name, value in values.items():
        text = text.replace(f"[{name}]", str(value))
    return text


@register.simple_tag(takes_context=True)
def menu_pages(context: Context) -> list[Page]:
    """The pages that editors have marked "in menu's tonen", in the order of the tree."""
    place = place_of(context["request"])
    return place.menu if place else []


@register.simple_tag
def all_people() -> QuerySet[Person]:
    """Everyone who works for the firm."""
    return Person.objects.all()


@register.simple_tag(takes_context=True)
def nearest_pages(context: Context) -> list[Page]:
    """The pages whose address looks most like the one that was asked for.

    PostgreSQL chooses a few that share the most pieces of it, however many pages there are.
    """
    asked = context["request"].path.strip("/").rpartition("/")[2][:ADDRESS_LENGTH].lower()
    pieces = {asked[start : start + PIECE] for start in range(len(asked) - PIECE + 1)}
    shared = (Case(When(slug__contains=piece, then=1), default=0) for piece in pieces)
    alike = Page.objects.live().exclude(restricted()).filter(depth__gt=HOME_DEPTH)
    alike = alike.order_by(-sum(shared, Value(0)), "path")[:CANDIDATES]
    pages = {page.slug: page for page in alike}
    return [pages[slug] for slug in get_close_matches(asked, pages, n=3, cutoff=0.5)]


@register.simple_tag(takes_context=True)
def page_link(context: Context, number: int) -> str:
    """The address of a page of the list on this one; the first needs no number."""
    request = context["request"]
    query = request.GET.copy()
    query.pop("page", None)
    if number > 1:
        query["page"] = str(number)
    return f"{request.path}?{query.urlencode()}".rstrip("?")


@register.filter
def in_header(page: Page) -> bool:
    """Whether a page of the menu also stands in the header."""
    return getattr(page.specific_class, "in_header", True)


@register.simple_tag(takes_context=True)
def current(context: Context, item: Page) -> SafeString | str:
    """``aria-current`` for a menu item: ``page`` on the page itself, ``true`` on those below it."""
    page = context.get("page")
    if not page or not page.path.startswith(item.path):
        return ""
    is_here = context["request"].path == item.get_url(context["request"])
    return format_html(' aria-current="{}"', "page" if is_here else "true")


@register.simple_tag
def checked(attribute: str, path: str) -> SafeString:
    """Address and hash of a static file: a browser refuses the file when it was tampered with."""
    address = static(path)
    return format_html('{}="{}" integrity="{}"', attribute, address, integrity(address))


@lru_cache(maxsize=0 if settings.DEBUG else 32)  # none, while files are being written
def integrity(address: str) -> str:
    """The hash of a static file, as browsers compare it."""
    name = address.removeprefix(settings.STATIC_URL)
    # Collected files have a version in their name, which the files they were made of lack.
    content = Path(finders.find(name) or staticfiles_storage.path(name)).read_bytes()
    return f"sha256-{b64encode(sha256(content).digest()).decode()}"


@register.simple_tag
def nonce() -> str:
    """What marks an inline script as ours, where nothing else may run."""
    return security_headers.nonce.get()
