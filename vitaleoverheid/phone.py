"""Telephone numbers: read in any notation, kept as E.164, shown as the Dutch write them."""

import re
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError

COUNTRY = "NL"


def normalise(text: str) -> str:
    """The number in E.164 (``+31650266175``).

    Raises ``ValueError`` when the text is no telephone number that exists.
    """
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def cleaned(text: str) -> str:
    """As ``normalise``, for a field of a form; raises ``ValidationError``."""
    try:
        return normalise(text)
    except ValueError as error:
        raise ValidationError("Vul een telefoonnummer in zoals 06-12 34 56 78.") from error


@lru_cache(maxsize=256)  # the firm's own stand on every page
def display(e164: str) -> str:
    """The number for a reader: ``06-50 26 61 75``, ``0592-123 456``, ``+32 470 12 34 56``.

    Text that is no number comes back as it is.
    """
    try:
        number = phonenumbers.parse(e164, COUNTRY)
    except phonenumbers.NumberParseException:
        return e164
    if number.country_code != phonenumbers.country_code_for_region(COUNTRY):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    if mobile := re.fullmatch(r"06 (\d\d)(\d\d)(\d\d)(\d\d)", national):
        return "06-" + " ".join(mobile.groups())
    return national.replace(" ", "-", 1)
