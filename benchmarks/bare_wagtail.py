"""A project as ``wagtail start`` makes it, with a form page as Wagtail's documentation has it."""

import os
import subprocess
import sys
from pathlib import Path

SETTINGS = """
import dj_database_url, os
from .base import *
DEBUG = False
SECRET_KEY = "benchmark"
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=60)}
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
"""
MODELS = """
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField


class FormField(AbstractFormField):
    page = ParentalKey("FormPage", related_name="form_fields")


class FormPage(AbstractForm):
    template = landing_page_template = "home/form_page.html"
"""
FORM = """{% extends "base.html" %}
{% block content %}<form method="post">{% csrf_token %}{{ form }}</form>{% endblock %}
"""
CONTENT = """
from home.models import FormPage, HomePage
page = HomePage.objects.get().add_child(instance=FormPage(title="Contact", slug="contact"))
for label, kind in [("name", "singleline"), ("email", "email"), ("message", "multiline")]:
    page.form_fields.create(label=label, clean_name=label, field_type=kind)
"""


def make(folder: Path, database_url: str) -> None:
    """Make the project in an empty folder, with its database filled."""
    folder.mkdir()
    run("-m", "wagtail.bin.wagtail", "start", "bare", str(folder), folder=folder)
    (folder / "bare/settings/bench.py").write_text(SETTINGS)
    with (folder / "home/models.py").open("a") as models:
        models.write(MODELS)
    (folder / "home/templates/home/form_page.html").write_text(FORM)
    for command in (
        ["makemigrations", "--verbosity=0"],
        ["migrate", "--verbosity=0"],
        ["shell", "--verbosity=0", "--command", CONTENT],
    ):
        run("manage.py", *command, folder=folder, DATABASE_URL=database_url)


def run(*arguments: str, folder: Path, **environment: str) -> None:
    """Run Python in the project."""
    settings = {"DJANGO_SETTINGS_MODULE": "bare.settings.bench"}
    env = os.environ | settings | environment
    subprocess.run([sys.executable, *arguments], cwd=folder, env=env, check=True)
