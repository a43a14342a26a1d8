"""The services of the firm: an overview, and a page for each."""

from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from vitaleoverheid.blocks import ArticleBlock, DiagramBlock, RowBlock, StepBlock
from vitaleoverheid.models import BasePage, group, line


def several(name: str) -> FieldPanel:
    """A field in which several things can be ticked."""
    return FieldPanel(name, widget=forms.CheckboxSelectMultiple)


class ServiceIndexPage(BasePage):
    """All services at a glance."""

    schema_type = "CollectionPage"
    parent_page_types = ["vitaleoverheid.HomePage"]
    subpage_types = ["services.ServicePage"]
    max_count = 1

    class Meta:
        verbose_name = "dienstenoverzicht"
        verbose_name_plural = "dienstenoverzichten"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["services"] = ServicePage.objects.child_of(self).live().public()
        return context


class ServicePage(BasePage):
    """One service: what it is about, what the firm can do, and how."""

    summary = models.TextField(
        "samenvatting", help_text="Twee of drie zinnen voor het overzicht van diensten."
    )
    body = StreamField(ArticleBlock(), verbose_name="inhoud", blank=True)
    offer_heading = line("kop", "Onze inzet")
    offer_introduction = models.TextField("inleiding", blank=True)
    offer_diagram = StreamField(
        [("diagram", DiagramBlock())], verbose_name="krachtenveld", max_num=1, blank=True
    )
    offer_list_heading = line("kop boven de lijst", "Onze inzet kan bestaan uit:")
    offers = StreamField([("offer", RowBlock())], verbose_name="wat wij kunnen doen", blank=True)
    approach_heading = line("kop", "Zo pakken wij het aan")
    approach = StreamField([("step", StepBlock())], verbose_name="stappen", blank=True)
    related_services = ParentalManyToManyField(
        "self", verbose_name="verwante diensten", symmetrical=False, blank=True
    )
    related_heading = line("kop boven de verwante diensten", "Verwante diensten")
    people = ParentalManyToManyField(
        "vitaleoverheid.Person",
        verbose_name="medewerkers",
        blank=True,
        help_text="Wie deze dienst verleent.",
    )
    people_heading = line("kop boven de medewerkers", "Met wie u werkt")
    call_to_action = models.CharField(
        "kop boven de contactknop",
        max_length=60,
        blank=True,
        help_text="Leeg: de kop uit de instellingen van de organisatie.",
    )

    content_panels = [
        *BasePage.content_panels,
        "summary",
        "body",
        group(
            "Wat wij kunnen doen",
            "offer_heading offer_introduction offer_diagram offer_list_heading offers",
        ),
        group("Aanpak", "approach_heading approach"),
        MultiFieldPanel(["related_heading", several("related_services")], "Verwante diensten"),
        MultiFieldPanel(["people_heading", several("people")], "Medewerkers"),
        "call_to_action",
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("summary", boost=2),
        index.SearchField("body"),
        index.SearchField("offer_introduction"),
        index.SearchField("offers"),
        index.SearchField("approach"),
    ]
    parent_page_types = ["services.ServiceIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = "dienst"
        verbose_name_plural = "diensten"

    @property
    def head_description(self) -> str:
        return self.search_description or self.summary

    def schema_properties(self, organisation: str) -> dict[str, Any]:
        service = {
            "@type": "Service",
            "name": self.title,
            "description": self.summary,
            "url": self.full_url,
            "provider": {"@id": organisation},
            "areaServed": "NL",
        }
        return {"mainEntity": service}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["related_services"] = self.related_services.live().public()
        context["people"] = self.people.all()
        return context
