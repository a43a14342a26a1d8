"""Django's cache, for the length of one request."""

from typing import Any, cast

from django.core.cache import cache
from django.core.cache.backends.dummy import DummyCache
from django.core.signals import request_started
from django.dispatch import receiver


class RequestCache(DummyCache):
    """Remembers within a request, and nothing between requests or outside of them.

    Wagtail keeps in the cache where each site begins, for an hour. In the memory of a process that
    would be an hour in which a change made by another process goes unseen.
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
        return (self.values or {}).get((key, version), default)

    def set(self, key: Any, value: Any, timeout: Any = None, version: int | None = None) -> None:
        if self.values is not None:
            self.values[key, version] = value

    def delete(self, key: Any, version: int | None = None) -> bool:
        return (self.values or {}).pop((key, version), None) is not None


@receiver(request_started)
def begin(**kwargs: Any) -> None:
    """Start remembering."""
    cast("RequestCache", cache).begin()
