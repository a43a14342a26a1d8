"""The staff's views of enquiries, in the Wagtail admin."""

import codecs
import re
from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

import django_filters
from django import forms
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.forms.search import SearchForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn, UserColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.log_actions import log
from wagtail.permissions import ModelPermissionPolicy
from wagtail.snippets.views import snippets
from wagtail.snippets.views.snippets import SnippetViewSet

from contact import digest
from contact.conversation import EnquiryView
from contact.figures import FiguresView
from contact.forms import CONTROL_CHARACTERS, SERVICE
from contact.models import ContactSettings, Enquiry, EnquiryQuerySet
from contact.person import PersonView
from contact.screen import HandlersOnly, may_handle
from vitaleoverheid import phone
from vitaleoverheid.content_changes import until_content_changes

VIEWS = {
    "mine": "Van mij",
    "open": "Open",
    "overdue": "Te laat",
    "suspect": "Verdacht",
    "bin": "Prullenbak",
}


class EnquiryPermissionPolicy(ModelPermissionPolicy):
    """Enquiries come from visitors: nobody adds one here, and deleting goes by way of the bin."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in {"view", "change"} and super().user_has_permission(user, "change")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


@until_content_changes
def services() -> list[tuple[int, str]]:
    """What an enquiry can be about, also when visitors no longer see it."""
    return list(SERVICE.objects.values_list("pk", "title"))


class EnquiryFilterSet(WagtailFilterSet):
    """How staff narrow the list down."""

    view = django_filters.ChoiceFilter(
        label="Weergave", choices=list(VIEWS.items()), method="filter_view", empty_label="Alles"
    )
    status = django_filters.MultipleChoiceFilter(
        label="Status",
        choices=[choice for choice in Enquiry.Status.choices if choice[0] != "suspect"],
        widget=forms.CheckboxSelectMultiple,
        distinct=False,  # an enquiry has one status: looking for doubles would sort all of them
    )
    kind = django_filters.ChoiceFilter(
        label="Soort", choices=Enquiry.Kind.choices, empty_label="Alles"
    )
    service = django_filters.ChoiceFilter(label="Dienst", choices=services)
    assigned_to = django_filters.ChoiceFilter(label="Behandelaar")
    received_at = django_filters.DateFromToRangeFilter(
        label="Ontvangen", widget=DateRangePickerWidget
    )

    class Meta:
        model = Enquiry
        fields = ("view", "status", "kind", "service", "assigned_to", "received_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = [(user.pk, get_user_display_name(user)) for user in digest.handlers()]
        self.filters["assigned_to"].extra["choices"] = owners  # asked for once

    def filter_queryset(self, queryset: EnquiryQuerySet) -> EnquiryQuerySet:
        """Leave out what is suspect or in the bin, unless that is asked for.

        Whoever searches all enquiries does ask for it: a visitor on the telephone may give the
        reference of an enquiry that was held apart. A filter with a mistake in it filters nothing.
        """
        view = self.form.cleaned_data.get("view")
        if view not in {"suspect", "bin"} and (view or not self.data.get("q", "").strip()):
            queryset = queryset.present()
        return super().filter_queryset(queryset)

    def filter_view(self, queryset: EnquiryQuerySet, name: str, value: str) -> EnquiryQuerySet:
        """One of the quick views."""
        views = {
            "mine": lambda: queryset.open().filter(assigned_to=self.request.user),
            "open": queryset.open,
            "overdue": queryset.overdue,
            "suspect": queryset.suspect,
            "bin": queryset.binned,
        }
        return views[value]()


class SenderColumn(TitleColumn):
    """Who wrote; in bold until somebody has opened the enquiry."""

    cell_template_name = "contact/inbox/sender_cell.html"


CHUNK = 500  # rows that an export reads at a time


class Streamed:
    """A queryset that is read in pieces, so that an export of any size needs little memory."""

    def __init__(self, queryset: QuerySet[Enquiry]) -> None:
        self.model = queryset.model
        self.queryset = queryset

    def __iter__(self) -> Iterator[Enquiry]:
        return self.queryset.iterator(chunk_size=CHUNK)


REFERENCE = re.compile(r"\s*vo[-\s]*(\w{4})[-\s]*(\w{4})\s*", re.IGNORECASE)
"""However somebody types over what was read out to them; some words look like it too."""


def found(queryset: QuerySet[Enquiry], text: str) -> QuerySet[Enquiry]:
    """The enquiries in which the words occur, in Dutch, by PostgreSQL's own index."""
    if not text:
        return queryset
    wanted = Q(search=SearchQuery(text, config="dutch", search_type="websearch"))
    if reference := REFERENCE.fullmatch(text):
        wanted |= Q(reference="VO-{}-{}".format(*reference.groups()).upper())
    return queryset.filter(wanted)


