"""The site for readers without a browser: each page as Markdown, and a list of them all.

https://llmstxt.org/
"""

import re

from bs4 import BeautifulSoup
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from markdownify import MarkdownConverter
from wagtail.models import Site

from vitaleoverheid.limits import one_after_another
from vitaleoverheid.tree import place_of, serve

MARKDOWN = "text/markdown; charset=utf-8"
NOT_TEXT = "nav, form, [aria-hidden], [hidden]"


@require_safe
@one_after_another
def page_as_markdown(request: HttpRequest, path: str) -> HttpResponse:
    """What a visitor reads on a page, as Markdown.

    Raises ``Http404`` where a visitor without an account would not see a page.
    """
    place = place_of(request, path)
    if place and any(page.is_restricted for page in place.trail):
        raise Http404
    response = serve(request, path)
    if hasattr(response, "render"):
        response.render()
    if response.status_code != 200:  # noqa: PLR2004
        raise Http404
    text = markdown(response.content.decode())
    address = f"{settings.SITE_URL}/{path}"
    return HttpResponse(f"{text}\n\n---\n{address}\n", content_type=MARKDOWN)


def markdown(html: str) -> str:
    """The main part of a page as Markdown, with links that work from anywhere."""
    main = BeautifulSoup(html, "html.parser").main
    for element in main.select(NOT_TEXT):
        element.decompose()
    for link in main.select("a[href^='/']"):
        link["href"] = settings.SITE_URL + link["href"]
    converter = MarkdownConverter(heading_style="ATX", bullets="-", strip=["svg"])
    text = re.sub(r"[ \t]+$", "", converter.convert_soup(main), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


@require_safe
def llms_txt(request: HttpRequest) -> HttpResponse:
    """All pages with what each is about, for language models."""
    home = Site.find_for_request(request).root_page
    pages = home.get_descendants(inclusive=True).live().public().specific()
    context = {"home": home.specific, "pages": pages, "site_url": settings.SITE_URL}
    return render(request, "vitaleoverheid/llms.txt", context, "text/plain; charset=utf-8")
