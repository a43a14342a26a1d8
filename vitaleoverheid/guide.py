"""The guide for editors, shown in the admin from the same file that developers read."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.safestring import mark_safe
from django.views.generic import TemplateView
from django.views.static import serve
from markdown import markdown
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

DOCS = settings.BASE_DIR / "docs"


class GuideView(WagtailAdminTemplateMixin, TemplateView):
    """``docs/redactie.md``."""

    page_title = "Handleiding"
    breadcrumbs_items = ()
    header_icon = "help"
    template_name = "vitaleoverheid/admin/guide.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = (DOCS / "redactie.md").read_text()
        # The page has a heading of its own, and a table of contents instead. The text is our own.
        _heading, text = text.split("\n", 1)
        html = markdown(f"[TOC]\n{text}", extensions=["extra", "toc"])
        return super().get_context_data(guide=mark_safe(html), **kwargs)  # noqa: S308


def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture of the guide, which it calls ``redactie/naam.png``."""
    return serve(request, path, str(DOCS / "redactie"))