def listed(request: HttpRequest) -> QuerySet[Enquiry]:
    """Everything that the list would show, page after page and beyond the last, if asked so."""
    filters = EnquiryFilterSet(request.GET, queryset=Enquiry.objects.real(), request=request)
    form = SearchForm(request.GET)
    return found(filters.qs, form.cleaned_data["q"] if form.is_valid() else "")


FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a formula can begin with in a spreadsheet, also in full width (OWASP: CSV injection)."""


def neutral(value: Any) -> str:
    """Text that a spreadsheet does not take for a formula and that its files can hold."""
    text = CONTROL_CHARACTERS.sub("", "" if value is None else str(value))
    return f"'{text}" if FORMULA.match(text) else text


NEXT_CELL = re.compile(r"(?<=[;\n])(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a Dutch Excel, which separates by semicolons, would see another cell with a formula."""


def neutral_in_csv(value: Any) -> str:
    """Text that is no formula however a spreadsheet cuts the file into cells."""
    return NEXT_CELL.sub("'", neutral(value))


def local(moment: datetime) -> datetime:
    """The moment as the clock on the wall showed it; spreadsheets know no time zones."""
    return timezone.make_naive(moment)


MOST = 10_000  # enquiries in one list


class EnquiryPaginator(WagtailPaginator):
    """Pages of no more than ``MOST`` enquiries: nobody leafs on, and all would have to be counted.

    Counting a million takes twice as long as the rest of the screen.
    """

    @cached_property
    def count(self) -> int:
        counted: int = self.object_list.order_by().values("pk")[:MOST].count()
        return counted

    @property
    def leaves_out(self) -> bool:
        """Whether there are more, as far as is known."""
        return self.count == MOST


