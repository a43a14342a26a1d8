"""What is mailed, to whom and in which words; and what becomes of a mail that does not get away."""

import socket
from asyncio import CancelledError, run
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from smtplib import SMTPServerDisconnected
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from contact import mail, tasks
from contact.forms import EnquiryForm
from contact.management.commands import worker
from contact.models import ContactSettings, Enquiry, Message
from tests.conftest import Send
from tests.enquiries import as_it_goes_out, at, mailed, make, press, screen
from tests.live_site import free_port
from tests.mail_server import MailServer
from tests.reading import words
from vitaleoverheid.models import OrganisationSettings

pytestmark = pytest.mark.django_db


def acknowledgement(enquiry: Enquiry) -> Message:
    return as_it_goes_out(enquiry.messages.get(kind="acknowledgement"))


def composed(message: Message) -> EmailMessage:
    """The mail as a mail program reads it."""
    return message_from_bytes(mail.compose(message).message().as_bytes(), policy=SMTP)


def body(received: EmailMessage, kind: str = "plain") -> str:
    part = received.get_body((kind,))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


# What the visitor is told


@pytest.mark.parametrize(
    ("received", "promised"),
    [
        ("2026-05-18 09:00", "woensdag 20 mei"),
        ("2026-05-15 23:59", "dinsdag 19 mei"),
        ("2026-05-16 12:00", "dinsdag 19 mei"),  # a Saturday
        ("2026-04-24 10:00", "woensdag 29 april"),  # King's Day on Monday
        ("2026-05-13 10:00", "maandag 18 mei"),  # Ascension Day on Thursday
        ("2026-12-24 10:00", "dinsdag 29 december"),  # Christmas on Friday and Saturday
        ("2026-12-31 10:00", "dinsdag 5 januari"),  # New Year's Day on Friday, and a weekend
    ],
)
def test_the_visitor_is_promised_an_answer_by_a_day_on_which_we_work(
    send: Send, received: str, promised: str
) -> None:
    with at(received):
        send()
    text = acknowledgement(Enquiry.objects.get()).text
    assert f"uiterlijk {promised} contact" in text


def test_the_promise_follows_the_settings_and_so_do_the_words(send: Send) -> None:
    chosen = ContactSettings.load()
    chosen.response_days = 1
    chosen.acknowledgement_subject = "Dag [kenmerk]"
    chosen.acknowledgement_text = "Tot [datum]. <b>[kenmerk]</b> 100% [naam]"
    chosen.save()
    with at("2026-05-18 09:00"):
        send()
    enquiry = Enquiry.objects.get()
    message = acknowledgement(enquiry)
    assert message.subject == f"Dag {enquiry.reference}"
    assert message.text.startswith(f"Tot dinsdag 19 mei. <b>{enquiry.reference}</b> 100% [naam]\n")


def test_the_visitor_is_told_how_else_to_reach_us(send: Send) -> None:
    send()
    text = acknowledgement(Enquiry.objects.get()).text
    for said in ("Vitale Overheid", "info@vitaleoverheid.nl", "06-50\N{NO-BREAK SPACE}26"):
        assert said in text


def test_a_day_later_the_same_address_is_mailed_again(send: Send) -> None:
    with at("2026-05-18 09:00"):
        for number in range(4):
            send(
                message=f"Bericht {number}",
                email="Jan@voorbeeld.nl" if number else "jan@voorbeeld.nl",
            )
    assert Message.objects.filter(kind="acknowledgement").count() == 3
    with at("2026-05-19 09:01"):
        send(message="Bericht 5")
    assert Message.objects.filter(kind="acknowledgement").count() == 4
    assert Message.objects.filter(kind="notification").count() == 5


# To whom the firm's mail goes


def test_each_recipient_has_a_mail_of_its_own_and_one_refusal_costs_the_others_nothing(
    send: Send, mail_server: MailServer
) -> None:
    chosen = ContactSettings.load()
    chosen.recipients = [("email", f"{name}@voorbeeld.nl") for name in ("een", "twee", "drie")]
    chosen.save()
    send()
    first, second, third = Message.objects.filter(kind="notification")
    mail.deliver(first.pk)
    mail_server.answer_to_recipient = "550 No such person"
    mail.deliver(second.pk)
    mail_server.answer_to_recipient = mail_server.OK
    mail.deliver(third.pk)
    states = Message.objects.filter(kind="notification").values_list("recipient", "state")
    assert dict(states) == {
        "een@voorbeeld.nl": "sent",
        "twee@voorbeeld.nl": "failed",
        "drie@voorbeeld.nl": "sent",
    }


