"""A visitor answers a mail, and the answer stands with the enquiry."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from imaplib import IMAP4
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from contact import tasks
from contact.models import Enquiry, Message
from tests.conftest import Send
from tests.enquiries import address_of, make, references
from tests.mailbox import PASSWORD, USER, Mailbox, mailbox
from vitaleoverheid.settings import mailbox as parsed

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings: Settings) -> Iterator[Mailbox]:
    with mailbox() as server:
        settings.IMAP = address_for(server, "imap")
        yield server


def address_for(server: Mailbox, scheme: str) -> dict[str, Any]:
    """The mailbox as the settings know it."""
    user = USER.replace("@", "%40")
    return parsed(f"{scheme}://{user}:{PASSWORD}@127.0.0.1:{server.server_address[1]}")


def fetch() -> None:
    tasks.fetch_mail.func(0)


def answer(message: Message | None = None, **headers: str) -> EmailMessage:
    """A mail from the visitor, in answer to one of ours."""
    mail = EmailMessage()
    mail["Message-ID"] = "<antwoord@voorbeeld.nl>"
    mail["From"] = "Jan de Vries <jan@voorbeeld.nl>"
    mail["Subject"] = "RE: uw aanvraag"
    if message:
        mail["In-Reply-To"] = message.message_id
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content("Dinsdag kan ik niet. <script>alert(1)</script>\n")
    return mail


@pytest.fixture
def answered(send: Send) -> Enquiry:
    """An enquiry that was answered and read."""
    send()
    enquiry: Enquiry = Enquiry.objects.get()
    Enquiry.objects.update(status="answered", opened_at=enquiry.received_at)
    return enquiry


def test_an_answer_stands_in_the_conversation_and_asks_to_be_read(
    box: Mailbox, answered: Enquiry, colleague: Client
) -> None:
    box.receive(answer(answered.messages.get(kind="acknowledgement")))
    fetch()
    shown = colleague.get(address_of(answered)).content.decode()
    assert "Mail</strong> van jan@voorbeeld.nl" in shown
    assert "Dinsdag kan ik niet. &lt;script&gt;" in shown
    answered.refresh_from_db()
    assert answered.status == "in_progress"
    assert references(colleague, view="open") == [answered.reference]


def test_until_somebody_reads_it_the_enquiry_is_unread(box: Mailbox, answered: Enquiry) -> None:
    box.receive(answer(answered.messages.get(kind="acknowledgement")))
    fetch()
    answered.refresh_from_db()
    assert answered.opened_at is None


def test_an_answer_is_taken_in_once(box: Mailbox, answered: Enquiry) -> None:
    box.receive(answer(answered.messages.get(kind="acknowledgement")))
    for _ in range(2):
        fetch()
    assert answered.messages.filter(kind="incoming").count() == 1


def test_a_mail_that_names_the_reference_is_about_that_enquiry(
    box: Mailbox, answered: Enquiry
) -> None:
    box.receive(answer(Subject=f"Vraag over {answered.reference.lower()}"))
    fetch()
    assert answered.messages.filter(kind="incoming").exists()


def test_other_mail_is_nobodys_business_here(
    box: Mailbox, answered: Enquiry, settings: Settings
) -> None:
    ours = answered.messages.get(kind="notification")
    box.receive(answer(Message_ID="<nieuwsbrief@elders.nl>"))
    box.receive(answer(ours, Message_ID=ours.message_id))
    # Some mail services give our own mails another number on the way.
    sender = settings.DEFAULT_FROM_EMAIL
    box.receive(answer(Message_ID="<x@elders.nl>", Subject=ours.subject, From=sender))
    fetch()
    assert not Message.objects.filter(kind="incoming").exists()


def test_an_out_of_office_reply_is_kept_and_changes_nothing(
    box: Mailbox, answered: Enquiry
) -> None:
    about = answered.messages.get(kind="acknowledgement")
    box.receive(answer(about, Auto_Submitted="auto-replied"))
    fetch()
    answered.refresh_from_db()
    assert answered.messages.filter(kind="incoming").exists()
    assert (answered.status, answered.opened_at) == ("answered", answered.received_at)


def test_a_mail_in_html_with_a_file_is_read_as_text(box: Mailbox, answered: Enquiry) -> None:
    mail = answer(answered.messages.get(kind="acknowledgement"))
    mail.set_content("<p>Tot <b>dinsdag</b></p>", subtype="html")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    box.receive(mail)
    fetch()
    text = Message.objects.get(kind="incoming").text
    assert " ".join(text.split()) == "Tot dinsdag [1 bijlagen: zie de mailbox]"


ODD = b"Message-ID: <x>\r\nSubject: VO-%s\r\nFrom: \0<\r\nContent-Type: text/x; charset=x\r\n\r\n"


def test_one_odd_mail_hides_no_other(box: Mailbox, answered: Enquiry) -> None:
    name = answered.reference.removeprefix("VO-").encode()
    box.mails.append((ODD % name) + b"\xff\r\n")
    box.receive(answer(answered.messages.get(kind="acknowledgement")))
    fetch()
    assert answered.messages.filter(message_id="<antwoord@voorbeeld.nl>").exists()


def test_what_is_suspect_or_thrown_away_stays_there(box: Mailbox) -> None:
    suspect = make(status="suspect")
    box.receive(answer(Subject=suspect.reference))
    fetch()
    suspect.refresh_from_db()
    assert suspect.status == "suspect"


def test_a_mailbox_that_refuses_is_an_error_for_the_log(box: Mailbox, settings: Settings) -> None:
    settings.IMAP["password"] = "fout"
    with pytest.raises(IMAP4.error):
        fetch()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of this machine that nobody vouches for, and a server's use of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbox")])
    address = x509.IPAddress(ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(timezone.now())
        .not_valid_after(timezone.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file, key_file = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(Encoding.PEM))
    unlocked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key_file.write_bytes(unlocked)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return file, context


def test_the_password_goes_to_nobody_who_only_says_to_be_the_mail_server(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, context = certificate(tmp_path)
    with mailbox(context) as server:
        settings.IMAP = address_for(server, "imaps")
        with pytest.raises(ssl.SSLCertVerificationError):
            fetch()
        assert server.passwords == []
        monkeypatch.setenv("SSL_CERT_FILE", str(file))  # now the machine trusts it
        fetch()
        assert server.passwords


def test_without_a_mailbox_nothing_is_read() -> None:
    fetch()
    assert not Message.objects.exists()
