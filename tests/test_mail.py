"""The firm and the visitor are mailed about an enquiry."""

import smtplib
from email.message import EmailMessage
from unittest.mock import Mock

import pytest
from django.template import TemplateSyntaxError
from django.test import Client
from pytest_django import Settings

from contact import mail
from contact.models import ContactSettings, Enquiry, Message
from tests.conftest import Send
from tests.live_site import LiveSite, free_port
from tests.mail_server import MailServer
from tests.reading import FORM_WITHOUT_MISTAKES

pytestmark = pytest.mark.django_db


@pytest.fixture
def notification(send: Send) -> Message:
    """The mail to the firm about an enquiry that just came in."""
    assert send().status_code == 303
    return Message.objects.get(kind="notification")


def delivered(message: Message, mail_server: MailServer) -> EmailMessage:
    """The mail as its recipient gets it."""
    mail.deliver(message.pk)
    return mail_server.next_mail()


def text(delivered: EmailMessage, kind: str = "plain") -> str:
    body = delivered.get_body((kind,))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


# To the firm


def test_the_firm_is_told_everything_the_visitor_wrote(
    notification: Message, mail_server: MailServer
) -> None:
    received = delivered(notification, mail_server)
    reference = Enquiry.objects.get().reference
    assert received["To"] == received["X-Delivered-To"] == "info@vitaleoverheid.nl"
    assert received["From"] == "Vitale Overheid <info@vitaleoverheid.nl>"
    assert received["Subject"] == f"Aanvraag {reference}: Gemeente Voorbeeld"
    for said in [
        *[reference, "Jan de Vries", "Gemeente Voorbeeld", "jan@voorbeeld.nl"],
        "Versterking interne samenwerking",
        "Wij willen kennismaken.\nKan dat in mei?",
    ]:
        assert said in text(received)
    assert "06-12 34 56 78" in text(received).replace("\N{NO-BREAK SPACE}", " ")


def test_an_answer_to_that_mail_goes_to_the_visitor(
    notification: Message, mail_server: MailServer
) -> None:
    assert delivered(notification, mail_server)["Reply-To"] == "jan@voorbeeld.nl"


def test_that_mail_leads_to_the_enquiry_in_the_admin(
    notification: Message, mail_server: MailServer, administrator: Client, settings: Settings
) -> None:
    lines = text(delivered(notification, mail_server)).splitlines()
    [address] = [line.partition(": ")[2] for line in lines if settings.SITE_URL in line]
    response = administrator.get(address.removeprefix(settings.SITE_URL))
    assert response.status_code == 200
    assert "Kan dat in mei?" in response.content.decode()


def test_everyone_the_firm_has_named_is_told(send: Send) -> None:
    chosen = ContactSettings.load()
    chosen.recipients = [("email", "een@voorbeeld.nl"), ("email", "twee@voorbeeld.nl")]
    chosen.save()
    send()
    told = Message.objects.filter(kind="notification").values_list("recipient", flat=True)
    assert sorted(told) == ["een@voorbeeld.nl", "twee@voorbeeld.nl"]


def test_the_firms_own_address_is_told_when_nobody_was_named(send: Send) -> None:
    chosen = ContactSettings.load()
    chosen.recipients = []
    chosen.save()
    send()
    assert Message.objects.get(kind="notification").recipient == "info@vitaleoverheid.nl"


def test_html_in_a_message_stays_text_in_the_mail(send: Send, mail_server: MailServer) -> None:
    send(message="<b>vet</b> & <script>alert(1)</script>")
    received = delivered(Message.objects.get(kind="notification"), mail_server)
    assert "<b>vet</b> & <script>" in text(received)
    assert "<script" not in text(received, "html")


# To the visitor


def test_the_visitor_is_told_that_the_message_arrived_in_words_that_are_not_the_visitors(
    send: Send, mail_server: MailServer
) -> None:
    send()
    message = Message.objects.get(kind="acknowledgement")
    received = delivered(message, mail_server)
    assert received["X-Delivered-To"] == "jan@voorbeeld.nl"
    assert received["Reply-To"] == "info@vitaleoverheid.nl"
    reference = Enquiry.objects.get().reference
    assert reference in received["Subject"]
    assert reference in text(received)
    for word in ("kennismaken", "Gemeente", "Vries"):
        assert word not in received.as_string()


def test_nobody_is_mailed_about_more_than_a_few_enquiries_that_carry_their_address(
    send: Send,
) -> None:
    for number in range(5):
        send(message=f"Bericht {number}")
    assert Message.objects.filter(kind="notification").count() == 5
    assert Message.objects.filter(kind="acknowledgement").count() == 3


def test_no_machine_answers_these_mails(notification: Message, mail_server: MailServer) -> None:
    assert delivered(notification, mail_server)["Auto-Submitted"] == "auto-generated"


# Nothing a visitor types gets into the headers