def save_settings(client: Client, *recipients: str) -> Any:
    """Save the settings of the enquiries with these recipients."""
    pk = ContactSettings.load().pk
    stream = {
        "recipients-count": len(recipients),
        **{f"recipients-{n}-value": address for n, address in enumerate(recipients)},
        **{f"recipients-{n}-type": "email" for n in range(len(recipients))},
        **{f"recipients-{n}-order": n for n in range(len(recipients))},
        **{f"recipients-{n}-deleted": "" for n in range(len(recipients))},
    }
    others = {
        "response_days": 2,
        "acknowledgement_subject": "Ontvangen",
        "acknowledgement_text": "Dank.",
        "acknowledgement_closing": "Groet,",
        "retention_introduction": "Wij bewaren:",
        **{f"{kind}_text": "[termijn]" for kind in ("done", "suspect", "bin")},
        "reply_templates-count": 0,
        "done_months": 12,
        "suspect_days": 30,
        "bin_days": 30,
        "privacy_page": "",
    }
    return client.post(f"/admin/settings/contact/contactsettings/{pk}/", stream | others)


def test_somebody_must_hear_of_an_enquiry(administrator: Client) -> None:
    before = mail.recipients()
    response = save_settings(administrator)
    assert response.status_code == 200
    assert "kon vanwege fouten niet worden opgeslagen" in response.content.decode()
    assert mail.recipients() == before
    assert save_settings(administrator, "geen adres").status_code == 200
    assert save_settings(administrator, "een@voorbeeld.nl", "twee@voorbeeld.nl").status_code == 302
    assert mail.recipients() == ["een@voorbeeld.nl", "twee@voorbeeld.nl"]


# Headers


def test_the_headers_say_who_we_are_and_that_this_mail_was_made_by_a_machine(send: Send) -> None:
    send()
    received = composed(Enquiry.objects.get().messages.get(kind="notification"))
    assert received["From"] == "Vitale Overheid <info@vitaleoverheid.nl>"
    assert received["Message-ID"].endswith("@vitaleoverheid.nl>")
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Reply-To"] == "jan@voorbeeld.nl"


def test_an_answer_of_a_colleague_is_a_mail_of_a_person(colleague: Client) -> None:
    enquiry = make()
    press(colleague, enquiry, "reply", subject="Over uw vraag", text="Graag.")
    received = composed(enquiry.messages.get(kind="reply"))
    assert received["Auto-Submitted"] is None
    assert received["Reply-To"] == "info@vitaleoverheid.nl"
    assert received["To"] == "jan@voorbeeld.nl"


def test_a_mail_is_plain_text_and_the_same_in_simple_html(send: Send) -> None:
    send(message="Eerst <b>dit</b> & dat.\n\nDan https://www.voorbeeld.nl/?a=1&b=2")
    received = composed(Enquiry.objects.get().messages.get(kind="notification"))
    plain, html = body(received, "plain"), body(received, "html")
    assert "Eerst <b>dit</b> & dat.\n\nDan https://www.voorbeeld.nl/?a=1&b=2\n" in plain
    assert "Eerst &lt;b&gt;dit&lt;/b&gt; &amp; dat.</p>" in html
    assert 'href="https://www.voorbeeld.nl/?a=1&amp;b=2"' in html


@pytest.mark.parametrize(
    "name",
    ["Jansen, Piet", 'Piet "de Baas"', "<Piet>", "Piet;", "Zoë 😀 Đặng", "ﷺ" * 150, "x" * 150],
)
def test_any_name_is_a_fine_subject(send: Send, name: str) -> None:
    assert send(name=name, organisation="").status_code == 303
    enquiry = Enquiry.objects.get()
    received = composed(enquiry.messages.get(kind="notification"))
    assert received["Subject"].strip() == f"Aanvraag {enquiry.reference}: {name}"


def test_a_firm_with_an_odd_name_is_still_the_sender(send: Send) -> None:
    firm = OrganisationSettings.load()
    firm.name = 'Vitale "Overheid", het bureau'
    firm.save()
    send()
    [address] = composed(Message.objects.first())["From"].addresses  # type: ignore[arg-type]
    assert (address.display_name, address.addr_spec) == (firm.name, "info@vitaleoverheid.nl")


ALLOWED = {
    *["Subject", "From", "To", "Reply-To", "Message-ID", "Auto-Submitted", "Date"],
    *["MIME-Version", "Content-Type"],
}


