"""Pages that somebody should look at again: whether they are still true."""

from datetime import timedelta

from django.utils import timezone

from vitaleoverheid.models import BasePage, page_models


def due_soon() -> list[BasePage]:
    """The published pages to look at within a week, the most urgent first."""
    until = timezone.localdate() + timedelta(days=7)
    pages = [
        page
        for model in page_models()
        for page in model.objects.live().filter(review_by__lte=until).select_related("owner")
    ]
    return sorted(pages, key=lambda page: page.review_by)