@pytest.mark.parametrize("field", ["name", "organisation"])
def test_a_line_break_in_a_name_adds_no_header_and_no_recipient(
    send: Send, mail_server: MailServer, field: str
) -> None:
    attack = "Jan\r\nBcc: slachtoffer@voorbeeld.nl\r\n\r\nNieuwe tekst"
    assert send(**{"organisation": "", field: attack}).status_code == 303
    received = delivered(Message.objects.get(kind="notification"), mail_server)
    assert received["X-Delivered-To"] == "info@vitaleoverheid.nl"
    assert received["Bcc"] is None
    assert received["Subject"].endswith("Jan Bcc: slachtoffer@voorbeeld.nl Nieuwe tekst")


def test_letters_of_any_alphabet_arrive(send: Send, mail_server: MailServer) -> None:
    send(organisation="Súdwest-Fryslân 😀", email="info@súdwest-fryslân.nl", message="שלום é 😀")
    received = delivered(Message.objects.get(kind="notification"), mail_server)
    assert received["Subject"].endswith("Súdwest-Fryslân 😀")
    assert received["Reply-To"] == "info@xn--sdwest-fryslân-dpb.nl".encode("idna").decode() or (
        received["Reply-To"].addresses[0].domain.startswith("xn--")
    )
    assert "שלום é 😀" in text(received)


# When the mail server does not cooperate


def test_an_enquiry_whose_mails_cannot_be_written_is_there_and_so_are_they_later(
    send: Send, monkeypatch: pytest.MonkeyPatch, mail_server: MailServer
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(mail, "render_to_string", Mock(side_effect=TemplateSyntaxError))
        assert send().status_code == 303
        for message in Enquiry.objects.get().messages.all():
            with pytest.raises(TemplateSyntaxError):
                mail.deliver(message.pk)
    for message in Enquiry.objects.get().messages.all():
        mail.deliver(message.pk)
    told = {mail_server.next_mail()["To"] for _ in range(2)}
    assert told == {"info@vitaleoverheid.nl", "jan@voorbeeld.nl"}


def test_a_mail_is_sent_once(notification: Message, mail_server: MailServer) -> None:
    mail.deliver(notification.pk)
    mail.deliver(notification.pk)
    assert mail_server.asked == 1
    notification.refresh_from_db()
    assert (notification.state, notification.attempts) == ("sent", 1)
    assert notification.sent_at


def test_a_mail_that_is_refused_for_now_is_tried_again_as_the_same_mail(
    notification: Message, mail_server: MailServer
) -> None:
    mail_server.answer = "451 Later, please"
    with pytest.raises(smtplib.SMTPDataError):
        mail.deliver(notification.pk)
    notification.refresh_from_db()
    assert (notification.state, notification.attempts) == ("queued", 1)
    assert "Later, please" in notification.error
    mail_server.answer = mail_server.OK
    assert delivered(notification, mail_server)["Message-ID"] == notification.message_id
    notification.refresh_from_db()
    assert (notification.state, notification.attempts, notification.error) == ("sent", 2, "")


@pytest.mark.parametrize("where", ["answer", "answer_to_recipient"])
def test_a_mail_that_is_refused_for_good_is_marked_and_not_tried_again(
    notification: Message, mail_server: MailServer, where: str
) -> None:
    setattr(mail_server, where, "550 No such person")
    mail.deliver(notification.pk)
    notification.refresh_from_db()
    assert (notification.state, notification.attempts) == ("failed", 1)
    assert "No such person" in notification.error
    setattr(mail_server, where, mail_server.OK)
    mail.deliver(notification.pk)
    assert mail_server.mails.empty()


def test_a_mail_stays_in_the_queue_while_no_mail_server_answers(
    notification: Message, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with pytest.raises(ConnectionRefusedError):
        mail.deliver(notification.pk)
    notification.refresh_from_db()
    assert (notification.state, notification.attempts) == ("queued", 1)
    assert "ConnectionRefusedError" in notification.error


def test_a_mail_that_cannot_be_sent_holds_up_no_other(send: Send, mail_server: MailServer) -> None:
    send()
    mail_server.answer_to_recipient = "550 No such person"
    mail.deliver(Message.objects.get(kind="acknowledgement").pk)
    mail_server.answer_to_recipient = mail_server.OK
    assert delivered(Message.objects.get(kind="notification"), mail_server)


# The worker


def test_the_worker_sends_what_the_site_has_put_in_its_queue_and_stops_when_told(
    live_site: LiveSite, mail_server: MailServer
) -> None:
    worker = live_site.manage("worker", EMAIL_URL=f"smtp://127.0.0.1:{mail_server.port}")
    try:
        form = FORM_WITHOUT_MISTAKES | {"message": "Gaat dit vanzelf?"}
        assert live_site.send(**form).status == 303
        received = mail_server.next_mail()
        while "Gaat dit vanzelf?" not in text(received):
            received = mail_server.next_mail()
        assert received["X-Delivered-To"] == "info@vitaleoverheid.nl"
    finally:
        worker.terminate()
    assert worker.wait(timeout=30) == 0
