"""Django's cache, for the length of one request."""

from typing import Any, cast

from django.core.cache import cache, caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.signals import request_started
from django.dispatch import receiver

SHARED = "allauth"
"""How keys begin that must outlive the request on every machine: failed tries at signing in, and
codes that were used. allauth asks Django's default cache and no other for those."""


USED_CODE, CODE_SECONDS = "allauth.mfa.totp.used", 90
"""A code is good for as long as ``MFA_TOTP_TOLERANCE`` says, but allauth remembers that it was used
for half a minute."""


class RequestCache(DummyCache):
    """Remembers within a request, and nothing between requests or outside of them.

    Wagtail keeps in the cache where each site begins, for an hour. In the memory of a process that
    would be an hour in which a change made by another process goes unseen. What is ``SHARED`` goes
    to the table of another cache.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values: dict[Any, Any] | None = None

    def begin(self) -> None:
        """Remember from now on."""
        self.values = {}

    def close(self, **kwargs: Any) -> None:
        """Forget everything; Django calls this at the end of each request."""
        self.values = None

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        if shared := cache_of(key):
            return shared.get(key, default)
        return (self.values or {}).get((key, version), default)

    def add(self, key: Any, value: Any, timeout: Any = None, version: int | None = None) -> bool:
        if str(key).startswith(USED_CODE):
            timeout = CODE_SECONDS
        shared = cache_of(key)
        return shared.add(key, value, timeout) if shared else super().add(key, value)

    def set(self, key: Any, value: Any, timeout: Any = None, version: int | None = None) -> None:
        if shared := cache_of(key):
            shared.set(key, value, timeout)
        elif self.values is not None:
            self.values[key, version] = value

    def delete(self, key: Any, version: int | None = None) -> bool:
        if shared := cache_of(key):
            return shared.delete(key)
        return (self.values or {}).pop((key, version), None) is not None


def cache_of(key: Any) -> BaseCache | None:
    """The cache that all machines share, for what belongs there."""
    return caches["shared"] if str(key).startswith(SHARED) else None


@receiver(request_started)
def begin(**kwargs: Any) -> None:
    """Start remembering."""
    cast("RequestCache", cache).begin()
