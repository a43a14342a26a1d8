"""What a visitor may type."""

import re
from copy import deepcopy
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.formats import number_format

from contact.models import ContactPage, Enquiry
from contact.suspicion import Circumstances
from vitaleoverheid import phone
from vitaleoverheid.content_changes import until_content_changes

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SERVICE: Any = Enquiry._meta.get_field("service").related_model
OTHER = "anders"
ACCESSIBILITY = "toegankelijkheid"
CONTENT = ("name", "organisation", "email", "phone", "service", "message")
MISTAKES = ("required", "invalid")
WORDS = (
    *(f"{name}_{kind}" for name in CONTENT for kind in ("label", "help", *MISTAKES)),
    *("too_long", "service_empty", "service_other", "service_accessibility"),
)
"""The texts of the page that are part of the form, as far as the page has them."""
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
        params = {"show_value": count, "limit_value": limit}
        raise forms.ValidationError("", code="max_length", params=params)


class PhoneField(LineField):
    """A telephone number in any notation; its value is E.164."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return phone.normalise(text) if text else ""
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error


def with_numbers(text: str) -> str:
    """An editor's text as Django fills it in when something is too long."""
    text = text.replace("%", "%%")
    return text.replace("[nu]", "%(show_value)s").replace("[aantal]", "%(limit_value)s")


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

    name = LineField(max_length=150, widget=control(forms.TextInput, autocomplete="name"))
    organisation = LineField(
        max_length=150,
        required=False,
        widget=control(forms.TextInput, autocomplete="organization"),
    )
    email = LineEmailField(
        max_length=254,
        widget=control(forms.EmailInput, autocomplete="email", spellcheck="false"),
    )
    phone = PhoneField(
        max_length=50,
        required=False,
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "class": "form-field__input form-field__input--short",
                "autocomplete": "tel",
            }
        ),
    )
    service = forms.CharField(required=False, widget=control(forms.Select))
    message = TextField(widget=control(forms.Textarea, rows="9"), validators=[require_fitting])

    q7 = forms.CharField(label="Laat dit veld leeg", required=False)
    """A trap for programs that fill in every field; its name says nothing to anyone."""
    seconds = forms.CharField(required=False, widget=forms.HiddenInput)
    """How long the form was open, where the browser tells it."""

    def __init__(self, *args: Any, page: ContactPage | None = None, **kwargs: Any) -> None:
        self.page = page or ContactPage()
        words = tuple(getattr(self.page, word, "") for word in WORDS)
        self.services = services()
        subjects = tuple((slug, service.title) for slug, service in self.services.items())
        self.base_fields = fields_in(words, subjects)  # type: ignore[misc]
        super().__init__(*args, **kwargs)
        # An address that names no service leads to the same page as one that names nothing.
        if self.initial.get("service") not in {*self.services, OTHER, ACCESSIBILITY}:
            self.initial = {**self.initial, "service": ""}

    def clean_service(self) -> Any:
        """The service asked about. One that is gone since the page was opened stops no enquiry."""
        return self.services.get(self.cleaned_data["service"])

    def content_fields(self) -> list[forms.BoundField]:
        """The fields that a visitor sees."""
        return [self[name] for name in CONTENT]

    @property
    def content(self) -> dict[str, Any]:
        """What the visitor asked, once the form is valid."""
        is_report = self.data.get("service") == ACCESSIBILITY
        kind = Enquiry.Kind.ACCESSIBILITY if is_report else Enquiry.Kind.QUESTION
        return {**{name: self.cleaned_data[name] for name in CONTENT}, "kind": kind}

    def circumstances(self, sender: str) -> Circumstances:
        """How the enquiry came in, once the form is valid; ``sender`` is a key of the sender."""
        seconds = self.cleaned_data["seconds"]
        return Circumstances(
            sender=sender,
            trap=self.cleaned_data["q7"],
            seconds=int(seconds) if seconds.isdecimal() and len(seconds) < 9 else None,  # noqa: PLR2004
        )


class SharedFields(dict[str, forms.Field]):
    """Fields that all forms share: copying them takes longer than checking what was typed."""

    def __deepcopy__(self, memo: Any) -> "SharedFields":
        return self


@lru_cache(maxsize=8)
def fields_in(words: tuple[str, ...], subjects: tuple[tuple[str, str], ...]) -> SharedFields:
    """The fields of the form in an editor's words, in the order of ``WORDS``."""
    said = dict(zip(WORDS, words, strict=True))
    fields = SharedFields(deepcopy(EnquiryForm.declared_fields))
    for name in CONTENT:
        put_in_words(name, fields[name], said)
    fields["service"].widget.choices = [
        ("", said["service_empty"]),
        *subjects,
        (OTHER, said["service_other"]),
        (ACCESSIBILITY, said["service_accessibility"]),
    ]
    return fields


def put_in_words(name: str, field: forms.Field, said: dict[str, str]) -> None:
    """Give a field its texts."""
    field.label, field.help_text = said[f"{name}_label"], said[f"{name}_help"]
    messages = {code: said[f"{name}_{code}"] for code in MISTAKES}
    too_long = said["too_long"].replace("[veld]", field.label)
    field.error_messages |= {
        **{code: text for code, text in messages.items() if text},
        "max_length": messages["invalid"] or with_numbers(too_long),
    }
