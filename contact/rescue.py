"""The answer to an enquiry that cannot be stored: all of it back, and other ways to reach us."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from vitaleoverheid.models import OrganisationSettings

FIELDS = {
    "name": "Uw naam",
    "organisation": "Organisatie",
    "email": "E-mailadres",
    "phone": "Telefoonnummer",
    "message": "Uw bericht",
}


def is_enquiry(request: HttpRequest) -> bool:
    """Whether the request posts the contact form, as far as can be told without the database."""
    match = request.resolver_match
    return request.method == "POST" and match is not None and match.url_name == "wagtail_serve"


def response(request: HttpRequest) -> HttpResponse:
    """A page that needs no database: what was typed, the telephone number and the address."""
    typed = [(label, request.POST.get(name, "")) for name, label in FIELDS.items()]
    context = {
        "typed": typed,
        "fields": request.POST.items(),
        "message": request.POST.get("message", ""),
        "path": request.path,
        "organisation": OrganisationSettings.last_known(),
    }
    # Without the request: its context processors would ask the database.
    page = render_to_string("contact/unavailable.html", context)
    headers = {"Retry-After": "60", "Cache-Control": "private, no-store"}
    return HttpResponse(page, status=503, headers=headers)
