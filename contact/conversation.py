"""One enquiry on one screen: what was asked, what was said since, and what to do next."""

from collections.abc import Callable
from itertools import chain
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from wagtail.admin import messages
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.utils import get_user_display_name
from wagtail.log_actions import registry
from wagtail.snippets.views import snippets

from contact import actions, digest, privacy
from contact.forms import LineField
from contact.models import Colleague, ContactSettings, Enquiry
from contact.screen import HandlersOnly

EARLIER = 10  # other enquiries of the person that fit beside this one


class ReplyForm(forms.Form):
    """An answer to the visitor."""

    subject = LineField(label="Onderwerp", max_length=250)
    text = forms.CharField(label="Antwoord", widget=forms.Textarea(attrs={"rows": 10}))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="reply_%s", **kwargs)


class NoteForm(forms.Form):
    """A note for colleagues."""

    text = forms.CharField(label="Notitie", widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="note_%s", **kwargs)


Action = Callable[..., None]

FORMS: dict[str, tuple[type[forms.Form], Action, str]] = {
    "reply": (
        ReplyForm,
        actions.reply,
        "Uw antwoord wordt verstuurd. De aanvraag staat nu op beantwoord.",
    ),
    "note": (NoteForm, actions.add_note, "De notitie is bewaard."),
}
"""Texts that can be typed, what is done with each, and what is then said."""

BUTTONS = {
    "restore": (
        actions.restore,
        "De aanvraag is hersteld. De mails die daarbij horen, worden verstuurd.",
    ),
    "bin": (actions.move_to_bin, "De aanvraag ligt in de prullenbak."),
    "unbin": (actions.take_from_bin, "De aanvraag is teruggezet."),
}
"""What can be done at once, and what is then said."""


class EnquiryView(HandlersOnly, snippets.EditView):
    """Read an enquiry, answer it, and say where it stands."""

    success_message = "De aanvraag is bijgewerkt."

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        actions.open_(self.object, request.user)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Carry out what was asked by one of the forms on the screen."""
        self.object = self.get_object()
        do = request.POST.get("do")
        if do in BUTTONS:
            return self.press(*BUTTONS[do])
        if do in FORMS:
            return self.send(f"{do}_form", *FORMS[do])
        return self.resend() if do == "resend" else super().post(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        """Only people who may handle enquiries can own one; suspicion is not a choice to make."""
        form = super().get_form(form_class)
        form.fields["assigned_to"].queryset = digest.handlers()
        form.fields["assigned_to"].label_from_instance = get_user_display_name
        if not self.object.is_suspect:
            form.fields["status"].choices = [
                choice for choice in Enquiry.Status.choices if choice[0] != Enquiry.Status.SUSPECT
            ]
        return form

    def save_instance(self) -> Enquiry:
        """Change the status and the owner, each with its line in the history."""
        enquiry = Enquiry.objects.get(pk=self.object.pk)
        chosen, user = self.form.cleaned_data, self.request.user
        actions.set_status(enquiry, chosen["status"], user)
        actions.assign(enquiry, chosen["assigned_to"], user)
        self.has_content_changes = self.form.has_changed()
        return enquiry

    def get_side_panels(self) -> MediaContainer:
        """None: the screen says all that Wagtail's would, and an enquiry is never "live"."""
        return MediaContainer([])

    def get_success_url(self) -> str:
        return self.get_edit_url()

    def get_success_buttons(self) -> list[Any]:
        return []

    def done(self, text: str) -> HttpResponse:
        """Back to the screen, with a word about what happened."""
        messages.success(self.request, text)
        return redirect(self.get_edit_url())

    def press(self, action: Action, said: str) -> HttpResponse:
        """Do what a button says."""
        action(self.object, self.request.user)
        return self.done(said)

    def send(
        self, name: str, form_class: type[forms.Form], action: Action, said: str
    ) -> HttpResponse:
        """Do something with what was typed; when it is no text, show the screen with it again."""
        form = form_class(self.request.POST)
        if form.is_valid():
            action(self.object, **form.cleaned_data, user=self.request.user)
            return self.done(said)
        messages.error(self.request, "Vul eerst de tekst in. Er is nog niets verstuurd of bewaard.")
        return self.render_to_response(self.get_context_data(**{name: form}))

    def resend(self) -> HttpResponse:
        """Try to send a mail again."""
        chosen = self.request.POST.get("message", "")
        message = get_object_or_404(self.object.messages, pk=chosen if chosen.isdecimal() else None)
        actions.resend(message, self.request.user)
        return self.done("De mail wordt opnieuw verstuurd.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kept = ContactSettings.load()
        context.setdefault("reply_form", ReplyForm(initial=self.first_words(kept)))
        context.setdefault("note_form", NoteForm())
        context.update(
            conversation=self.conversation(),
            history=registry.get_logs_for_instance(self.object).select_related("user"),
            earlier=privacy.held_about(self.object.email).exclude(pk=self.object.pk)[:EARLIER],
            removal_date=privacy.removal_date(self.object, kept),
            reply_templates=kept.reply_templates,
            newer=neighbour(self.object, newer=True),
            older=neighbour(self.object, newer=False),
        )
        return context

    def conversation(self) -> list[Any]:
        """The mails and the notes, in the order in which they were written."""
        mails = self.object.messages.select_related("author")
        notes = self.object.notes.select_related("author")
        return sorted(chain(mails, notes), key=lambda item: item.created_at)

    def first_words(self, kept: ContactSettings) -> dict[str, str]:
        """What a reply begins with: the template that was chosen, and the sender's signature."""
        colleague = Colleague.objects.filter(user=self.request.user).first()
        signature = colleague.signature if colleague else ""
        chosen = [
            block.value["text"]
            for block in kept.reply_templates
            if block.id == self.request.GET.get("sjabloon")
        ]
        text = "\n\n".join([f"Beste {self.object.name},", *chosen, signature])
        return {"subject": f"Uw aanvraag {self.object.reference}", "text": text}


def neighbour(enquiry: Enquiry, *, newer: bool) -> Enquiry | None:
    """The next enquiry in the list that this one is in, in either direction."""
    if enquiry.deleted_at:
        others = Enquiry.objects.binned()
    elif enquiry.is_suspect:
        others = Enquiry.objects.suspect()
    else:
        others = Enquiry.objects.present()
    direction = "gt" if newer else "lt"
    within = Q(**{f"received_at__{direction}e": enquiry.received_at})  # where the index begins
    beyond = Q(**{f"received_at__{direction}": enquiry.received_at})
    beside = Q(received_at=enquiry.received_at, **{f"pk__{direction}": enquiry.pk})
    others = others.filter(within, beyond | beside)
    return others.last() if newer else others.first()
