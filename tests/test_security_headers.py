"""Every answer carries the headers that clients check, by the rules of those who check them.

Rules and points: https://github.com/mdn/mdn-http-observatory, ``src/grader/charts.js`` and
``src/analyzer/tests/`` (94042bb); https://github.com/internetstandards/Internet.nl,
``checks/tasks/http_headers.py`` (cec0e01d). Both were the newest on 24 November 2026.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from wagtail.contrib.redirects.models import Redirect

from insights.models import InsightIndexPage, InsightPage
from tests.enquiries import make
from tests.reading import SCREENS, get, parse
from vitaleoverheid import security_headers

pytestmark = pytest.mark.django_db

Policy = dict[str, list[str]]
BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*"}
UNSAFE = {"'unsafe-inline'", "data:"}
SIX_MONTHS = 15_552_000
YEAR = 31_536_000


def policy_of(response: Any) -> Policy:
    parts = response.headers["Content-Security-Policy"].split(";")
    directives = [part.split() for part in parts]
    return {name: sources for name, *sources in directives}


def sources(policy: Policy, name: str) -> set[str]:
    return {*policy.get(name, policy.get("default-src", ["*"]))}


# The MDN HTTP Observatory


def csp_points(response: Any) -> int:
    """``csp.js``: +10, +5, 0 for styles only, -10 for eval, -20."""
    policy = policy_of(response)
    script, style = sources(policy, "script-src"), sources(policy, "style-src")
    for chosen in (script, style):
        if any(source.startswith(("'nonce-", "'sha256-")) for source in chosen):
            chosen.discard("'unsafe-inline'")
    everything = {source for chosen in policy.values() for source in chosen}
    if script & (BROAD | UNSAFE) or sources(policy, "object-src") & BROAD:
        return -20
    if any(source.startswith(("http:", "ftp:")) for source in everything):
        return -20
    if "'unsafe-eval'" in script | style:
        return -10
    if style & (BROAD | UNSAFE):
        return 0
    return 10 if policy.get("default-src") == ["'none'"] else 5


def cookie_points(response: Any) -> int:
    """``cookies.js``: 0 without, +5 when all are secure, same-site and the session's HttpOnly."""
    cookies = response.cookies.values()
    for cookie in cookies:
        assert cookie["secure"], cookie
        assert cookie["samesite"] in {"Lax", "Strict"}, cookie
        assert cookie["httponly"] or "sess" not in cookie.key, cookie
    return 5 if cookies else 0


def sri_points(response: Any) -> int:
    """``subresource-integrity.js``: +5 when a script of one's own has ``integrity``."""
    if not response.headers.get("Content-Type", "text/html").startswith("text/html"):
        return 0
    scripts = parse(response).select("script[src]")
    assert all(script["src"].startswith("/") and script["src"][1] != "/" for script in scripts)
    return 5 if any(script.get("integrity") for script in scripts) else 0


def hsts_points(response: Any) -> int:
    """``strict-transport-security.js``: -20 without, -10 under six months."""
    header = response.headers.get("Strict-Transport-Security", "")
    if not header.startswith("max-age="):
        return -20
    return 0 if int(header[8:].partition(";")[0]) >= SIX_MONTHS else -10


def by_value(name: str, points: dict[str, int]) -> Callable[[Any], int]:
    """Points for the value of a header; "" is for none, and -5 for what the table does not know."""
    return lambda response: points.get(response.headers.get(name, "").lower(), -5)


def frame_points(response: Any) -> int:
    """``x-frame-options.js``: +5 by ``frame-ancestors`` or the header, else -20."""
    if "frame-ancestors" in policy_of(response):
        return 5
    return 5 if response.headers.get("X-Frame-Options") in {"DENY", "SAMEORIGIN"} else -20


def cors_points(response: Any) -> int:
    """``cors.js``: -50 when any site may read answers to a visitor's own session."""
    return -50 if "Access-Control-Allow-Origin" in response.headers else 0


