"""Whether a form was posted from this site's own pages."""

from urllib.parse import urlsplit

from django.http import HttpRequest


def is_cross_site(request: HttpRequest) -> bool:
    """Whether a browser says that another site made it send this request.

    Django's token would need a cookie and a page made for one visitor; the contact form is the same
    bytes for everyone, may come from a cache, and may have been opened yesterday. So we ask what the
    browser itself says, by the rules of Go's ``http.CrossOriginProtection``: ``Sec-Fetch-Site`` where
    it is sent, else ``Origin`` against ``Host``. A client that sends neither is no browser that
    another site could be steering. https://words.filippo.io/csrf/
    """
    if fetch_site := request.headers.get("Sec-Fetch-Site"):
        return fetch_site not in {"same-origin", "none"}
    if origin := request.headers.get("Origin"):
        return urlsplit(origin).netloc != request.get_host()
    return False
