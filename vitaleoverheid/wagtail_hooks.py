"""What the project adds to the Wagtail admin."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.rich_text.converters.html_to_contentstate import InlineStyleElementHandler
from wagtail.admin.rich_text.editors.draftail.features import InlineStyleFeature
from wagtail.admin.ui.components import Component
from wagtail.admin.userbar import ContentCheckerItem
from wagtail.admin.widgets.button import Button
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.contrib.search_promotions.views.reports import SearchTermsReportView
from wagtail.contrib.search_promotions.wagtail_hooks import SearchPicksMenuItem
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from vitaleoverheid import drafts, guide, review, sign_in, users
from vitaleoverheid.advice import AdviceItem
from vitaleoverheid.models import BasePage, Person
from vitaleoverheid.page_links import PageLinks


@hooks.register("register_rich_text_features")
def register_leaning_word(features: FeatureRegistry) -> None:
    """A button for the word that leans: the one slant of the design, ``<em class="lean">``."""
    features.register_editor_plugin(
        "draftail",
        "lean",
        InlineStyleFeature(
            {
                "type": "LEAN",
                "icon": "italic",
                "description": "Schuin woord",
                "style": {"fontStyle": "italic"},
            }
        ),
    )
    features.register_converter_rule(
        "contentstate",
        "lean",
        {
            "from_database_format": {"em[class=lean]": InlineStyleElementHandler("LEAN")},
            "to_database_format": {
                "style_map": {"LEAN": {"element": "em", "props": {"class": "lean"}}}
            },
        },
    )


@hooks.register("register_rich_text_features", order=1)
def register_page_links(features: FeatureRegistry) -> None:
    """Instead of Wagtail's own, which comes before."""
    features.register_link_type(PageLinks)


class FruitlessSearchesView(SearchTermsReportView):
    """Wagtail's report of searches, which here are those that found nothing, for editors too."""

    page_title = "Zoekvragen zonder resultaat"
    permission_policy = ModelPermissionPolicy(SearchPromotion)
    any_permission_required = ["add", "change", "delete"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Past Wagtail's own, which is for superusers alone.
        return super(SearchTermsReportView, self).dispatch(request, *args, **kwargs)


@hooks.register("register_admin_urls", order=-1)
def put_fruitless_searches_before_search_terms() -> list[URLPattern]:
    """At the same addresses as Wagtail's report."""
    address = "searchpicks/reports/search-terms/"
    return [
        path(address, FruitlessSearchesView.as_view()),
        path(f"{address}results/", FruitlessSearchesView.as_view(results_only=True)),
    ]


@hooks.register("register_reports_menu_item")
def register_fruitless_searches() -> MenuItem:
    """Among the reports, for whoever may choose best bets."""
    return SearchPicksMenuItem(
        FruitlessSearchesView.page_title,
        reverse(FruitlessSearchesView.index_url_name),
        name="fruitless-searches",
        icon_name="search",
        order=1300,
    )


@hooks.register("construct_reports_menu")
def hide_search_terms(request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's own item, which leads to the same report."""
    items[:] = [item for item in items if item.name != "search-terms"]


@hooks.register("construct_wagtail_userbar")
def give_advice(request: HttpRequest, items: list[Any], page: Page | None) -> None:
    """Have Wagtail's content checker give ours too."""
    items[:] = [
        AdviceItem(in_editor=item.in_editor) if isinstance(item, ContentCheckerItem) else item
        for item in items
    ]


hooks.register("register_page_header_buttons", drafts.share_button)


class ReviewPanel(Component):
    """Pages that are to be looked at this week, on the first page of the admin."""

    name = "review"
    template_name = "vitaleoverheid/admin/review_panel.html"
    order = 20

    def __init__(self, pages: list[BasePage]) -> None:
        self.pages = pages

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"pages": self.pages}


@hooks.register("construct_homepage_panels")
def add_review_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Show the pages to look at, if there are any that this user may change."""
    due = review.due_soon()
    if pages := [page for page in due if page.permissions_for_user(request.user).can_edit()]:
        panels.append(ReviewPanel(pages))


class PersonViewSet(SnippetViewSet):
    """The people of the firm."""

    model = Person
    icon = "user"
    menu_label = "Medewerkers"
    menu_order = 300
    add_to_admin_menu = True
    list_display = ("name", "role", "email")
    search_fields = ("name", "role")


register_snippet(PersonViewSet)


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    """The colours of the firm."""
    return format_html('<link rel="stylesheet" href="{}">', static("admin.css"))


@hooks.register("insert_editor_js")
def autosave_js() -> str:
    """No word typed while a draft is being saved is left out of the next."""
    return format_html('<script type="module" src="{}"></script>', static("autosave.js"))


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern]:
    """The screens that the project adds."""
    return [
        path("concept/<int:pk>/", drafts.DraftLinksView.as_view(), name="draft_links"),
        path("handleiding/", guide.GuideView.as_view(), name="guide"),
        path("handleiding/redactie/<path:path>", guide.picture),
        path("users/<int:pk>/extra/", sign_in.ResetSecondFactorView.as_view(), name="reset_factor"),
    ]


@hooks.register("construct_help_menu")
def construct_help_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """The firm's own guide, instead of Wagtail's in English on other sites."""
    items[:] = [item for item in items if item.name == "keyboard-shortcuts-trigger"]
    items.insert(0, MenuItem("Handleiding", reverse("guide"), icon_name="help", order=1))


@hooks.register("register_account_menu_item")
def own_second_factor(request: HttpRequest) -> dict[str, str]:
    """From one's own account to what one signs in with."""
    return {
        "url": reverse("mfa_index"),
        "label": "Extra beveiliging",
        "help_text": "Uw passkeys, de app op uw telefoon en uw reservecodes.",
    }


@hooks.register("register_account_menu_item")
def own_sessions(request: HttpRequest) -> dict[str, str]:
    """From one's own account to where one is signed in."""
    return {
        "url": reverse("usersessions_list"),
        "label": "Waar u ingelogd bent",
        "help_text": "Bekijk op welke computers en telefoons, en log daar uit.",
    }


@hooks.register("register_user_listing_buttons")
def reset_button(user: User, request_user: User) -> Iterator[Button]:
    """For a colleague who cannot sign in any more."""
    if request_user.has_perm("auth.change_user"):
        yield Button(
            "Extra beveiliging weghalen",
            reverse("reset_factor", args=[user.pk]),
            icon_name="lock-open",
            priority=30,
        )


@hooks.register("before_edit_user")
def before_edit_user(request: HttpRequest, user: User) -> None:
    """Superusers are left to superusers."""
    users.protect_superusers(request, [user])


@hooks.register("before_bulk_action")
def before_bulk_action(request: HttpRequest, kind: str, objects: list[Any], action: Any) -> None:
    """Also when many are changed at once."""
    if action.model is User:
        users.protect_superusers(request, objects)


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    """What is noted about users."""
    actions.register_action(
        "vitaleoverheid.reset_second_factor",
        "Extra beveiliging weggehaald",
        "Extra beveiliging weggehaald",
    )