OBSERVATORY: dict[str, Callable[[Any], int]] = {
    "content-security-policy": csp_points,
    "cookies": cookie_points,
    "cross-origin-embedder-policy": by_value(
        "Cross-Origin-Embedder-Policy",
        {"require-corp": 10, "credentialless": 10, "unsafe-none": 0, "": 0},
    ),
    "cross-origin-opener-policy": by_value(
        "Cross-Origin-Opener-Policy",
        {"same-origin": 10, "same-origin-allow-popups": 10, "noopener-allow-popups": 10}
        | {"unsafe-none": 0, "": 0},
    ),
    "cross-origin-resource-policy": by_value(
        "Cross-Origin-Resource-Policy",
        {"same-origin": 10, "same-site": 10, "cross-origin": 0, "": 0},
    ),
    "cross-origin-resource-sharing": cors_points,
    "referrer-policy": by_value(
        "Referrer-Policy",
        {"no-referrer": 5, "same-origin": 5, "strict-origin": 5}
        | {"strict-origin-when-cross-origin": 5, "": 0},
    ),
    "strict-transport-security": hsts_points,
    "subresource-integrity": sri_points,
    "x-content-type-options": by_value("X-Content-Type-Options", {"nosniff": 0}),
    "x-frame-options": frame_points,
}
"""What a test of the Observatory adds to 100. Redirection has a test of its own below."""


def points(response: Any) -> dict[str, int]:
    return {name: test(response) for name, test in OBSERVATORY.items()}


def score(response: Any) -> int:
    """``scanner/index.js``: what is earned counts for who has lost no more than ten."""
    found = points(response).values()
    left = 100 + sum(min(earned, 0) for earned in found)
    return 100 + sum(found) if left >= 90 else left


# What fails one check of Internet.nl


def failures(response: Any) -> list[str]:
    """What ``http_headers.py`` would complain about."""
    policy, headers = policy_of(response), response.headers
    everything = {source for chosen in policy.values() for source in chosen}
    hosts = {source for source in everything if not source.startswith("'")}
    checks = {
        "unsafe": not {source for source in everything if source.startswith("'unsafe")},
        "data, http, bare https, hosts without scheme": not hosts,
        "default-src none or self": policy.get("default-src") in (["'none'"], ["'self'"]),
        "base-uri none or self": policy.get("base-uri") in (["'none'"], ["'self'"]),
        "form-action none or self": policy.get("form-action") in (["'none'"], ["'self'"]),
        "frame-ancestors": policy.get("frame-ancestors") in (["'none'"], ["'self'"]),
        "hsts a year": f"max-age={2 * YEAR}" in headers.get("Strict-Transport-Security", ""),
        "x-frame-options": headers.get("X-Frame-Options") in {"DENY", "SAMEORIGIN"},
        "nosniff": headers.get("X-Content-Type-Options") == "nosniff",
        "referrer-policy": headers.get("Referrer-Policy") in {"same-origin", "no-referrer"},
    }
    return [name for name, passes in checks.items() if not passes]


def assert_strict(response: Any) -> None:
    """Everything that both scanners ask, and what they don't ask but this site promises."""
    assert score(response) >= 150, points(response)
    assert failures(response) == []
    headers = response.headers
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb"):
        assert f"{feature}=()" in headers["Permissions-Policy"]


# What visitors ask


