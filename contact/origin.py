"""Where a posted form comes from: this site's own pages or another's, and which sender."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from vitaleoverheid.visitor import address_of, network_of


def is_cross_site(request: HttpRequest) -> bool:
    """Whether a browser says that another site made it send this request.

    Django's token would need a cookie and a page made for one visitor; the contact form is the
    same bytes for everyone, may come from a cache, and may have been opened yesterday. So we ask
    what the browser itself says, by the rules of Go's ``http.CrossOriginProtection``:
    ``Sec-Fetch-Site`` where it is sent, else ``Origin`` against ``Host``. A client that sends
    neither is no browser that another site could be steering. https://words.filippo.io/csrf/
    """
    if fetch_site := request.headers.get("Sec-Fetch-Site"):
        return fetch_site not in {"same-origin", "none"}
    if origin := request.headers.get("Origin"):
        return urlsplit(origin).netloc != request.get_host()
    return False


def sender_of(request: HttpRequest) -> str:
    """A key for where the request comes from, good for one day; no address can be read from it.

    Empty when it cannot be told: all of those together are no sender.
    """
    address = address_of(request)
    if not address:
        return ""
    salt = f"contact.sender.{timezone.localdate()}"
    return salted_hmac(salt, str(network_of(address))).hexdigest()
