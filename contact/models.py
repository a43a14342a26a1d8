"""The contact page, and what comes in through it: enquiries, the mails about them, and notes."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core import signing
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from wagtail import blocks
from wagtail.admin.panels import ObjectList, TabbedInterface
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.models import PreviewableMixin

from contact import working_days
from contact.origin import is_cross_site, sender_of
from vitaleoverheid.blocks import LINE_FEATURES, StepBlock
from vitaleoverheid.models import BasePage, group, line, optional

CONFIRMATION_SALT = "contact.confirmation"
CONFIRMATION_SECONDS = 60 * 60

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capitals that nobody confuses when reading them out over the telephone."""


def new_reference() -> str:
    """A reference such as ``VO-7F3K-Q9XM``: random, so that it gives nothing away."""
    letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))
    return f"VO-{letters[:4]}-{letters[4:]}"


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    """Enquiries as the firm speaks of them."""

    def real(self) -> "EnquiryQuerySet":
        """Without the site's own daily test."""
        return self.filter(is_canary=False)

    def present(self) -> "EnquiryQuerySet":
        """What staff see when they ask for nothing in particular."""
        return self.real().filter(deleted_at=None).exclude(status=Enquiry.Status.SUSPECT)

    def open(self) -> "EnquiryQuerySet":
        """Somebody still has to answer these."""
        return self.present().filter(status__in=Enquiry.OPEN)

    def overdue(self) -> "EnquiryQuerySet":
        """Open for longer than the firm promises."""
        days = ContactSettings.load().response_days
        return self.open().filter(received_at__lt=working_days.ago(days))

    def suspect(self) -> "EnquiryQuerySet":
        """Held apart as possible spam."""
        return self.real().filter(deleted_at=None, status=Enquiry.Status.SUSPECT)

    def binned(self) -> "EnquiryQuerySet":
        """In the bin."""
        return self.real().exclude(deleted_at=None)


