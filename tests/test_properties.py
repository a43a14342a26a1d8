"""What holds for any text whatever: in the form, on record, and in the mails."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.test import Client
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from contact import mail
from contact.forms import EnquiryForm
from contact.models import Enquiry, Message, SenderCount
from tests.mail_server import MailServer
from tests.reading import parse

pytestmark = pytest.mark.django_db

examples = settings(
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Texts


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


ANYTHING = st.text(max_size=300)
BLANKS = st.text(" \t\r\n\0\x0b\x1c\x85\u2028\xa0", min_size=1, max_size=3)
TRICKY = st.lists(
    st.sampled_from(
        [
            *'\r\n\t\x00\x0b\x1b\x7f\x85\u2028\u202e",;:<>@()[]\\%=?_ ',
            "é",
            "😀",
            "Jan",
            "Bcc:",
            "\r\n",
            "=?utf-8?q?",
            "?=",
            "{{ 7|add:7 }}",
            "<script>",
            "&amp;",
            "'; --",
            "[kenmerk]",
            ".",
        ]
    ),
    max_size=20,
).map("".join)
WORDS = ANYTHING | TRICKY
ADDRESSES = (
    st.emails().filter(is_address)
    | st.sampled_from(
        [
            "o'neil+x@voorbeeld.amsterdam",
            "info@gemeente-súdwest-fryslân.nl",
            '"jan,piet"@voorbeeld.nl',
            '"jan@elders.nl"@voorbeeld.nl',
            '"jan\\ \\"de\\"\\ vries"@voorbeeld.nl',
            '"<jan>:;"@voorbeeld.nl',
            "a" * 64 + "@" + ".".join(["b" * 59] * 3) + ".nl",
        ]
    )
).map(lambda address: address[:254])
NUMBERS = st.sampled_from(["", "06 12345678", "+32 470 12 34 56", "(0592) 12 34 56"])
SERVICES = st.sampled_from(["", "anders", "versterking-interne-samenwerking"])


def line(text: str) -> str:
    """One line: every line break, control character and run of spaces is a single space."""
    return " ".join("".join(" " if c < " " or c == "\x7f" else c for c in text).split())


def lines(text: str) -> str:
    """Lines: one kind of line break, no other control characters but the tab, nothing around it."""
    text = re.sub("\r\n?", "\n", text)
    return "".join(c for c in text if c in "\t\n" or not (c < " " or c == "\x7f")).strip()


def fits(limit: int, kept: Callable[[str], str]) -> Callable[[str], bool]:
    """Whether the form takes the text: something is left of it, and not too much."""
    return lambda text: 0 < len(kept(text)) <= limit


ENQUIRIES = st.fixed_dictionaries(
    {
        "name": WORDS.filter(fits(150, line)),
        "organisation": WORDS.filter(lambda text: len(line(text)) <= 150),
        "email": ADDRESSES,
        "phone": NUMBERS,
        "service": SERVICES,
        "message": st.lists(WORDS, min_size=2, max_size=3)
        .map(" ".join)
        .filter(fits(10_000, lines)),
    }
)


def post(visitor: Client, typed: dict[str, str]) -> Any:
    """Send the form to a site on which nobody sent anything before."""
    Enquiry.objects.all().delete()
    SenderCount.objects.all().delete()
    return again(visitor, typed)


def again(visitor: Client, typed: dict[str, str]) -> Any:
    """Send the form as a browser does."""
    return visitor.post("/contact/", typed)


# The form


@given(typed=st.dictionaries(st.sampled_from(list(EnquiryForm.base_fields)), WORDS))
@examples
def test_any_text_in_any_field_is_taken_in_or_given_back(
    visitor: Client, typed: dict[str, str]
) -> None:
    response = post(visitor, typed)
    assert response.status_code in {303, 422}
    assert Enquiry.objects.count() == (response.status_code == 303)


VISIBLE = st.text(st.characters(exclude_categories=["C"]), max_size=100)


@given(
    typed=st.fixed_dictionaries(dict.fromkeys(["name", "organisation", "email", "phone"], VISIBLE))
)
@examples
def test_what_is_given_back_is_what_was_typed(visitor: Client, typed: dict[str, str]) -> None:
    message = "".join(typed.values())
    response = post(visitor, {**typed, "email": f"{typed['email']} ", "message": message})
    assert response.status_code == 422
    soup = parse(response)
    given_back = {field["name"]: field.get("value", "") for field in soup.select("main form input")}
    assert typed.items() <= {**given_back, "email": given_back["email"][:-1]}.items()
    assert soup.select_one("main form textarea").string.removeprefix("\n") == message


@given(typed=ENQUIRIES)
@examples
def test_what_is_kept_is_what_was_typed(visitor: Client, typed: dict[str, str]) -> None:
    assert post(visitor, typed).status_code == 303
    enquiry = Enquiry.objects.get()
    assert enquiry.name == line(typed["name"])
    assert enquiry.organisation == line(typed["organisation"])
    assert enquiry.email == typed["email"]
    assert enquiry.phone == re.sub(r"[ ()]", "", re.sub(r"^\(?0", "+31", typed["phone"]))
    assert enquiry.message == lines(typed["message"])


# The same enquiry


def same(typed: dict[str, str]) -> tuple[str, ...]:
    """Two enquiries are the same one when this is."""
    return (
        line(typed["name"]),
        line(typed["organisation"]),
        line(typed["email"]).lower(),
        re.sub(r"\D", "", typed["phone"]),
        typed["service"].replace("anders", ""),
        " ".join(lines(typed["message"]).split()),
    )


@given(typed=ENQUIRIES, blanks=st.lists(BLANKS, min_size=6, max_size=6))
@examples
def test_the_same_content_has_the_same_reference_however_it_is_spaced(
    visitor: Client, typed: dict[str, str], blanks: list[str]
) -> None:
    first = post(visitor, typed)
    spaced = {
        name: before + value.replace(" ", f" {after}") + after
        for (name, value), before, after in zip(typed.items(), blanks, blanks[::-1], strict=True)
    }
    spaced |= {"service": typed["service"], "email": f"{blanks[0]}{typed['email'].upper()}"}
    assume(is_address(line(spaced["email"])) and same(typed) == same(spaced))
    assert again(visitor, spaced).status_code == first.status_code == 303
    assert Enquiry.objects.count() == 1


CHANGES: list[Callable[[str], str]] = [
    str.upper,
    str.lower,
    lambda text: text.replace(" ", "\n"),
    lambda text: text.replace("Jan", " Jan"),
    lambda text: text[1:],
    lambda text: f"{text}.",
]


@given(
    typed=ENQUIRIES,
    name=st.sampled_from(["name", "organisation", "message"]),
    change=st.sampled_from(CHANGES),
    other=st.fixed_dictionaries({"email": ADDRESSES, "phone": NUMBERS, "service": SERVICES}),
    others=st.sets(st.sampled_from(["email", "phone", "service"]), max_size=1),
)
@examples
def test_any_difference_makes_another_reference_and_nothing_else_does(
    visitor: Client,
    typed: dict[str, str],
    name: str,
    change: Callable[[str], str],
    other: dict[str, str],
    others: set[str],
) -> None:
    changed = {**typed, name: change(typed[name]), **{each: other[each] for each in others}}
    assume(again(visitor, changed).status_code == 303)
    assert post(visitor, typed).status_code == again(visitor, changed).status_code == 303
    assert Enquiry.objects.count() == (1 if same(typed) == same(changed) else 2)


# The mails


def as_received(message: Message) -> EmailMessage:
    """The mail as the program of its recipient reads it."""
    received: Any = message_from_bytes(mail.compose(message).message().as_bytes(), policy=default)
    return received


EXPECTED = {
    *{"Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID"},
    *{"Reply-To", "Auto-Submitted"},
}


@given(typed=ENQUIRIES)
@example(
    {
        "name": "Jan",
        "organisation": "=?utf-8?q?Vals?=",
        "email": "jan@voorbeeld.nl",
        "message": "Hallo",
    }
)
@examples
def test_the_mails_about_any_enquiry_are_well_formed_and_tell_all(
    visitor: Client, typed: dict[str, str]
) -> None:
    assert post(visitor, typed).status_code == 303
    for message in Message.objects.all():
        received = as_received(message)
        assert sorted(received.keys()) == sorted(EXPECTED)
        assert not received.defects
        assert not any(header.defects for header in received.values())
        assert received["Subject"].strip() == message.subject.replace("=?", "= ?")
        assert [address.addr_spec for address in received["From"].addresses] == [
            "info@vitaleoverheid.nl"
        ]
        [to] = received["To"].addresses
        [reply_to] = received["Reply-To"].addresses
        visitors = to if message.kind == "acknowledgement" else reply_to
        local, _, domain = typed["email"].rpartition("@")
        assert visitors.domain == domain.encode("idna").decode()
        assert visitors.username in {local, local.strip('"').replace("\\", "")}
        for part in received.iter_parts():
            assert not part.defects
        plain = received.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert " ".join(plain.split()) == " ".join(message.text.split())
        if message.kind == "notification":
            for text in (line(typed["name"]), line(typed["organisation"])):
                assert text in plain


@given(subject=WORDS, text=WORDS.map(lines).filter(bool), recipient=ADDRESSES)
@examples
def test_an_answer_with_any_subject_arrives_as_it_was_written(
    mail_server: MailServer, subject: str, text: str, recipient: str
) -> None:
    subject = lines(subject)[:250]  # as a field of a form gives it
    message = Message(kind=Message.Kind.REPLY, recipient=recipient, subject=subject, text=text)
    mail.queue(message)
    mail.deliver(message.pk)
    received = mail_server.next_mail()
    assert sorted(received.keys()) == sorted(
        EXPECTED - {"Reply-To", "Auto-Submitted"} | {"X-Delivered-To"}
    )
    assert received["Subject"].strip() == line(subject).replace("=?", "= ?")
    plain = received.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert " ".join(plain.split()) == " ".join(text.split())
