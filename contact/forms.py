"""What a visitor may type."""

import re
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.formats import number_format

from contact.models import Enquiry
from contact.suspicion import Circumstances
from vitaleoverheid import phone
from vitaleoverheid.content_changes import until_content_changes

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SERVICE: Any = Enquiry._meta.get_field("service").related_model
OTHER = "anders"
ACCESSIBILITY = "toegankelijkheid"
MESSAGE_LENGTH = 10_000  # characters: three full pages


class LineField(forms.CharField):
    """One line of text. Line breaks and control characters become spaces: pasted text has them."""

    def to_python(self, value: Any) -> str:
        text = CONTROL_CHARACTERS.sub(" ", super().to_python(value) or "")
        return " ".join(text.split())


class LineEmailField(LineField, forms.EmailField):
    """An e-mail address."""


class TextField(forms.CharField):
    """Lines of text, with one kind of line break and no control characters."""

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return CONTROL_CHARACTERS.sub("", text).strip()


def require_fitting(text: str) -> None:
    """Refuse a text that is too long; a ``maxlength`` would let the browser cut it off unasked."""
    if len(text) > MESSAGE_LENGTH:
        count, limit = (number_format(n, force_grouping=True) for n in (len(text), MESSAGE_LENGTH))
        raise forms.ValidationError(
            f"Maak uw bericht korter. Het telt nu {count} tekens; er passen er {limit} in."
            " U kunt een langere tekst ook mailen."
        )


class PhoneField(LineField):
    """A telephone number in any notation; its value is E.164."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return phone.normalise(text) if text else ""
        except ValueError as error:
            raise forms.ValidationError(
                "Vul een telefoonnummer in zoals 06-12 34 56 78 of 0592-12 34 56"
            ) from error


@until_content_changes
def services() -> dict[str, Any]:
    """What a visitor may ask about, by the name in its address."""
    return {service.slug: service for service in SERVICE.objects.live().public()}


def control(widget: type[forms.Widget], **attrs: str) -> forms.Widget:
    """A form control in the design's clothes."""
    return widget(attrs={"class": "form-field__input", **attrs})


class FieldRenderer(TemplatesSetting):
    """Renders each field as the design draws it: label, hint, message, control."""

    field_template_name = "contact/field.html"


class EnquiryForm(forms.Form):
    """The contact form."""

    default_renderer = FieldRenderer

    name = LineField(
        label="Uw naam",
        max_length=150,
        widget=control(forms.TextInput, autocomplete="name"),
        error_messages={
            "required": "Vul uw naam in",
            "max_length": "Maak uw naam korter, tot %(limit_value)d tekens",
        },
    )
    organisation = LineField(
        label="Organisatie",
        help_text="Bijvoorbeeld uw gemeente, provincie of waterschap.",
        max_length=150,
        required=False,
        widget=control(forms.TextInput, autocomplete="organization"),
        error_messages={
            "max_length": "Maak de naam van uw organisatie korter, tot %(limit_value)d tekens"
        },
    )
    email = LineEmailField(
        label="E-mailadres",
        help_text="Op dit adres krijgt u antwoord.",
        max_length=254,
        widget=control(forms.EmailInput, autocomplete="email", spellcheck="false"),
        error_messages={
            "required": "Vul uw e-mailadres in",
            "invalid": "Vul een e-mailadres in zoals naam@voorbeeld.nl",
            "max_length": "Vul een e-mailadres in van hooguit %(limit_value)d tekens",
        },
    )
    phone = PhoneField(
        label="Telefoonnummer",
        help_text="Als u liever gebeld wordt.",
        max_length=50,
        required=False,
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "class": "form-field__input form-field__input--short",
                "autocomplete": "tel",
            }
        ),
        error_messages={"max_length": "Vul één telefoonnummer in, zoals 06-12 34 56 78"},
    )
    service = forms.CharField(label="Onderwerp", required=False, widget=control(forms.Select))
    message = TextField(
        label="Uw bericht",
        help_text="Vertel kort wat er speelt of wat u wilt weten.",
        widget=control(forms.Textarea, rows="9"),
        validators=[require_fitting],
        error_messages={"required": "Schrijf een bericht"},
    )

    q7 = forms.CharField(label="Laat dit veld leeg", required=False)
    """A trap for programs that fill in every field; its name says nothing to anyone."""
    seconds = forms.CharField(required=False, widget=forms.HiddenInput)
    """How long the form was open, where the browser tells it."""

    CONTENT = ("name", "organisation", "email", "phone", "service", "message")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = services()
        self.fields["service"].widget.choices = [
            ("", "Kies een onderwerp"),
            *((slug, service.title) for slug, service in self.services.items()),
            (OTHER, "Een andere vraag"),
            (ACCESSIBILITY, "Iets op deze website werkt niet voor mij"),
        ]
        # An address that names no service leads to the same page as one that names nothing.
        if self.initial.get("service") not in dict(self.fields["service"].widget.choices):
            self.initial = {**self.initial, "service": ""}

    def clean_service(self) -> Any:
        """The service asked about. One that is gone since the page was opened stops no enquiry."""
        return self.services.get(self.cleaned_data["service"])

    def content_fields(self) -> list[forms.BoundField]:
        """The fields that a visitor sees."""
        return [self[name] for name in self.CONTENT]

    @property
    def content(self) -> dict[str, Any]:
        """What the visitor asked, once the form is valid."""
        is_report = self.data.get("service") == ACCESSIBILITY
        kind = Enquiry.Kind.ACCESSIBILITY if is_report else Enquiry.Kind.QUESTION
        return {**{name: self.cleaned_data[name] for name in self.CONTENT}, "kind": kind}

    def circumstances(self, sender: str) -> Circumstances:
        """How the enquiry came in, once the form is valid; ``sender`` is a key of the sender."""
        seconds = self.cleaned_data["seconds"]
        return Circumstances(
            sender=sender,
            trap=self.cleaned_data["q7"],
            seconds=int(seconds) if seconds.isdecimal() and len(seconds) < 9 else None,  # noqa: PLR2004
        )
