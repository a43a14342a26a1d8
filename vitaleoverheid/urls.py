"""Every address of the site."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.static import serve as serve_file
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as document_urls

from vitaleoverheid import s3, twins, views

PAGE_PATH = r"^(?!_util/)((?:[\w:-]+/)*)$"
"""Wagtail's own pattern, and the colons of a signed address; ``_util/`` asks for passwords."""

handler400 = "vitaleoverheid.limits.bad_request"

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("robots.txt", views.robots_txt),
    path("sitemap.xml", sitemap),
    path(".well-known/security.txt", views.security_txt),
    path("favicon.ico", views.favicon),
    path("llms.txt", twins.llms_txt),
    path("vitale-overheid.vcf", views.vcard, name="vcard"),
    path("mensen/<slug:slug>.vcf", views.person_vcard, name="person_vcard"),
    path("speculation-rules.json", views.speculation_rules, name="speculation_rules"),
    path("zoeken/", views.search, name="search"),
    path("admin/", include(admin_urls)),
    path("documents/", include(document_urls)),
    # Only the sizes made for visitors: originals may hold a location, documents may be private.
    # No segment may be "..": that would lead to those.
    re_path(
        r"^media/(?P<path>images/(?:[\w-]+/)*[^/]+)$",
        s3.serve if settings.S3_BUCKET else serve_file,
        {"document_root": settings.MEDIA_ROOT},
    ),
    re_path(r"^((?:[\w-]+/)*)index\.md$", twins.page_as_markdown),
    # Public pages carry no token: they are the same for everyone (see contact.origin).
    re_path(PAGE_PATH, csrf_exempt(views.page), name="wagtail_serve"),
    path("", include(wagtail_urls)),
]
