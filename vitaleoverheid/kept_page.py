"""What the application answers, and a finished page made of it, ready in every form."""

import gzip
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import brotli
from django.utils.http import parse_etags

Headers = list[tuple[str, str]]

BROTLI_QUALITY = 5  # the next that gains anything (10) takes ten times as long, for 7 % less
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=BROTLI_QUALITY),
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "identity": lambda body: body,
}
"""Smallest first."""

MADE_HERE = {"content-length", "content-encoding", "etag", "vary"}
ABOUT_THE_BODY = {"content-length", "content-encoding", "content-type"}
OVERHEAD = 4096  # bytes for the headers and for Python's own objects, roughly

SHARED_SECONDS = re.compile(r"\bs-maxage=(\d+)")
NOT_FOR_EVERYONE = {"set-cookie", "vary", "content-encoding"}

WEIGHT = re.compile(r"q\s*=\s*(0(\.\d{0,3})?|1(\.0{0,3})?)")
UNNAMED = 0.0005  # the weight of identity that nobody mentions: less than any that can be written


class Answer:
    """What the application answers, before any of it has been sent."""

    def __init__(self, application: WSGIApplication, environ: WSGIEnvironment) -> None:
        self.status, self.headers = "", Headers()
        # Django calls start_response before it returns, and never what start_response returns.
        self.body = application(environ, self.start)

    def start(self, status: str, headers: Headers, exc_info: Any = None) -> Any:
        self.status, self.headers = status, headers

    @property
    def is_failure(self) -> bool:
        """Whether the fault lies with the server."""
        return int(self.status[:3]) >= HTTPStatus.INTERNAL_SERVER_ERROR

    def seconds_to_keep(self) -> int:
        """How long a shared cache may keep it; 0 for not at all."""
        headers = {name.lower(): value for name, value in self.headers}
        directives = headers.get("cache-control", "")
        seconds = SHARED_SECONDS.search(directives)
        if self.status != "200 OK" or "public" not in directives or not seconds:
            return 0
        return int(seconds[1]) if NOT_FOR_EVERYONE.isdisjoint(headers) else 0

    def read(self) -> bytes:
        """The whole body."""
        try:
            return b"".join(self.body)
        finally:
            self.close()

    def send(
        self, environ: WSGIEnvironment, start_response: StartResponse, cache_status: str
    ) -> Iterable[bytes]:
        """Pass the answer on as it is."""
        start_response(self.status, [*self.headers, ("Cache-Status", cache_status)])
        if environ["REQUEST_METHOD"] == "HEAD":
            self.close()
            return []
        return self.body

    def close(self) -> None:
        """Tell the application that the request is over."""
        if hasattr(self.body, "close"):
            self.body.close()


class Form:
    """A page in one content encoding, with its headers."""

    def __init__(self, encoding: str, body: bytes, headers: Headers) -> None:
        self.body = body
        # Other bytes, another tag, also for the same page in another encoding: a strong one.
        self.tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        self.headers = without(MADE_HERE, headers)
        self.headers += [("Content-Length", str(len(body))), ("ETag", self.tag)]
        self.headers += [("Vary", "Accept-Encoding")]
        if encoding != "identity":
            self.headers += [("Content-Encoding", encoding)]
        self.headers_unmodified = without(ABOUT_THE_BODY, self.headers)

    def is_in(self, tags: str) -> bool:
        """Whether ``If-None-Match`` holds the tag, compared weakly (RFC 9110, 13.1.2)."""
        known = {tag.removeprefix("W/") for tag in parse_etags(tags)}
        return not known.isdisjoint({self.tag, "*"})


class KeptPage:
    """A finished page. ``size`` is what it takes of memory, in bytes."""

    def __init__(self, answer: Answer) -> None:
        self.body = answer.read()
        self.forms = {
            encoding: Form(encoding, encode(self.body), answer.headers)
            for encoding, encode in ENCODERS.items()
        }
        self.size = OVERHEAD + sum(len(form.body) for form in self.forms.values())

    def answer(
        self, environ: WSGIEnvironment, start_response: StartResponse, cache_status: str
    ) -> Iterable[bytes]:
        """Send the page as this request wants it: 200 or 304, with or without its body.

        ``Range`` is ignored, as a server may (RFC 9110, 14.2).
        """
        form = self.forms[preferred_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))]
        status = ("Cache-Status", cache_status)
        tags = environ.get("HTTP_IF_NONE_MATCH")
        if tags and form.is_in(tags):
            start_response("304 Not Modified", [*form.headers_unmodified, status])
            return []
        start_response("200 OK", [*form.headers, status])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [form.body]


def without(names: set[str], headers: Headers) -> Headers:
    """The headers that have other names; ``names`` in lower case."""
    return [(name, value) for name, value in headers if name.lower() not in names]


@lru_cache(maxsize=256)
def preferred_encoding(accepted: str) -> str:
    """The encoding to answer an ``Accept-Encoding`` with (RFC 9110, 12.5.3).

    The one with the highest weight; the smallest of equals. Where none is acceptable ``identity``:
    a page that can perhaps be read is worth more than an error.
    """
    weights = dict(map(weighed, accepted.lower().split(",")))
    others = weights.get("*", 0)
    weights.setdefault("identity", weights.get("*", UNNAMED))
    best = max(ENCODERS, key=lambda name: weights.get(name, others))
    return best if weights.get(best, others) else "identity"


def weighed(item: str) -> tuple[str, float]:
    """Name and weight of one item of an ``Accept-Encoding``; a malformed weight counts as 0."""
    name, _, parameter = item.partition(";")
    if not parameter:
        return name.strip(), 1
    weight = WEIGHT.fullmatch(parameter.strip())
    return name.strip(), float(weight[1]) if weight else 0
