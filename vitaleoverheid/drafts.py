"""A draft for somebody without an account: an address that expires and can be withdrawn."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from vitaleoverheid.models import DraftLink


@require_safe
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """The newest version of a page, for whoever has the address."""
    link = DraftLink.objects.valid().filter(key=key).select_related("page").first()
    if link is None:
        raise Http404
    # Without the request: whoever is signed in sees what the others see.
    response = link.page.get_latest_revision_as_object().make_preview_request()
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


class DraftLinksView(WagtailAdminTemplateMixin, TemplateView):
    """The addresses at which others can see the draft of a page."""

    page_title = "Concept delen"
    header_icon = "view"
    template_name = "vitaleoverheid/admin/draft_links.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.page = get_object_or_404(Page, pk=kwargs["pk"])
        if not self.page.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        links = DraftLink.objects.valid().filter(page=self.page)
        return {**super().get_context_data(**kwargs), "page": self.page, "links": links}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Withdraw the address that is named, or else make one."""
        if key := request.POST.get("withdraw"):
            DraftLink.objects.filter(page=self.page, key=key).delete()
        else:
            DraftLink.objects.filter(expires_at__lte=timezone.now()).delete()
            DraftLink.objects.create(page=self.page, author_id=request.user.pk)
        return redirect(request.path)


def share_button(page: Page, user: User, view_name: str, next_url: str = "") -> list[Button]:
    """Where to get such an address, among what can be done with a page."""
    if not page.permissions_for_user(user).can_edit():
        return []
    address = reverse("draft_links", args=[page.pk])
    return [Button("Concept delen", address, icon_name="view", priority=70)]
