"""An editor who works on whichever machine answers."""

from typing import Any

import requests
from bs4 import BeautifulSoup

from tests.faults.site import Site, Web

SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.utils.crypto import get_random_string
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
user = get_user_model().objects.create_superuser(get_random_string(8))
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(session.session_key)
"""


class Editor:
    """Somebody who may do everything; ``unpublish`` and ``publish`` are where that is asked."""

    def __init__(self, site: Site) -> None:
        printed = site.output("shell", "--no-imports", "-c", SIGN_IN)
        self.browser = requests.Session()
        self.browser.cookies.set("sessionid", printed.split()[-1], domain="127.0.0.1")
        [(pk,)] = site.query("SELECT id FROM wagtailcore_page WHERE slug = 'privacy'")
        self.unpublish = f"/admin/pages/{pk}/unpublish/"
        self.publish = f"/admin/bulk/wagtailcore/page/publish/?id={pk}&next=/admin/"

    def confirm(self, asking: Web, address: str, sending: Web, **more: Any) -> requests.Response:
        """Open a page on one machine, and send its form on another."""
        page = BeautifulSoup(self.browser.get(asking.url + address).text, "html.parser")
        token = page.select_one("[name=csrfmiddlewaretoken]")["value"]
        content = {"csrfmiddlewaretoken": token, "title": "Foto"}
        return self.browser.post(sending.url + address, content, **more)

    def upload(self, asking: Web, photo: Any, sending: Web) -> requests.Response:
        """Add a photo to the library."""
        files = {"file": (photo.name, photo)}
        return self.confirm(asking, "/admin/images/add/", sending, files=files)
