"""How much one visitor may ask: of a single request, and of requests in a row."""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views import defaults

from vitaleoverheid.visitor import address_of, network_of

GetResponse = Callable[[HttpRequest], HttpResponse]

LONGEST_QUERY = 6000  # bytes; the longest search and whatever a campaign adds fit in half of it
LARGEST_UPLOAD = settings.WAGTAILDOCS_MAX_UPLOAD_SIZE + 1024 * 1024  # bytes, and the fields beside
PIECE = 64 * 1024  # bytes

BURST = 60  # pages that are made for one visitor at once; those that are kept count for nothing
PER_SECOND = 5  # and from then on
VISITORS = 10_000  # that a process remembers


def refuse(status: HTTPStatus, **headers: str) -> HttpResponse:
    """Say in the design what is too much; asks nothing of the database."""
    page = render_to_string(f"{status.value}.html")
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store", **headers})


class LimitsMiddleware:
    """Refuse what is too large, or no address at all, before anything is done about it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.admin = reverse("wagtailadmin_home")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_admin = request.path.startswith(self.admin)
        largest = LARGEST_UPLOAD if is_admin else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if int(request.META.get("CONTENT_LENGTH") or 0) > largest:
            discard_body(request)
            return refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not is_admin and len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
            return refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        if "\0" in request.path:  # no address has one, and PostgreSQL refuses it
            return defaults.bad_request(request, SuspiciousOperation())
        return self.get_response(request)


def discard_body(request: HttpRequest) -> None:
    """Let a browser finish sending, within reason: before that it reads no answer."""
    for _ in range(LARGEST_UPLOAD // PIECE):
        if not request.read(PIECE):
            break


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 for a form with too much text in it, 400 for all that is not understood."""
    if isinstance(exception, RequestDataTooBig):
        return refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return defaults.bad_request(request, exception)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429, for parts that count for themselves."""
    return refuse(HTTPStatus.TOO_MANY_REQUESTS)


class Allowances:
    """What each visitor may still ask: it runs out by asking, and fills up again with time."""

    def __init__(self) -> None:
        self._left: OrderedDict[Any, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, visitor: Any) -> bool:
        """Whether the visitor may ask one more thing now."""
        now = monotonic()
        with self._lock:
            left, since = self._left.pop(visitor, (BURST, now))
            left = min(BURST, left + (now - since) * PER_SECOND)
            self._left[visitor] = (max(left - 1, 0), now)
            if len(self._left) > VISITORS:
                self._left.popitem(last=False)
            return left >= 1


allowances = Allowances()


class TooFast(Exception):
    """Somebody who asks too fast was sending something; it is for the app to give that back."""


def one_after_another(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 429 to a visitor who asks faster than anybody reads, so that others notice nothing.

    An address that is not of the internet is never refused: it is this machine, or a proxy that
    ``TRUSTED_PROXIES`` does not count, behind which everyone is.
    """

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = address_of(request)
        if address and address.is_global and not allowances.take(network_of(address)):
            if request.method == "POST":
                raise TooFast
            return refuse(HTTPStatus.TOO_MANY_REQUESTS, **{"Retry-After": "60"})
        return view(request, *args, **kwargs)

    return limited