@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.text(min_size=1, max_size=150),
    organisation=st.text(max_size=150),
    message=st.text(min_size=1, max_size=300),
)
def test_nothing_that_is_typed_adds_a_header_or_a_recipient(
    db: None, name: str, organisation: str, message: str
) -> None:
    typed = {"name": name, "organisation": organisation, "message": message}
    form = EnquiryForm({**typed, "email": "jan@voorbeeld.nl"})
    if not form.is_valid():
        return
    enquiry = Enquiry(**form.content, pk=1)
    told = {"enquiry": enquiry, "recipient": "info@vitaleoverheid.nl", "message_id": "<1@x>"}
    received = composed(Message(kind="notification", **told))
    assert set(received.keys()) <= ALLOWED
    assert [address.addr_spec for address in received["To"].addresses] == ["info@vitaleoverheid.nl"]
    subject = f"Aanvraag {enquiry.reference}: {enquiry.organisation or enquiry.name}"
    assert received["Subject"].strip() == subject
    assert f"\n\n{enquiry.message}\n" in body(received)


@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(address=st.emails() | st.text(max_size=20).map(lambda text: f'"{text}"@voorbeeld.nl'))
def test_a_mail_to_a_visitor_goes_to_that_address_alone(db: None, address: str) -> None:
    form = EnquiryForm({"name": "Jan", "message": "Hallo.", "email": address})
    if not form.is_valid():
        return
    told = {"recipient": form.content["email"], "reply_to": "info@vitaleoverheid.nl"}
    enquiry = Enquiry(**form.content)
    message = Message(kind="acknowledgement", enquiry=enquiry, message_id="<1@x>", **told)
    outgoing = mail.compose(message)
    assert len(outgoing.recipients()) == 1
    received = composed(message)
    assert set(received.keys()) <= ALLOWED
    assert len(received["To"].addresses) == 1


# A mail that does not get away


def test_a_mail_that_was_refused_is_shown_and_sent_again_when_asked(
    colleague: Client, mail_server: MailServer
) -> None:
    enquiry = make()
    message = mailed(enquiry, "reply", recipient="jan@voorbeeld.nl")
    mail_server.answer_to_recipient = "550 No such person"
    mail.deliver(message.pk)
    said = words(screen(colleague, enquiry))
    assert "Niet verzonden." in said
    assert "No such person" in said
    mail_server.answer_to_recipient = mail_server.OK
    for _ in range(2):
        press(colleague, enquiry, "resend", message=str(message.pk))
        collect()
    assert jobs_of(message) == 1
    mail.deliver(message.pk)
    assert mail_server.next_mail()["Message-ID"] == message.message_id
    said = words(screen(colleague, enquiry))
    assert "Niet verzonden." not in said
    assert "Verzonden op" in said
    assert "Mail opnieuw verstuurd" in said


@pytest.mark.parametrize("asked", ["", "abc", "0", "9999999", "another"])
def test_only_a_mail_of_this_enquiry_is_sent_again(colleague: Client, asked: str) -> None:
    enquiry = make()
    other = mailed(make(), state="failed")
    response = press(
        colleague, enquiry, "resend", message=str(other.pk) if asked == "another" else asked
    )
    assert response.status_code == 404
    other.refresh_from_db()
    assert other.state == "failed"


def test_a_mail_that_waits_says_what_the_mail_server_answered(
    colleague: Client, mail_server: MailServer
) -> None:
    enquiry = make()
    message = mailed(enquiry)
    mail_server.answer = "451 Come back later"
    with pytest.raises(Exception, match="Come back later"):
        mail.deliver(message.pk)
    assert "Wacht op verzending (1 keer geprobeerd" in words(screen(colleague, enquiry))


def test_a_mail_server_that_says_nothing_costs_no_more_than_the_time_out(
    settings: Settings,
) -> None:
    message = mailed(make())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 0.2
        with pytest.raises(SMTPServerDisconnected, match="timed out"):
            mail.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)
    assert "timed out" in message.error


def test_there_is_a_time_out_on_every_connection(settings: Settings) -> None:
    assert 0 < settings.EMAIL_TIMEOUT <= 30


def test_a_wrong_password_of_ours_is_no_reason_to_give_up_a_mail(settings: Settings) -> None:
    message = mailed(make())
    server = Controller(
        object(),
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=lambda *credentials: AuthResult(success=False, handled=False),
        auth_require_tls=False,
    )
    server.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "site", "verkeerd"
        with pytest.raises(Exception, match="535"):
            mail.deliver(message.pk)
    finally:
        server.stop()
    message.refresh_from_db()
    assert message.state == "queued"


def test_a_mail_that_cannot_even_be_made_delays_no_other(mail_server: MailServer) -> None:
    enquiry = make()
    poisoned = mailed(enquiry, recipient="een@voorbeeld.nl\nBcc: twee@voorbeeld.nl")
    sound = mailed(enquiry)
    with pytest.raises(Exception, match="Invalid address"):
        mail.deliver(poisoned.pk)
    mail.deliver(sound.pk)
    assert mail_server.next_mail()["Message-ID"] == sound.message_id
    poisoned.refresh_from_db()
    assert (poisoned.state, poisoned.attempts) == ("queued", 1)
    assert poisoned.error


