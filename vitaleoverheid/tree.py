"""The page tree: where an address leads and what surrounds it, in one query however deep it lies.

Wagtail asks once or twice for each part of the address, and again for the menu, the pages above and
the restrictions on each.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, TextField
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from wagtail import views as wagtail_views
from wagtail.models import Page, PageManager, PageViewRestriction, Site
from wagtail.models.sites import (
    SITE_ROOT_PATHS_CACHE_KEY,
    SITE_ROOT_PATHS_CACHE_VERSION,
    SiteRootPath,
)
from wagtail.query import PageQuerySet
from wagtail.url_routing import RouteResult

from vitaleoverheid import page_links
from vitaleoverheid.content_changes import until_content_changes

HOME_DEPTH = 2  # of a home page, below the root of all

AROUND = """
    WITH organisation AS (SELECT * FROM vitaleoverheid_organisationsettings ORDER BY id LIMIT 1)
    SELECT page.*, site.id AS site_id, site.hostname AS site_hostname, site.port AS site_port,
        site.site_name AS site_site_name, site.is_default_site AS site_is_default_site,
        EXISTS (
            SELECT FROM wagtailcore_pageviewrestriction
            JOIN wagtailcore_page above ON above.id = page_id
            WHERE page.path LIKE above.path || '%%'
        ) AS is_restricted,
        to_jsonb(organisation) AS organisation
    FROM wagtailcore_page page
    LEFT JOIN wagtailcore_site site ON site.root_page_id = page.id
    LEFT JOIN organisation ON site.id IS NOT NULL
    WHERE page.id IN (SELECT root_page_id FROM wagtailcore_site)
        OR page.id = (SELECT contact_page_id FROM organisation)
        OR page.slug = ANY(%s) AND page.depth <= %s
        OR page.show_in_menus AND page.live AND page.depth = %s
    ORDER BY page.path
"""
"""Written out, because Django takes longer to write it than PostgreSQL to answer it."""

SITE_FIELDS = ["id", "hostname", "port", "site_name", "is_default_site"]


def restricted() -> Exists:
    """Whether a page, or one above it, is not for everyone; to filter or annotate pages with."""
    place = ExpressionWrapper(OuterRef("path"), output_field=TextField())
    restrictions = PageViewRestriction.objects.alias(place=place)
    return Exists(restrictions.filter(place__startswith=F("page__path")))


class TreeQuerySet(PageQuerySet):
    """Pages; ``public()`` takes no query of its own."""

    def public(self) -> "TreeQuerySet":
        return self.exclude(restricted())


TreeManager = PageManager.from_queryset(TreeQuerySet)


@dataclass
class Place:
    """Where an address leads."""

    site: Site
    sites: list[Site]
    menu: list[Page]
    """What editors have marked "in menu's tonen", in the order of the tree."""
    trail: list[Page]
    """From the home page to the page that the address names, as far as there are such pages."""
    rest: list[str]
    """The parts of the address that name no page."""
    organisation: Any
    """The firm's details, which every page shows."""

    def for_wagtail(self) -> dict[str, Any]:
        """What Wagtail would otherwise ask for, under the names it remembers it by."""
        found = {"_wagtail_site": self.site}
        if self.organisation:
            found[self.organisation.get_cache_attr_name()] = self.organisation
        return found

    def route(self, request: HttpRequest) -> RouteResult:
        """What to serve; raises ``Http404`` where there is nothing."""
        page_links.will_show(self.page)
        return self.page.route(request, self.rest)

    @cached_property
    def page(self) -> Page:
        """The last page of the trail, as what it is."""
        *ancestors, found = self.trail
        model = found.specific_class
        related = getattr(model, "shown_with", None) or [None]  # no names would mean: all there are
        page = model.objects.select_related(*related).get(pk=found.pk)
        page.ancestors = ancestors
        # The restrictions on an alias are those of its source: too rare to find out here.
        is_alias = any(page.alias_of_id for page in self.trail)
        page.is_known_to_be_public = not found.is_restricted and not is_alias
        return page


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """As Wagtail's view of that name."""
    if place := place_of(request, path):
        tell_wagtail(request, _wagtail_route_for_request=place.route(request))
    return wagtail_views.serve(request, path)


