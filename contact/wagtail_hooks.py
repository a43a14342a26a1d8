"""What the contact app adds to the Wagtail admin."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.account import BaseSettingsPanel
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.snippets.models import register_snippet

from contact import bulk_actions, digest
from contact.figures import FiguresView
from contact.inbox import EnquiryViewSet
from contact.models import Colleague, Enquiry
from contact.person import PersonView
from contact.screen import InboxScreen, may_handle

register_snippet(EnquiryViewSet)

hooks.register("register_bulk_action", bulk_actions.CloseAction)
hooks.register("register_bulk_action", bulk_actions.AssignAction)
hooks.register("register_bulk_action", bulk_actions.RestoreAction)
# After Wagtail's own, whose place it takes.
hooks.register("register_bulk_action", bulk_actions.BinAction, order=1)

LOG_ACTIONS = {
    "receive": ("Ontvangen", "Aanvraag ontvangen via de website"),
    "view": ("Bekeken", "Aanvraag bekeken"),
    "status": ("Status", "Status van {from} naar {to}"),
    "assign": ("Toegewezen", "Toegewezen aan {to}"),
    "note": ("Notitie", "Notitie toegevoegd"),
    "reply": ("Beantwoord", "Antwoord verstuurd"),
    "mail": ("Mail ontvangen", "Mail ontvangen"),
    "bin": ("Prullenbak", "In de prullenbak gelegd"),
    "unbin": ("Teruggezet", "Teruggezet uit de prullenbak"),
    "resend": ("Opnieuw verstuurd", "Mail opnieuw verstuurd"),
    "export": ("Export", "Aanvragen geëxporteerd: {count}"),
    "purge": ("Opgeruimd", "Aanvragen verwijderd na de bewaartermijn: {count}"),
    "access": ("Inzage", "Aanvragen opgezocht en overgedragen: {count}"),
    "erase": ("Gewist", "Aanvragen gewist op verzoek: {count}"),
}


class Line(LogFormatter):
    """A line of the history, with what was noted filled in."""

    def format_message(self, log_entry: Any) -> str:
        return self.message.format_map(log_entry.data)


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    """What happens to an enquiry, as it is called in the history."""
    for name, (label, message) in LOG_ACTIONS.items():
        line = type("Line", (Line,), {"label": label, "message": message})
        actions.register_action(f"contact.{name}")(line)


class InboxPanel(Component):
    """The enquiries that wait, on the first page of the admin."""

    name = "enquiries"
    template_name = "contact/inbox/panel.html"
    order = 10

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {**digest.counts(), "oldest": Enquiry.objects.open().last()}


@hooks.register("construct_homepage_panels")
def add_inbox_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Show the waiting enquiries to whoever may handle them."""
    if may_handle(request.user):
        panels.insert(0, InboxPanel())


class ScreenMenuItem(MenuItem):
    """One of the screens about all enquiries, among the reports."""

    def __init__(self, view: type[InboxScreen], name: str, order: int) -> None:
        url = reverse(f"enquiries:{name}")
        super().__init__(view.page_title, url, icon_name=view.header_icon, order=order)

    def is_shown(self, request: HttpRequest) -> bool:
        return may_handle(request.user)


hooks.register("register_reports_menu_item", lambda: ScreenMenuItem(FiguresView, "figures", 10))
hooks.register("register_reports_menu_item", lambda: ScreenMenuItem(PersonView, "person", 20))


class ColleagueForm(forms.ModelForm):
    """A colleague's own choices."""

    class Meta:
        model = Colleague
        fields = ("signature", "wants_digest")


class ColleaguePanel(BaseSettingsPanel):
    """The choices that matter for enquiries, on the page of one's own account."""

    name = "colleague"
    title = "Aanvragen"
    order = 500
    form_class = ColleagueForm

    def is_active(self) -> bool:
        return may_handle(self.user)

    def get_form(self) -> ColleagueForm:
        colleague, _ = Colleague.objects.get_or_create(user=self.user)
        return ColleagueForm(self.request.POST or None, instance=colleague, prefix=self.name)


hooks.register("register_account_settings_panel", ColleaguePanel)
