"""The staff's views of enquiries, in the Wagtail admin."""

from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet
from django.urls import URLPattern
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import ModelPermissionPolicy

from contact.forms import SERVICE
from contact.models import Enquiry


class EnquiryPermissionPolicy(ModelPermissionPolicy):
    """Enquiries come from visitors: nobody adds one in the admin, and nobody rewrites one."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in {"add", "change"} and super().user_has_permission(user, "view")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class EnquiryFilterSet(WagtailFilterSet):
    """How staff narrow the list down."""

    status = django_filters.MultipleChoiceFilter(choices=Enquiry.Status.choices, label="Status")
    service = django_filters.ModelChoiceFilter(queryset=SERVICE.objects.all(), label="Dienst")
    assigned_to = django_filters.ModelChoiceFilter(
        queryset=get_user_model().objects.filter(is_active=True), label="Behandelaar"
    )
    received_at = django_filters.DateFromToRangeFilter(
        label="Ontvangen", widget=DateRangePickerWidget
    )

    class Meta:
        model = Enquiry
        fields = ("status", "service", "assigned_to", "received_at")


class EnquiryIndexView(generic.IndexView):
    """The list of enquiries."""

    def get_base_queryset(self) -> QuerySet[Enquiry]:
        return super().get_base_queryset().select_related("service", "assigned_to")

    def search_queryset(self, queryset: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
        """Search in Dutch, by PostgreSQL's own index."""
        if not self.search_query:
            return queryset
        query = SearchQuery(self.search_query, config="dutch", search_type="websearch")
        return queryset.filter(search=query)


class EnquiryView(generic.InspectView):
    """One enquiry on one screen."""

    page_title = "Aanvraag"
    template_name = "contact/inbox/enquiry.html"


class EnquiryViewSet(ModelViewSet):
    """Enquiries under ``/admin/enquiries/``."""

    model = Enquiry
    name = "enquiries"
    menu_label = "Aanvragen"
    icon = "mail"
    menu_order = 10
    add_to_admin_menu = True
    permission_policy = EnquiryPermissionPolicy(Enquiry)
    exclude_form_fields = ("digest", "search")
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = EnquiryIndexView
    inspect_view_class = EnquiryView
    inspect_template_name = EnquiryView.template_name
    filterset_class = EnquiryFilterSet
    search_fields = ("search",)
    list_per_page = 50
    list_display = (
        "name",
        Column("organisation", label="Organisatie"),
        Column("service", label="Dienst"),
        Column("get_status_display", label="Status", sort_key="status"),
        Column("assigned_to", label="Behandelaar"),
        Column("reference", label="Kenmerk"),
        DateColumn("received_at", label="Ontvangen", sort_key="received_at"),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        """Reading only: the generic views to add, edit or delete have no place here."""
        kept = {"index", "index_results", "inspect"}
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]
