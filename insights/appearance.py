"""The overview appears with the first article and disappears with the last.

Wagtail keeps an unpublished page out of the menu, the sitemap and the search results, so publishing
the overview is all there is to it.
"""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished

from insights.models import InsightIndexPage, InsightPage


@receiver(page_published, sender=InsightPage)
def show_overview(instance: InsightPage, **kwargs: Any) -> None:
    """Publish the overview of an article that was published."""
    overview = overview_of(instance)
    if overview and not overview.live:
        overview.save_revision().publish()


@receiver([page_unpublished, post_delete], sender=InsightPage)
def hide_overview(instance: InsightPage, **kwargs: Any) -> None:
    """Unpublish the overview when no article is left in it."""
    overview = overview_of(instance)
    if overview and overview.live and not overview.articles().exclude(pk=instance.pk).exists():
        overview.unpublish()


def overview_of(article: InsightPage) -> InsightIndexPage | None:
    """The overview that an article stands in, also when the article was just deleted."""
    path = article.path[: -Page.steplen]
    return InsightIndexPage.objects.filter(path=path).first()
