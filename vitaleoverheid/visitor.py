"""Where a request comes from."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """The visitor's address; none when it cannot be told."""
    return parsed(client_address(request))


@lru_cache
def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address; none if the text is not one."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A server that listens on IPv6 writes IPv4 as ::ffff:192.0.2.1, all of it in one /64.
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache
def network_of(address: IPv4Address | IPv6Address) -> IPv4Network | IPv6Network:
    """What counts as one visitor: a whole /64 in IPv6, because one subscriber gets that."""
    return ip_network((address, 64 if address.version == 6 else 32), strict=False)  # noqa: PLR2004


def client_address(request: HttpRequest) -> str:
    """The visitor's address, seen through as many proxies as ``TRUSTED_PROXIES`` says.

    Each proxy adds the address it heard from at the end of ``X-Forwarded-For``, so only that many
    entries from the end are somebody's word that we may take.
    """
    forwarded = request.headers.get("X-Forwarded-For")
    entries = forwarded.split(",") if forwarded else []
    nearest_first = [request.META.get("REMOTE_ADDR", ""), *reversed(entries)]
    return nearest_first[: settings.TRUSTED_PROXIES + 1][-1].strip()
