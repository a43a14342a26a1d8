"""The sitemap: one file, and on a large site a list of files (https://www.sitemaps.org)."""

from django.conf import settings
from django.contrib.sitemaps.views import x_robots_tag
from django.contrib.sites.shortcuts import get_current_site
from django.core.paginator import EmptyPage
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from wagtail.contrib.sitemaps import Sitemap

PAGES_PER_PART = 50  # as many as are listed in about the time that a page takes


@x_robots_tag
def sitemap(request: HttpRequest) -> TemplateResponse:
    """All pages that are for everyone, or if those are many: where the parts of the sitemap are."""
    parts = parted(request).paginator.page_range
    if len(parts) == 1:
        return sitemap_part(request, 1)
    addresses = [settings.SITE_URL + reverse("sitemap_part", args=[part]) for part in parts]
    return xml(request, "sitemap_index.xml", sitemaps=[{"location": a} for a in addresses])


@x_robots_tag
def sitemap_part(request: HttpRequest, part: int) -> TemplateResponse:
    """One part of the pages; raises ``Http404`` when there are not as many."""
    try:
        urls = parted(request).get_urls(part, get_current_site(request))
    except EmptyPage as error:
        raise Http404 from error
    return xml(request, "sitemap.xml", urlset=urls)


def parted(request: HttpRequest) -> Sitemap:
    """Wagtail's sitemap, in parts."""
    sitemap = Sitemap(request)
    sitemap.limit = PAGES_PER_PART
    return sitemap


def xml(request: HttpRequest, template: str, **context: object) -> TemplateResponse:
    """A file that Django has a template for."""
    return TemplateResponse(request, template, context, "application/xml")
