"""Enquiries, the mails about them and notes; and the page through which they come in."""

import secrets
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core import signing
from django.db import models
from django.db.models.functions import Upper
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from contact import working_days
from contact.origin import is_cross_site, sender_of
from contact.settings import ContactSettings
from contact.texts import ContactTexts
from vitaleoverheid.models import BasePage, known, optional, tabs

CONFIRMATION_SALT = "contact.confirmation"
CONFIRMATION_SECONDS = 60 * 60

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capitals that nobody confuses when reading them out over the telephone."""


def new_reference() -> str:
    """A reference such as ``VO-7F3K-Q9XM``: random, so that it gives nothing away."""
    letters = "".join(secrets.SystemRandom().choices(REFERENCE_ALPHABET, k=8))
    return f"VO-{letters[:4]}-{letters[4:]}"


def new_message_id() -> str:
    """The name that a mail keeps, however often it is sent (RFC 5322, 3.6.4)."""
    return make_msgid(domain=settings.DEFAULT_FROM_EMAIL.rpartition("@")[2])


NEWEST_FIRST = ["-received_at", "-id"]


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
        days = known(ContactSettings).response_days
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

    reference = models.CharField("kenmerk", max_length=12, default=new_reference)
    received_at = models.DateTimeField("ontvangen", default=timezone.now)
    name = models.CharField("naam", max_length=150)
    organisation = models.CharField("organisatie", max_length=150, blank=True)
    email = models.EmailField("e-mailadres")
    phone = models.CharField("telefoonnummer", max_length=20, blank=True)
    service = optional("services.ServicePage", "dienst", db_index=False)
    kind = models.CharField("soort", max_length=20, choices=Kind.choices, default=Kind.QUESTION)
    message = models.TextField("bericht")
    status = models.CharField("status", max_length=20, choices=Status.choices, default=Status.NEW)
    status_changed_at = models.DateTimeField("status sinds", default=timezone.now)
    answered_at = models.DateTimeField("eerste antwoord", null=True, blank=True)
    assigned_to = optional(settings.AUTH_USER_MODEL, "behandelaar", db_index=False)
    signals = models.JSONField("signalen", default=list, blank=True)
    """Why this may be spam: ``{"weight": 3, "reason": "…"}`` for each signal."""
    restored_at = models.DateTimeField("hersteld", null=True, blank=True)
    """When a colleague said that a suspect enquiry is a real one."""
    opened_at = models.DateTimeField("voor het eerst geopend", null=True, blank=True)
    deleted_at = models.DateTimeField("in de prullenbak", null=True, blank=True)
    is_canary = models.BooleanField("eigen proef", default=False)
    """Whether the site sent this to itself, to see that an enquiry comes through."""
    digest = models.BinaryField(max_length=32)
    """SHA-256 of the normalised content: the same is there once a day (``0004_once_a_day``)."""
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
        constraints = [models.UniqueConstraint(fields=["reference"], name="enquiry_reference")]
        # A visitor waits for each that holds a new enquiry, so what can do without those does.
        indexes = [
            GinIndex(fields=["search"], name="enquiry_search"),
            models.Index(Upper("email"), name="enquiry_email"),
            # The list and its filters are counted from this alone: it is a tenth of the table.
            models.Index(
                fields=NEWEST_FIRST,
                include=["status", "kind", "service", "assigned_to", "deleted_at", "is_canary"],
                name="enquiry_newest",
            ),
            models.Index(fields=["status", *NEWEST_FIRST], name="enquiry_status"),
            models.Index(fields=["name", *NEWEST_FIRST], name="enquiry_name"),
            models.Index(
                fields=NEWEST_FIRST,
                condition=models.Q(deleted_at__isnull=False),
                name="enquiry_binned",
            ),
            models.Index(
                fields=["service", *NEWEST_FIRST],
                condition=models.Q(service__isnull=False),
                name="enquiry_service",
            ),
            models.Index(
                fields=["assigned_to", *NEWEST_FIRST],
                condition=models.Q(assigned_to__isnull=False),
                name="enquiry_assigned_to",
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

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, null=True, related_name="messages")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    recipient = models.EmailField()
    reply_to = models.EmailField(blank=True)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_index=False)
    message_id = models.CharField(max_length=250, default=new_message_id)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["message_id"], name="message_message_id")]
        indexes = [
            models.Index(
                fields=["created_at"], name="message_unsent", condition=~models.Q(state="sent")
            ),
            models.Index(
                Upper("recipient"),
                "created_at",
                condition=models.Q(kind="acknowledgement"),
                name="message_acknowledged",
            ),
            models.Index(
                fields=["author"], condition=models.Q(author__isnull=False), name="message_author"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Note(models.Model):
    """What a colleague wrote down about an enquiry, for colleagues only."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
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

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="colleague")
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


class SeeOther(HttpResponseRedirect):
    """303: the POST is done, go and GET the answer (RFC 9110, 15.4.4)."""

    status_code = 303


class ContactPage(RoutablePageMixin, ContactTexts):
    """The firm's details beside the form, and the confirmation after it."""

    schema_type = "ContactPage"

    content_panels = [
        *BasePage.content_panels,
        "details_link",
        "copy_button",
        "copy_done",
        "people_heading",
    ]
    edit_handler = tabs(
        {
            "Inhoud": content_panels,
            "Formulier": ContactTexts.form_panels,
            "Bevestiging": ContactTexts.confirmation_panels,
            "Eigenschappen": BasePage.promote_panels,
            "Instellingen": BasePage.settings_panels,
        }
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
        return SeeOther(f"{request.path}bedankt/{token}/")

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