class EnquiryIndexView(HandlersOnly, snippets.IndexView):
    """The list of enquiries."""

    paginator_class = EnquiryPaginator
    custom_value_preprocess = {
        datetime: {"csv": lambda moment: f"{local(moment):%Y-%m-%d %H:%M}", "xlsx": local},
        object: {"csv": neutral_in_csv, "xlsx": neutral},
    }
    custom_field_preprocess = {
        "phone": dict.fromkeys(("csv", "xlsx"), lambda number: neutral(phone.display(number))),
    }

    def get_base_queryset(self) -> QuerySet[Enquiry]:
        return Enquiry.objects.real().select_related("service", "assigned_to__wagtail_userprofile")

    def order_queryset(self, queryset: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
        """What is the same to the chosen order stands in the list's own, on every page alike."""
        chosen = super().order_queryset(queryset).query.order_by
        return queryset.order_by(*chosen, *(Enquiry._meta.ordering or ()))

    def filter_queryset(self, queryset: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
        """Filter also when a filter has a mistake in it: what is held apart stays apart."""
        self.filters.is_valid()
        return self.filters.filter_queryset(queryset)

    def search_queryset(self, queryset: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
        return found(queryset, self.search_query)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An export skips the list: counting its rows reads all of them into memory."""
        if self.is_export:
            return self.as_spreadsheet(self.get_queryset(), request.GET["export"])
        return super().get(request, *args, **kwargs)

    def as_spreadsheet(self, queryset: QuerySet[Enquiry], spreadsheet_format: str) -> HttpResponse:
        """Export what is filtered, and leave a line in the log that says so."""
        count = queryset.count()
        log(ContactSettings.load(), "contact.export", data={"count": count})
        return super().as_spreadsheet(Streamed(queryset), spreadsheet_format)

    def stream_csv(self, queryset: Any) -> Iterator[bytes]:
        """As Wagtail's, after the mark without which Excel reads it in the wrong alphabet."""
        yield codecs.BOM_UTF8
        yield from super().stream_csv(queryset)

    def write_xlsx_response(self, queryset: Any) -> FileResponse:
        """As Wagtail's, by way of a file instead of memory."""
        output = TemporaryFile()  # noqa: SIM115 (the response closes it)
        self.write_xlsx(queryset, output)
        output.seek(0)
        return FileResponse(output, as_attachment=True, filename=f"{self.get_filename()}.xlsx")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["views"] = VIEWS
        return context


class EnquiryHistoryView(HandlersOnly, snippets.HistoryView):
    """Who did what with an enquiry."""


class InboxMenuItem(MenuItem):
    """The inbox in the menu, with the number of enquiries that wait for an answer."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_handle(request.user)

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        count = Enquiry.objects.open().count()
        label = f"{self.label} ({count})" if count else self.label
        return LinkMenuItem(self.name, label, self.url, icon_name=self.icon_name)


class EnquiryViewSet(SnippetViewSet):
    """Enquiries under ``/admin/enquiries/``."""

    model = Enquiry
    url_prefix = "enquiries"
    url_namespace = "enquiries"
    menu_label = "Aanvragen"
    menu_name = "enquiries"
    icon = "mail"
    menu_order = 10
    menu_hook = "register_admin_menu_item"
    add_to_reference_index = False
    permission_policy = EnquiryPermissionPolicy(Enquiry)
    panels = [FieldPanel("status"), FieldPanel("assigned_to")]
    copy_view_enabled = False
    index_view_class = EnquiryIndexView
    index_template_name = "contact/inbox/index.html"
    index_results_template_name = "contact/inbox/results.html"
    edit_view_class = EnquiryView
    history_view_class = EnquiryHistoryView
    edit_template_name = "contact/inbox/enquiry.html"
    filterset_class = EnquiryFilterSet
    list_export = (
        *("reference", "received_at", "get_status_display", "assigned_to", "name", "organisation"),
        *("email", "phone", "service", "message", "answered_at"),
    )
    export_headings = {"get_status_display": "Status"}
    export_filename = "aanvragen"
    search_fields = ("search",)
    list_per_page = 50
    list_display = (
        SenderColumn("name", label="Naam", sort_key="name", url_name="enquiries:edit"),
        Column("organisation", label="Organisatie"),
        Column("service", label="Dienst"),
        StatusTagColumn("standing", label="Status"),
        UserColumn("assigned_to", label="Behandelaar", blank_display_name="niemand"),
        DateColumn("received_at", label="Ontvangen", sort_key="received_at"),
    )

    def register_chooser_viewset(self) -> None:
        """No chooser: nothing refers to an enquiry, and Wagtail shows choosers to every editor."""

    def get_menu_item(self, order: int | None = None) -> MenuItem:
        return InboxMenuItem(
            self.menu_label,
            reverse("enquiries:list"),
            name=self.menu_name,
            icon_name=self.icon,
            order=order or self.menu_order,
        )

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Without the addresses of the views that ``get_urlpatterns`` leaves out."""
        return super().get_common_view_kwargs(
            **{"usage_url_name": None, "add_url_name": None, "delete_url_name": None, **kwargs}
        )

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, one enquiry, its history, and our own screens; nothing that adds or deletes."""
        kept = {"list", "list_results", "edit", "history", "history_results"}
        own = [
            path("figures/", FiguresView.as_view(), name="figures"),
            path("person/", PersonView.as_view(), name="person"),
        ]
        return own + [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]
