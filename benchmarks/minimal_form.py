"""The least that Django can do for a posted form: check it, insert one row, redirect."""

import os
import sys

import dj_database_url
from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=60)},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    ROOT_URLCONF=__name__,
    SECRET_KEY="benchmark",
)
application = get_wsgi_application()


class Enquiry(models.Model):
    """The row."""

    name = models.CharField(max_length=150)
    email = models.EmailField()
    message = models.TextField()

    class Meta:
        app_label = "minimal"

    def __str__(self) -> str:
        return self.name


class EnquiryForm(forms.ModelForm):
    """The form."""

    class Meta:
        model = Enquiry
        fields = ("name", "email", "message")


def post(request: HttpRequest) -> HttpResponse:
    """Take it in."""
    form = EnquiryForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    form.save()
    return HttpResponse(status=303, headers={"Location": "/"})


urlpatterns = [path("", post)]

if __name__ == "__main__" and "migrate" in sys.argv:
    with connection.schema_editor() as editor:
        editor.create_model(Enquiry)