class Enquiry(models.Model):
    """What a visitor asked. A row that is committed is the truth; all else follows from it."""

    class Status(models.TextChoices):
        """Where the firm stands with an enquiry."""

        NEW = "new", "nieuw"
        IN_PROGRESS = "in_progress", "in behandeling"
        ANSWERED = "answered", "beantwoord"
        CLOSED = "closed", "afgesloten"
        SUSPECT = "suspect", "verdacht"

    class Kind(models.TextChoices):
        """What an enquiry is for."""

        QUESTION = "question", "vraag"
        ACCESSIBILITY = "accessibility", "melding over toegankelijkheid"

    OPEN = (Status.NEW, Status.IN_PROGRESS)
    DONE = (Status.ANSWERED, Status.CLOSED)

    reference = models.CharField("kenmerk", max_length=12, unique=True, default=new_reference)
    received_at = models.DateTimeField("ontvangen", default=timezone.now, db_index=True)
    name = models.CharField("naam", max_length=150)
    organisation = models.CharField("organisatie", max_length=150, blank=True)
    email = models.EmailField("e-mailadres")
    phone = models.CharField("telefoonnummer", max_length=20, blank=True)
    service = optional("services.ServicePage", "dienst")
    kind = models.CharField("soort", max_length=20, choices=Kind.choices, default=Kind.QUESTION)
    message = models.TextField("bericht")
    status = models.CharField(
        "status", max_length=20, choices=Status.choices, default=Status.NEW, db_index=True
    )
    status_changed_at = models.DateTimeField("status sinds", default=timezone.now)
    answered_at = models.DateTimeField("eerste antwoord", null=True, blank=True)
    assigned_to = optional(settings.AUTH_USER_MODEL, "behandelaar")
    signals = models.JSONField("signalen", default=list, blank=True)
    """Why this may be spam: ``{"weight": 3, "reason": "…"}`` for each signal."""
    restored_at = models.DateTimeField("hersteld", null=True, blank=True)
    """When a colleague said that a suspect enquiry is a real one."""
    opened_at = models.DateTimeField("voor het eerst geopend", null=True, blank=True)
    deleted_at = models.DateTimeField("in de prullenbak", null=True, blank=True)
    is_canary = models.BooleanField("eigen proef", default=False)
    """Whether the site sent this to itself, to see that an enquiry comes through."""
    digest = models.BinaryField(max_length=32)
    """SHA-256 of the normalised content, by which a repeated enquiry is recognised."""
    search = models.GeneratedField(
        expression=SearchVector(
            "reference", "name", "organisation", "email", "message", config="dutch"
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = EnquiryQuerySet.as_manager()
    wagtail_reference_index_ignore = True  # a visitor waits for this row; nothing refers to it

    class Meta:
        verbose_name = "aanvraag"
        verbose_name_plural = "aanvragen"
        ordering = ["-received_at", "-pk"]
        default_permissions = ("view", "change")
        indexes = [
            GinIndex(fields=["search"], name="enquiry_search"),
            models.Index(fields=["digest", "received_at"], name="enquiry_digest"),
            models.Index(Upper("email"), name="enquiry_email"),
            # The list and its filters are counted from this alone: it is a tenth of the table.
            models.Index(
                fields=["-received_at", "-id"],
                include=["status", "kind", "service", "assigned_to"],
                condition=models.Q(is_canary=False, deleted_at=None) & ~models.Q(status="suspect"),
                name="enquiry_listed",
            ),
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="enquiry_binned",
            ),
        ]

    def __str__(self) -> str:
        # No name or address: this text ends up in logs.
        return self.reference

    @property
    def is_suspect(self) -> bool:
        """Whether the enquiry is held apart as possible spam."""
        return self.status == self.Status.SUSPECT

    @property
    def standing(self) -> str:
        """The status in words, or that the enquiry is in the bin."""
        return "prullenbak" if self.deleted_at else self.get_status_display()


class Message(models.Model):
    """A mail, out or in. One that goes out is written in the transaction that gives rise to it."""

    class Kind(models.TextChoices):
        """Who is told what."""

        NOTIFICATION = "notification", "melding aan ons"
        ACKNOWLEDGEMENT = "acknowledgement", "ontvangstbevestiging"
        REPLY = "reply", "antwoord"
        REMINDER = "reminder", "herinnering"
        DIGEST = "digest", "ochtendoverzicht"
        CANARY = "canary", "eigen proef"
        REVIEW = "review", "verzoek om na te kijken"
        INCOMING = "incoming", "mail van de bezoeker"

    class State(models.TextChoices):
        """How far the mail has come."""

        QUEUED = "queued", "wacht op verzending"
        SENT = "sent", "verzonden"
        FAILED = "failed", "niet verzonden"
        RECEIVED = "received", "ontvangen"

    enquiry = models.ForeignKey(
        Enquiry,
        verbose_name="aanvraag",
        null=True,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    kind = models.CharField("soort", max_length=20, choices=Kind.choices)
    state = models.CharField("toestand", max_length=10, choices=State.choices, default=State.QUEUED)
    recipient = models.EmailField("aan")
    reply_to = models.EmailField("antwoord aan", blank=True)
    subject = models.CharField("onderwerp", max_length=250)
    text = models.TextField("tekst")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="auteur", null=True, on_delete=models.SET_NULL
    )
    message_id = models.CharField("Message-ID", max_length=250, unique=True)
    created_at = models.DateTimeField("gemaakt", default=timezone.now)
    sent_at = models.DateTimeField("verzonden", null=True, blank=True)
    attempts = models.PositiveIntegerField("pogingen", default=0)
    error = models.CharField("laatste fout", max_length=500, blank=True)

    class Meta:
        verbose_name = "mail"
        verbose_name_plural = "mails"
        ordering = ["created_at", "pk"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["created_at"], name="message_unsent", condition=~models.Q(state="sent")
            ),
            models.Index(Upper("recipient"), name="message_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Note(models.Model):
    """What a colleague wrote down about an enquiry, for colleagues only."""

    enquiry = models.ForeignKey(
        Enquiry, verbose_name="aanvraag", on_delete=models.CASCADE, related_name="notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="auteur", null=True, on_delete=models.SET_NULL
    )
    text = models.TextField("notitie")
    created_at = models.DateTimeField("gemaakt", default=timezone.now)

    class Meta:
        verbose_name = "notitie"
        verbose_name_plural = "notities"
        ordering = ["created_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"notitie {self.pk}"


class SenderCount(models.Model):
    """How many enquiries came from one sender in one hour. Holds no address, only a keyed hash."""

    sender = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["sender", "hour"], name="unique_sender_hour")
        ]

    def __str__(self) -> str:
        return f"{self.sender[:8]} {self.hour:%H}h"


class Colleague(models.Model):
    """What somebody who handles enquiries has chosen for themselves."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="colleague"
    )
    signature = models.TextField(
        "ondertekening", blank=True, help_text="Staat onder elk antwoord dat u stuurt."
    )
    wants_digest = models.BooleanField(
        "ochtendoverzicht",
        default=True,
        help_text="Elke werkdag een mail met wat er open staat, als er iets open staat.",
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)


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
        (Message.Kind.ACKNOWLEDGEMENT, "Ontvangstbevestiging"),
        (Message.Kind.NOTIFICATION, "Melding aan ons"),
        (Message.Kind.REMINDER, "Herinnering"),
        (Message.Kind.DIGEST, "Ochtendoverzicht"),
        (Message.Kind.REVIEW, "Verzoek om na te kijken"),
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


class SeeOther(HttpResponseRedirect):
    """303: the POST is done, go and GET the answer (RFC 9110, 15.4.4)."""

    status_code = 303


class ContactPage(RoutablePageMixin, BasePage):
    """The firm's details beside the form, and the confirmation after it."""

    schema_type = "ContactPage"

    privacy_note = RichTextField("tekst onder het formulier", features=LINE_FEATURES, blank=True)
    retention_text = models.TextField(
        "hoe wij met gegevens omgaan",
        default=(
            "[organisatie] gebruikt uw gegevens alleen om uw bericht te beantwoorden, en "
            "verwijdert ze [termijn] daarna. U mag uw gegevens altijd inzien, verbeteren of laten "
            "wissen."
        ),
        help_text="[organisatie] en [termijn] volgen de instellingen.",
    )
    privacy_link = line("link naar de privacyverklaring", "Lees onze privacyverklaring")
    details_link = line("link naar de contactgegevens", "Mailen of bellen kan ook.")
    people_heading = line("kop boven de medewerkers", "Met wie u werkt")

    optional_label = line("achter een veld dat leeg mag blijven", "(niet verplicht)")
    too_long = line(
        "als iets te lang is",
        "[veld] is te lang: [nu] tekens. Er passen er [aantal] in.",
        help_text="[veld], [nu] en [aantal] worden ingevuld.",
    )
    submit_button = line("knop", "Verstuur bericht")
    name_label = line("label", "Uw naam")
    name_help = line("uitleg", "", blank=True)
    name_required = line("als het leeg is", "Vul uw naam in")
    organisation_label = line("label", "Organisatie")
    organisation_help = line(
        "uitleg", "Bijvoorbeeld uw gemeente, provincie of waterschap.", blank=True
    )
    email_label = line("label", "E-mailadres")
    email_help = line("uitleg", "Op dit adres krijgt u antwoord.", blank=True)
    email_required = line("als het leeg is", "Vul uw e-mailadres in")
    email_invalid = line("als het niet klopt", "Vul een e-mailadres in zoals naam@voorbeeld.nl")
    phone_label = line("label", "Telefoonnummer")
    phone_help = line("uitleg", "Als u liever gebeld wordt.", blank=True)
    phone_invalid = line(
        "als het niet klopt", "Vul een telefoonnummer in zoals 06-12 34 56 78 of 0592-12 34 56"
    )
    service_label = line("label", "Onderwerp")
    service_help = line("uitleg", "", blank=True)
    service_empty = line("als er niets gekozen is", "Kies een onderwerp")
    service_other = line("keuze voor iets anders", "Een andere vraag")
    service_accessibility = line(
        "keuze voor toegankelijkheid", "Iets op deze website werkt niet voor mij"
    )
    message_label = line("label", "Uw bericht")
    message_help = line("uitleg", "Vertel kort wat er speelt of wat u wilt weten.", blank=True)
    message_required = line("als het leeg is", "Schrijf een bericht")

    problem_title = line("kop", "Uw bericht is nog niet verstuurd")
    problem_invalid = line("als er iets niet klopt", "Verbeter eerst deze punten:")
    problem_too_many = models.TextField(
        "als er te veel berichten komen",
        default=(
            "Vanaf uw netwerk zijn het afgelopen uur erg veel berichten verstuurd. Daarom nemen "
            "wij er nu even geen meer aan. Alles wat u hebt ingevuld, staat hieronder nog. Probeer "
            "het over een uur opnieuw."
        ),
    )
    problem_cross_site = models.TextField(
        "als het formulier op een andere website stond",
        default=(
            "Uw browser zegt dat dit formulier vanaf een andere website is verstuurd. Voor uw "
            "veiligheid nemen wij dat niet aan. Alles wat u hebt ingevuld, staat hieronder nog. "
            "Verstuur het nog eens vanaf deze pagina."
        ),
    )
    problem_alternative = line("vóór de contactgegevens", "Mailen of bellen kan ook:")

    confirmation_title = line("titel", "Bedankt voor uw bericht")
    confirmation_introduction = models.TextField(
        "inleiding",
        default="Uw bericht is goed aangekomen. We nemen zo snel mogelijk contact met u op.",
    )
    confirmation_steps_heading = line("kop boven de stappen", "Hoe gaat het verder?")
    confirmation_steps = StreamField([("step", StepBlock())], verbose_name="stappen", blank=True)
    confirmation_hurry = line("vóór de telefoonnummers", "Hebt u haast? Bel ons:")
    copy_heading = line("kop boven de kopie", "Dit hebt u gestuurd")
    reference_label = line("label bij het kenmerk", "Kenmerk")
    copy_expired = line(
        "als de kopie niet meer te zien is",
        "De kopie van uw bericht is hier een uur te zien, en dat uur is voorbij. Uw bericht zelf "
        "hebben wij gewoon.",
    )

    content_panels = [*BasePage.content_panels, "details_link", "people_heading"]
    form_panels = [
        group("Naam", "name_label name_help name_required"),
        group("Organisatie", "organisation_label organisation_help"),
        group("E-mailadres", "email_label email_help email_required email_invalid"),
        group("Telefoonnummer", "phone_label phone_help phone_invalid"),
        group("Onderwerp", "service_label service_help"),
        group("Keuzes bij onderwerp", "service_empty service_other service_accessibility"),
        group("Bericht", "message_label message_help message_required"),
        group("Bij elk veld", "optional_label too_long"),
        group("Onder de velden", "privacy_note retention_text privacy_link submit_button"),
        group("Als versturen niet lukt", "problem_title problem_invalid problem_alternative"),
        group("Zeldzame problemen", "problem_too_many problem_cross_site"),
    ]
    confirmation_panels = [
        group("Kop", "confirmation_title confirmation_introduction"),
        group("Stappen", "confirmation_steps_heading confirmation_steps confirmation_hurry"),
        group("Kopie van het bericht", "copy_heading reference_label copy_expired"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading="Inhoud"),
            ObjectList(form_panels, heading="Formulier"),
            ObjectList(confirmation_panels, heading="Bevestiging"),
            ObjectList(BasePage.promote_panels, heading="Eigenschappen"),
            ObjectList(BasePage.settings_panels, heading="Instellingen"),
        ]
    )
    parent_page_types = ["vitaleoverheid.HomePage"]
    subpage_types: list[str] = []
    max_count = 1

    class Meta:
        verbose_name = "contactpagina"
        verbose_name_plural = "contactpagina’s"

    @path("")
    def form(self, request: HttpRequest) -> HttpResponse:
        """Show the form; on POST take in the enquiry."""
        from contact.forms import EnquiryForm  # noqa: PLC0415 (the form needs this module)

        if request.method == "POST":
            return self.take_in(request, EnquiryForm(request.POST, page=self))
        form = EnquiryForm(initial={"service": request.GET.get("dienst")}, page=self)
        return self.form_response(request, form)

    def take_in(self, request: HttpRequest, form: Any) -> HttpResponse:
        """Answer a posted form: 303 once the enquiry is stored, else the form and what is wrong."""
        from contact import intake  # noqa: PLC0415 (likewise)

        if is_cross_site(request):
            return self.form_response(request, form, problem="cross_site", status=403)
        if not form.is_valid():
            return self.form_response(request, form, problem="invalid", status=422)
        try:
            reference = intake.accept(form.content, form.circumstances(sender_of(request)))
        except intake.TooMany:
            return self.form_response(request, form, problem="too_many", status=429)
        token = signing.dumps(reference, salt=CONFIRMATION_SALT)
        return SeeOther(f"{self.get_url(request)}bedankt/{token}/")

    def form_response(
        self, request: HttpRequest, form: Any, *, problem: str = "", status: int = 200
    ) -> HttpResponse:
        """The page with the form; ``problem`` names what the visitor must be told first."""
        response = self.render(request, context_overrides={"form": form, "problem": problem})
        response.status_code = status
        if problem:
            add_never_cache_headers(response)  # it holds what was typed
        return response

    @path("bedankt/<str:token>/")
    def confirmation(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the reference and a copy of what was sent, for an hour."""
        response = self.render(
            request,
            template="contact/confirmation.html",
            context_overrides={"enquiry": enquiry_of(token)},
        )
        add_never_cache_headers(response)
        return response

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        if mode_name == "confirmation":
            return self.render(
                request,
                template="contact/confirmation.html",
                context_overrides={"enquiry": example_enquiry()},
            )
        return super().serve_preview(request, mode_name)

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return [*super().preview_modes, ("confirmation", "Bevestiging")]


def enquiry_of(token: str) -> Enquiry | None:
    """The enquiry that a confirmation address stands for; none once the address has expired.

    Raises ``Http404`` for an address that this site never gave out.
    """
    try:
        reference = signing.loads(token, salt=CONFIRMATION_SALT, max_age=CONFIRMATION_SECONDS)
    except signing.SignatureExpired:
        return None
    except signing.BadSignature as error:
        raise Http404 from error
    return Enquiry.objects.filter(reference=reference).select_related("service").first()


def example_enquiry() -> Enquiry:
    """An enquiry that was never stored, to preview the confirmation with."""
    return Enquiry(
        name="J. de Vries",
        organisation="Gemeente Voorbeeld",
        email="j.devries@voorbeeld.nl",
        message="Wij willen graag kennismaken.",
        pk=0,
    )
