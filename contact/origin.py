"""Where a posted form comes from: this site's own pages or another's, and which sender."""

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac


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

    A whole /64 counts as one sender in IPv6, because that is what one subscriber gets. Empty when
    it cannot be told: all of those together are no sender.
    """
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return ""
    # A server that listens on IPv6 writes IPv4 as ::ffff:192.0.2.1, all of it in one /64.
    address = getattr(address, "ipv4_mapped", None) or address
    network = ip_network((address, 64 if address.version == 6 else 32), strict=False)  # noqa: PLR2004
    return salted_hmac(f"contact.sender.{timezone.localdate()}", str(network)).hexdigest()


def client_address(request: HttpRequest) -> str:
    """The visitor's address, seen through as many proxies as ``TRUSTED_PROXIES`` says.

    Each proxy adds the address it heard from at the end of ``X-Forwarded-For``, so only that many
    entries from the end are somebody's word that we may take.
    """
    forwarded = request.headers.get("X-Forwarded-For")
    entries = forwarded.split(",") if forwarded else []
    nearest_first = [request.META.get("REMOTE_ADDR", ""), *reversed(entries)]
    return nearest_first[: settings.TRUSTED_PROXIES + 1][-1].strip()
