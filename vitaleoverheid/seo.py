"""What a page says about itself to search engines: JSON-LD in the vocabulary of schema.org."""

import json
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from vitaleoverheid.models import BasePage, OrganisationSettings

JSON = dict[str, Any]
ORGANISATION = f"{settings.SITE_URL}/#organisatie"
WEBSITE = f"{settings.SITE_URL}/#website"


def json_ld(page: BasePage, organisation: OrganisationSettings) -> SafeString:
    """The page, where it stands, and whose it is, as the content of a ``<script>``."""
    graph = [organisation_node(organisation), website_node(organisation), page_node(page)]
    if trail := page.ancestors:
        graph.append(breadcrumb_node([*trail, page]))
    nodes = [without_blanks(node) for node in graph]
    text = json.dumps({"@context": "https://schema.org", "@graph": nodes}, ensure_ascii=False)
    # As Django's json_script does it: nothing in the text can end the element.
    return mark_safe(text.translate({ord(c): f"\\u{ord(c):04X}" for c in "<>&"}))  # noqa: S308


def organisation_node(organisation: OrganisationSettings) -> JSON:
    """The firm, with its address and telephone numbers."""
    numbers = [block.value for block in organisation.phones]
    return {
        "@type": ["Organization", "ProfessionalService"],
        "@id": ORGANISATION,
        "name": organisation.name,
        "url": f"{settings.SITE_URL}/",
        "logo": settings.SITE_URL + static("art/logo.svg"),
        "email": organisation.email,
        "telephone": numbers[0] if numbers else "",
        "address": without_blanks(
            {
                "@type": "PostalAddress",
                "streetAddress": organisation.street,
                "postalCode": organisation.postal_code,
                "addressLocality": organisation.city,
                "addressCountry": "NL",
            }
        ),
        "contactPoint": [
            {
                "@type": "ContactPoint",
                "contactType": "customer service",
                "telephone": number,
                "availableLanguage": "nl",
            }
            for number in numbers
        ],
        "identifier": organisation.registration_number,
        "sameAs": [block.value["url"] for block in organisation.profiles],
    }


def website_node(organisation: OrganisationSettings) -> JSON:
    """The site, and how to search it."""
    return {
        "@type": "WebSite",
        "@id": WEBSITE,
        "url": f"{settings.SITE_URL}/",
        "name": organisation.name,
        "inLanguage": "nl",
        "publisher": {"@id": ORGANISATION},
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{settings.SITE_URL}/zoeken/?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }


def page_node(page: BasePage) -> JSON:
    """The page itself, and what it is about."""
    return {
        "@type": page.schema_type,
        "@id": page.full_url,
        "url": page.full_url,
        "name": page.head_title,
        "description": page.head_description,
        "inLanguage": "nl",
        "isPartOf": {"@id": WEBSITE},
        "dateModified": page.last_published_at and page.last_published_at.isoformat(),
        "image": page.social_image_url,
        **page.schema_properties(ORGANISATION),
    }


def breadcrumb_node(pages: list[BasePage]) -> JSON:
    """The way to the page from the home page."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": strip_tags(page.title),
                "item": f"{settings.SITE_URL}{page.get_url()}",
            }
            for position, page in enumerate(pages, start=1)
        ],
    }


def without_blanks(node: JSON) -> JSON:
    """The node without properties that say nothing."""
    return {name: value for name, value in node.items() if value}