@pytest.fixture(autouse=True)
def in_production(settings: Settings) -> None:
    """The settings that ``TRUSTED_PROXIES`` and a ``SITE_URL`` with https:// make."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 2 * YEAR
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def secure(*, checks: bool = False) -> Client:
    """A browser that uses HTTPS, as the proxy in front tells."""
    return Client(enforce_csrf_checks=checks, headers={"X-Forwarded-Proto": "https"})


@pytest.fixture
def visitor() -> Client:
    client = secure()
    client.raise_request_exception = False  # an error is a page
    return client


def raising(error: Exception) -> Callable[[Client], Any]:
    """The answer to a visitor in whose request something goes wrong."""

    def visit(client: Client) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("vitaleoverheid.views.serve", lambda *args: throw(error))
            return client.get("/over-ons/")

    return visit


def throw(error: Exception) -> None:
    raise error


def removed_page(client: Client) -> Any:
    Redirect.objects.create(old_path="/weg", redirect_link="")
    return client.get("/weg/")


def feed(client: Client) -> Any:
    overview = InsightIndexPage.objects.get()
    overview.add_child(instance=InsightPage(title="Samenwerken begint binnen"))
    return client.get("/inzichten/feed/")


def without_token(client: Client) -> Any:
    return secure(checks=True).post("/admin/login/", {"username": "iemand"})


ERRORS: dict[str, tuple[int, Callable[[Client], Any]]] = {
    "400": (400, raising(SuspiciousOperation())),
    "400, another host": (400, lambda client: client.get("/", headers={"host": "elders.nl"})),
    "403": (403, raising(PermissionDenied())),
    "403, form of the admin without its token": (403, without_token),
    "404": (404, get("/bestaat-niet/")),
    "404, file": (404, get("/media/images/weg.jpg")),
    "405": (405, lambda client: client.post("/zoeken/")),
    "410": (410, removed_page),
    "500": (500, raising(RuntimeError())),
    "503": (503, raising(OperationalError())),
}
ANSWERS = (
    SCREENS
    | {"feed": feed}
    | {
        address: get(address)
        for address in [
            *[
                "/robots.txt",
                "/sitemap.xml",
                "/.well-known/security.txt",
                "/favicon.ico",
                "/llms.txt",
            ],
            *[
                "/vitale-overheid.vcf",
                "/speculation-rules.json",
                "/healthz",
                "/readyz",
                "/index.md",
            ],
            *["/static/site.css", "/static/contact.js", "/static/fonts/schibsted-grotesk.woff2"],
            "/over-ons",  # a redirect
            "/admin/login/",
            "/admin/",  # a redirect to it
        ]
    }
)


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_to_a_visitor_passes_both_scanners(visitor: Client, answer: str) -> None:
    response = ANSWERS[answer](visitor)
    assert response.status_code < 500
    assert_strict(response)
    b"".join(response)  # reads files to their end, which closes them


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_passes_both_scanners_and_is_in_the_design(visitor: Client, error: str) -> None:
    status, visit = ERRORS[error]
    response = visit(visitor)
    assert response.status_code == status
    assert_strict(response)
    if status != 405:
        assert parse(response).select_one("link[href*='site.css']")


def test_plain_http_leads_to_https_of_the_same_host_at_once(client: Client) -> None:
    """``redirection.js``: 0 points, else as many as -20."""
    response = client.get("/diensten/?page=2")
    assert response.status_code == 301
    assert response.headers["Location"] == "https://testserver/diensten/?page=2"
    assert policy_of(response)["default-src"] == ["'none'"]


def test_every_script_and_style_of_a_page_names_what_it_must_be(visitor: Client) -> None:
    for visit in SCREENS.values():
        for file in parse(visit(visitor)).select("script[src], link[rel=stylesheet]"):
            assert file["integrity"].startswith("sha256-"), file


# The admin


@pytest.fixture
def editor(visitor: Client, django_user_model: Any) -> Client:
    visitor.force_login(django_user_model.objects.create_superuser("beheerder"))
    return visitor


def own_screens() -> Iterator[str]:
    """The screens that show what strangers wrote."""
    yield reverse("enquiries:list")
    yield reverse("enquiries:edit", args=[make().pk])
    yield reverse("enquiries:figures")
    yield reverse("enquiries:person")


def test_our_own_screens_run_no_script_but_ours(editor: Client) -> None:
    for address in own_screens():
        response = editor.get(address)
        assert response.status_code == 200
        script = policy_of(response)["script-src"]
        assert len(script) == 2, address
        [nonce] = [source[7:-1] for source in script if source.startswith("'nonce-")]
        for inline in parse(response).select("script:not([src])"):
            assert inline.get("nonce") == nonce or "json" in inline["type"], (address, inline)
        assert score(response) >= 150


def test_a_nonce_is_used_once(editor: Client) -> None:
    address = reverse("enquiries:figures")
    first, second = (policy_of(editor.get(address))["script-src"] for _ in range(2))
    assert first != second


def test_the_editor_is_as_strict_as_wagtail_bears(editor: Client) -> None:
    """Wagtail 7.4 writes inline scripts and knows no nonces; all else is as on public pages."""
    response = editor.get("/admin/")
    policy = policy_of(response)
    assert policy["script-src"] == policy["style-src"] == ["'self'", "'unsafe-inline'"]
    loose = {"script-src", "style-src", "img-src", "frame-src", "manifest-src"}
    for name, value in security_headers.PUBLIC_POLICY.items():
        assert name in loose or policy[name] == [value]
    lost = {name: lost for name, lost in points(response).items() if lost < 0}
    assert lost == {"content-security-policy": -20}
    assert score(response) == 80
