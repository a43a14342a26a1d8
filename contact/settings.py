"""What the firm has chosen about enquiries, on a screen of settings in the admin."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from wagtail import blocks
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import PreviewableMixin

from vitaleoverheid.models import group, line, optional


class ReplyTemplateBlock(blocks.StructBlock):
    """A text to begin a reply with."""

    title = blocks.CharBlock(label="naam", max_length=60)
    text = blocks.TextBlock(label="tekst", rows=6)

    class Meta:
        label = "Sjabloon"
        icon = "doc-full"


@register_setting(icon="mail")
class ContactSettings(PreviewableMixin, BaseGenericSetting):
    """Who hears of an enquiry, what the visitor is told, and how long everything is kept."""

    select_related = ["privacy_page"]

    recipients = StreamField(
        [("email", blocks.EmailBlock(label="e-mailadres", icon="mail"))],
        verbose_name="ontvangers",
        min_num=1,
        help_text="Ieder adres krijgt een mail bij elke nieuwe aanvraag. Minstens één.",
    )
    response_days = models.PositiveSmallIntegerField(
        "antwoord binnen (werkdagen)",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text="Dit beloven wij de bezoeker. Daarna is een aanvraag te laat.",
    )
    acknowledgement_subject = models.CharField(
        "onderwerp", max_length=150, default="Wij hebben uw bericht ontvangen [kenmerk]"
    )
    acknowledgement_text = models.TextField(
        "tekst",
        default=(
            "Dank voor uw bericht. Wij hebben het ontvangen onder kenmerk [kenmerk].\n\n"
            "Wij lezen uw bericht en nemen uiterlijk [datum] contact met u op.\n\n"
            "Hebt u iets toe te voegen? Beantwoord dan deze mail."
        ),
        help_text="[kenmerk] en [datum] worden ingevuld.",
    )
    acknowledgement_closing = line(
        "afsluiting",
        "Met vriendelijke groet,",
        help_text="Daaronder staan de naam en de contactgegevens van de organisatie.",
    )
    reply_templates = StreamField(
        [("template", ReplyTemplateBlock())], verbose_name="sjablonen voor antwoorden", blank=True
    )
    done_months = models.PositiveSmallIntegerField(
        "beantwoord of afgesloten: bewaren (maanden)",
        default=12,
        validators=[MinValueValidator(1)],
    )
    suspect_days = models.PositiveSmallIntegerField(
        "verdacht: bewaren (dagen)", default=30, validators=[MinValueValidator(1)]
    )
    bin_days = models.PositiveSmallIntegerField(
        "prullenbak: bewaren (dagen)", default=30, validators=[MinValueValidator(1)]
    )
    retention_introduction = line(
        "boven de termijnen",
        "Wij bewaren uw bericht zolang het niet is beantwoord. Daarna verwijderen wij het, met "
        "alles wat erbij hoort:",
        help_text="Deze teksten staan in het blok Bewaartermijnen. [termijn] wordt ingevuld.",
    )
    done_text = line(
        "tekst bij beantwoord", "een bericht dat is beantwoord of afgesloten: na [termijn];"
    )
    suspect_text = line(
        "tekst bij verdacht",
        "een bericht dat waarschijnlijk ongevraagde reclame is: na [termijn];",
    )
    bin_text = line("tekst bij prullenbak", "een bericht dat wij weggooien: na [termijn].")
    privacy_page = optional(
        "wagtailcore.Page",
        "privacyverklaring",
        help_text="Hiernaar verwijst de tekst onder het formulier.",
    )

    panels = [
        "recipients",
        "response_days",
        group(
            "Ontvangstbevestiging aan de bezoeker",
            "acknowledgement_subject acknowledgement_text acknowledgement_closing",
        ),
        "reply_templates",
        group("Bewaartermijnen", "done_months suspect_days bin_days"),
        group(
            "Bewaartermijnen in woorden", "retention_introduction done_text suspect_text bin_text"
        ),
        "privacy_page",
    ]

    preview_modes = [
        ("acknowledgement", "Ontvangstbevestiging"),
        ("notification", "Melding aan ons"),
        ("reminder", "Herinnering"),
        ("digest", "Ochtendoverzicht"),
        ("review", "Verzoek om na te kijken"),
    ]

    class Meta:
        verbose_name = "aanvragen"

    def __str__(self) -> str:
        return "Instellingen voor aanvragen"

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "contact/mail/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from contact import examples  # noqa: PLC0415 (mails need this module)

        return {"message": examples.example(mode_name, self)}

    @property
    def done_term(self) -> str:
        """How long an enquiry is kept after it was answered, in words."""
        return f"{self.done_months} maand{pluralize(self.done_months, 'en')}"

    @property
    def suspect_term(self) -> str:
        """How long an enquiry is kept that may be spam, in words."""
        return f"{self.suspect_days} dag{pluralize(self.suspect_days, 'en')}"

    @property
    def bin_term(self) -> str:
        """How long an enquiry is kept in the bin, in words."""
        return f"{self.bin_days} dag{pluralize(self.bin_days, 'en')}"