def place_of(request: HttpRequest, path: str = "") -> Place | None:
    """Where the path leads, the first time this is asked of a request; None without any site."""
    known: dict[str, Any] = vars(request)
    if "place" not in known:
        # Whoever is signed in may have edited something this very moment.
        search = find if settings.SESSION_COOKIE_NAME in request.COOKIES else find_for_everyone
        names = tuple(name for name in path.split("/") if name)
        if place := search(request.get_host(), names):
            tell_wagtail(request, **place.for_wagtail())
            remember_root_paths(place.sites)
        known["place"] = place
    return known["place"]


def tell_wagtail(request: HttpRequest, **found: object) -> None:
    """Put what was found where Wagtail looks before it asks the database.

    Were it to look elsewhere one day, pages would take more queries, which a test counts, and
    nothing else would be different. What a preview put there already stays.
    """
    vars(request).update(found | vars(request))


def find(host: str, names: tuple[str, ...]) -> Place | None:
    """Where a path of these names leads on the site of a host."""
    pages = pages_around(names)
    sites = [site_of(page) for page in pages if page.site_id]
    site = site_for(host, sites)
    if site is None:
        return None
    home = site.root_page
    below = [page for page in pages if page.is_descendant_of(home)]
    menu = [page for page in below if page.depth == home.depth + 1 and is_in_menu(page)]
    by_place = {(page.path[: -Page.steplen], page.slug): page for page in below}
    trail, rest = [home], list(names)
    while rest and (page := by_place.get((trail[-1].path, rest[0]))):
        trail, rest = [*trail, page], rest[1:]
    return Place(site, sites, menu, trail, rest, organisation_of(home, pages))


find_for_everyone = until_content_changes(find)


def organisation_of(home: Page, pages: list[Page]) -> Any:
    """The firm's details, which came as JSON with the home page; None when there are none yet."""
    if not home.organisation:
        return None
    model = apps.get_model("vitaleoverheid.OrganisationSettings")
    row = json.loads(home.organisation)
    fields = model._meta.concrete_fields
    values = [field.to_python(as_text(row[field.column])) for field in fields]
    organisation = model.from_db("default", [field.attname for field in fields], values)
    chosen = [page for page in pages if page.pk == organisation.contact_page_id]
    organisation.contact_page = next(iter(chosen), None)
    return organisation


def as_text(value: Any) -> Any:
    """A value as it comes from the database: JSON as text."""
    return json.dumps(value) if isinstance(value, (list, dict)) else value


def pages_around(names: tuple[str, ...]) -> list[Page]:
    """The home pages with their sites, what bears one of the names, and what is in the menu."""
    return list(Page.objects.raw(AROUND, [list(names), HOME_DEPTH + len(names), HOME_DEPTH + 1]))


def is_in_menu(page: Page) -> bool:
    """Whether everyone may find the page in the menu."""
    return page.live and page.show_in_menus and not page.is_restricted


def site_of(page: Page) -> Site:
    """The site of a home page."""
    values = {name: getattr(page, f"site_{name}") for name in SITE_FIELDS}
    return Site(**values, root_page=page)


def site_for(host: str, sites: list[Site]) -> Site | None:
    """The site with this host name, or else the default one."""
    name, _port = split_domain_port(host)
    named = [site for site in sites if site.hostname == name]
    default = [site for site in sites if site.is_default_site]
    return next(iter(named + default), None)


def remember_root_paths(sites: list[Site]) -> None:
    """Tell Wagtail where each site begins, so that it need not ask to write an address."""
    paths = [
        SiteRootPath(site.pk, site.root_page.url_path, site.root_url, settings.LANGUAGE_CODE)
        for site in sites
    ]
    cache.set(SITE_ROOT_PATHS_CACHE_KEY, paths, version=SITE_ROOT_PATHS_CACHE_VERSION)
