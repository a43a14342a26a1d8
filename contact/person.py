"""Access and erasure (AVG articles 15 and 17): everything held about one e-mail address."""

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.log_actions import log

from contact import privacy
from contact.models import ContactSettings
from contact.screen import InboxScreen


class PersonForm(forms.Form):
    """Whose data."""

    email = forms.EmailField(label="E-mailadres")


class PersonView(InboxScreen, FormView):
    """Show, hand over or erase what is held about a person.

    The address is posted, never part of a web address: those end up in logs.
    """

    template_name = "contact/inbox/person.html"
    page_title = "Gegevens van een persoon"
    header_icon = "user"
    form_class = PersonForm

    def form_valid(self, form: PersonForm) -> HttpResponse:
        """Do what the pressed button says."""
        email = form.cleaned_data["email"]
        match self.request.POST.get("do"):
            case "download":
                return self.hand_over(email)
            case "erase":
                return self.erase(email)
            case _:
                found = privacy.held_about(email)
                return self.render_to_response(self.get_context_data(form=form, found=found))

    def hand_over(self, email: str) -> HttpResponse:
        """Everything as a file to give to the person."""
        dossier = privacy.dossier(email)
        log(ContactSettings.load(), "contact.access", data={"count": len(dossier["enquiries"])})
        response = JsonResponse(dossier, json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = 'attachment; filename="gegevens.json"'
        return response

    def erase(self, email: str) -> HttpResponse:
        """Remove everything, for good."""
        count = privacy.erase(privacy.held_about(email), "contact.erase", self.request.user)
        messages.success(self.request, f"Gewist: {count} aanvraag of aanvragen, met alles erbij.")
        return redirect("enquiries:person")
