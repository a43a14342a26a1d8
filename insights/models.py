"""Insights: articles of the firm, their overview and their feed."""

from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.db import models
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail.search import index
from wagtail.signals import page_published, page_unpublished

from vitaleoverheid.blocks import ArticleBlock
from vitaleoverheid.models import BasePage, OrganisationSettings, Person, optional

ARTICLES_PER_PAGE = 12
ARTICLES_IN_FEED = 20


class InsightIndexPage(RoutablePageMixin, BasePage):
    """All articles, the newest first. Published by itself with the first of them."""

    schema_type = "CollectionPage"
    parent_page_types = ["vitaleoverheid.HomePage"]
    subpage_types = ["insights.InsightPage"]
    max_count = 1

    class Meta:
        verbose_name = "overzicht van inzichten"
        verbose_name_plural = "overzichten van inzichten"

    def articles(self) -> PageQuerySet:
        """The published articles."""
        articles = InsightPage.objects.child_of(self).live().public()
        return articles.select_related("author").order_by("-date", "-pk")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        pages = Paginator(self.articles(), ARTICLES_PER_PAGE)
        try:
            results = pages.page(request.GET.get("page", 1))
        except InvalidPage as error:
            raise Http404 from error
        context["results"] = results
        context["numbers"] = pages.get_elided_page_range(results.number)
        context["page_query"] = f"?page={results.number}" if results.has_previous() else ""
        return context

    @path("feed/")
    def feed(self, request: HttpRequest) -> HttpResponse:
        """The newest articles for feed readers (Atom, RFC 4287)."""
        organisation = OrganisationSettings.load().name
        feed = Atom1Feed(
            title=f"{self.title} van {organisation}",
            link=self.full_url,
            description=self.head_description,
            feed_url=f"{self.full_url}feed/",
            language="nl",
        )
        for article in self.articles()[:ARTICLES_IN_FEED]:
            feed.add_item(**article.feed_item(organisation))
        return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


class InsightPage(BasePage):
    """An article."""

    date = models.DateField("datum", default=timezone.localdate)
    author = optional(Person, "auteur", help_text="Leeg: de organisatie.")
    body = StreamField(ArticleBlock(), verbose_name="inhoud", blank=True)

    shown_with = ["author"]
    schema_type = "Article"
    content_panels = [*BasePage.content_panels, "date", "author", "body"]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body"),
        index.FilterField("date"),
    ]
    parent_page_types = ["insights.InsightIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = "inzicht"
        verbose_name_plural = "inzichten"
        indexes = [models.Index(fields=["-date", "-page_ptr"], name="newest_articles")]

    def schema_properties(self, organisation: str) -> dict[str, Any]:
        author = self.author and {
            "@type": "Person",
            "name": self.author.name,
            "jobTitle": self.author.role,
            "worksFor": {"@id": organisation},
        }
        return {
            "headline": self.title,
            "datePublished": self.date.isoformat(),
            "author": author or {"@id": organisation},
            "publisher": {"@id": organisation},
        }

    def feed_item(self, organisation: str) -> dict[str, Any]:
        """The article as an entry of the feed; the organisation wrote it if nobody else did."""
        return {
            "title": self.title,
            "link": self.full_url,
            "description": escape(self.head_description),  # which feeds take for HTML
            "author_name": self.author.name if self.author else organisation,
            "pubdate": self.first_published_at,
            "updateddate": self.last_published_at,
            "unique_id": self.full_url,
        }


# The overview appears with the first article and disappears with the last. Wagtail keeps an
# unpublished page out of the menu, the sitemap and the search results, so that is all it takes.


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