def test_a_failure_that_is_noted_late_takes_nothing_back(mail_server: MailServer) -> None:
    message = mailed(make())
    mail.deliver(message.pk)
    mail.record_failure(message.pk, TimeoutError("another worker gave up on it meanwhile"))
    message.refresh_from_db()
    assert (message.state, message.error) == ("sent", "")


# Trying again


def test_a_mail_is_tried_again_soon_at_first_and_then_every_six_hours_for_a_week() -> None:
    waits, attempts = [], 0
    while decision := tasks.Patience().get_retry_decision(
        exception=TimeoutError(),
        job=SimpleNamespace(attempts=attempts),  # type: ignore[arg-type]
    ):
        assert decision.retry_at
        waits.append(round((decision.retry_at - timezone.now()).total_seconds()))
        attempts += 1
    assert waits[:5] == [60, 300, 1800, 7200, 21600]
    assert set(waits[4:]) == {21600}
    assert timedelta(days=7) <= timedelta(seconds=sum(waits)) < timedelta(days=7, hours=6)
    assert attempts == tasks.LAST_ATTEMPT


@pytest.mark.parametrize(
    ("attempts", "state", "outcome"),
    [
        (0, "queued", pytest.raises(ConnectionRefusedError)),
        (31, "queued", pytest.raises(ConnectionRefusedError)),
        (32, "failed", nullcontext()),
    ],
)
def test_after_a_week_of_trying_a_mail_is_marked_as_not_sent(
    settings: Settings, attempts: int, state: str, outcome: AbstractContextManager[Any]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    message = mailed(make())
    context: Any = SimpleNamespace(job=SimpleNamespace(attempts=attempts))
    with outcome:
        tasks.deliver(context, pk=message.pk)
    message.refresh_from_db()
    assert message.state == state


def jobs_of(message: Message, status: str = "todo") -> int:
    """How many jobs the worker has for a mail."""
    sql = "SELECT count(*) FROM procrastinate_jobs WHERE args->>'pk' = %s AND status::text = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(message.pk), status])
        return int(cursor.fetchone()[0])


def collect() -> None:
    """What the worker does every second."""
    with connection.cursor() as cursor:
        cursor.execute(tasks.COLLECT)


def begin(heartbeat: str | None, ago: str = "0") -> None:
    """Have all jobs begun by a worker that gave a sign of life so long ago, or that is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - coalesce(%s, '0')::interval) RETURNING id",
            [heartbeat],
        )
        worker = cursor.fetchone()[0] if heartbeat else None
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])
        cursor.execute("UPDATE procrastinate_events SET at = now() - %s::interval", [ago])


def test_the_worker_gets_one_job_for_each_mail_in_the_outbox(send: Send) -> None:
    send()
    for _ in range(2):
        collect()
    assert [jobs_of(message) for message in Message.objects.all()] == [1, 1]


@pytest.mark.parametrize(
    ("heartbeat", "ago"), [("31 seconds", "40 seconds"), (None, "0"), ("1 second", "6 minutes")]
)
def test_a_mail_whose_job_was_left_behind_by_a_worker_is_picked_up(
    send: Send, heartbeat: str | None, ago: str
) -> None:
    """One that was killed, is gone, or could not say that the job was done."""
    send()
    message = Message.objects.get(kind="notification")
    collect()
    begin(heartbeat, ago)
    collect()
    assert (jobs_of(message), jobs_of(message, "doing")) == (1, 1)


def test_a_mail_that_a_worker_is_busy_with_is_left_to_it(send: Send) -> None:
    send()
    collect()
    begin("20 seconds", "4 minutes")
    collect()
    assert [jobs_of(message) for message in Message.objects.all()] == [0, 0]


@pytest.mark.parametrize("state", ["sent", "failed", "received"])
def test_a_mail_that_is_done_with_is_not_picked_up(state: str) -> None:
    message = mailed(make(), state=state)
    collect()
    assert jobs_of(message) == 0


def test_a_mail_that_waits_to_be_tried_again_is_left_alone(send: Send) -> None:
    send()
    collect()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '2 hours'")
    collect()
    assert jobs_of(Message.objects.get(kind="notification")) == 1


def test_whatever_goes_wrong_the_outbox_is_looked_into_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outbox = AsyncMock(side_effect=[AssertionError("what nobody expected"), CancelledError()])
    monkeypatch.setattr(worker, "app", Mock(connector=Mock(execute_query_async=outbox)))
    monkeypatch.setattr(worker, "PAUSE", 0)
    with pytest.raises(CancelledError):
        run(worker.collect_mails())
    assert outbox.await_count == 2
