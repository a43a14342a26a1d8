"""Mails that are never sent, to look at what the settings make of them."""

from django.utils import timezone

from contact import digest, mail
from contact.models import ContactSettings, Message, example_enquiry
from vitaleoverheid.models import OrganisationSettings, TextPage, known


def example(kind: str, chosen: ContactSettings) -> Message:
    """A mail of that kind, with the settings as they were chosen."""
    enquiry, colleague = example_enquiry(), known(OrganisationSettings).email
    page = TextPage(pk=0, title="Privacy", review_by=timezone.localdate())
    mails = [
        Message(enquiry=enquiry, kind=Message.Kind.ACKNOWLEDGEMENT, recipient=enquiry.email),
        Message(enquiry=enquiry, kind=Message.Kind.NOTIFICATION, recipient=colleague),
        *mail.reminders(enquiry),
        digest.overview(colleague, {"open": 4, "overdue": 1, "suspect": 2}),
        mail.review_request(colleague, [page]),
    ]
    message = next(message for message in mails if message.kind == kind)
    mail.write(message, chosen)
    return message
