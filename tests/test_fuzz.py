"""Whatever somebody asks of whatever address, the site has an answer that is no failure."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.reading import PAGES
from tests.test_permissions import routes

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

examples = settings(
    max_examples=80,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

PUBLIC = [route for route in routes(get_resolver().url_patterns) if not route.startswith("admin/")]
PARAMETER = re.compile(r"<[^>]+>|\((?:\?P<\w+>|\?!)?(?:[^()]|\([^()]*\))*\)[*+]?")
"""The part of a route that may be anything."""

NASTY = st.sampled_from(
    [
        *[
            "",
            "0",
            "-1",
            "1" * 30,
            "1e9",
            "NaN",
            "null",
            "é",
            "\0",
            "\n",
            "%",
            "%00",
            "%ff",
            "\ud800",
        ],
        *["'", '"', "' OR 1=1 --", "1; SELECT pg_sleep(9)", "<script>", "{{7*7}}", "${7*7}", "../"],
        *["..%2f..%2fetc/passwd", "\\", "*:*", ":", "&", "|", "!", "<->", "()", "x" * 3000, "😀"],
    ]
)
TEXT = NASTY | st.text(max_size=40)
SAFE = TEXT.map(lambda text: text.encode("utf-8", "replace").decode())
NAMES = (
    st.sampled_from(["q", "page", "p", "dienst", "utm_source", "export", "name", "email"]) | SAFE
)
ADDRESSES = st.sampled_from([*PAGES, "/contact/bedankt/x/", "/zoeken/"]) | st.builds(
    lambda route, text: "/" + re.sub(r"[\^$\\]", "", PARAMETER.sub(lambda _: text, route)),
    st.sampled_from(PUBLIC),
    SAFE,
)
HEADER = SAFE.map(lambda text: re.sub(r"[\0\r\n]", "", text).encode().decode("latin-1"))
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *["Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cookie", "Origin"],
            *["Host", "If-Modified-Since", "If-None-Match", "Range", "Referer", "Sec-Fetch-Site"],
            *["X-Forwarded-For", "X-Forwarded-Proto", "X-Requested-With", "Content-Type"],
        ]
    ),
    HEADER,
    max_size=3,
)
FIELDS = st.dictionaries(NAMES, SAFE, max_size=6)
METHODS = st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])


def answer(client: Client, method: str, address: str, **asked: Any) -> Any:
    response = client.generic(method, address, **asked)
    assert response.status_code < 500, f"{method} {address} {asked}: {response.status_code}"
    return response


@given(method=METHODS, address=ADDRESSES, query=FIELDS, headers=HEADERS, body=st.binary() | SAFE)
@examples
def test_any_request_of_any_public_address_is_answered(
    visitor: Client,
    method: str,
    address: str,
    query: dict[str, str],
    headers: dict[str, str],
    body: str | bytes,
) -> None:
    answer(visitor, method, address, data=body, query_params=query, headers=headers)


@given(text=TEXT.filter(str.isprintable) | SAFE, page=SAFE)
@examples
def test_any_search_is_answered_with_a_page(visitor: Client, text: str, page: str) -> None:
    query = {"q": text.encode("utf-8", "replace").decode(), "page": page}
    assert answer(visitor, "GET", "/zoeken/", query_params=query).status_code in {200, 414}


@given(
    body=st.dictionaries(NAMES, SAFE, max_size=9)
    | st.binary(max_size=300)
    | st.just(b"--x\r\nContent-Disposition: form-data; name=name\r\n\r\n\xff\r\n--x"),
    kind=st.sampled_from(
        [
            *["multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ""],
            *["application/x-www-form-urlencoded; charset=onzin", "application/json"],
        ]
    ),
)
@examples
def test_any_form_is_answered_without_a_failure(visitor: Client, body: Any, kind: str) -> None:
    if isinstance(body, dict):
        response = visitor.post("/contact/", body)
    else:
        response = visitor.generic("POST", "/contact/", body, kind)
    assert response.status_code in {303, 400, 422, 429}


FILTERS = NAMES | st.sampled_from(["view", "status", "ordering", "received_at_from", "service"])


@given(query=st.dictionaries(FILTERS, SAFE, max_size=4))
@examples
def test_any_list_of_enquiries_is_answered(colleague: Client, query: dict[str, str]) -> None:
    answer(colleague, "GET", "/admin/enquiries/results/", query_params=query)
