"""What the project adds to the Wagtail admin."""

from wagtail import hooks
from wagtail.admin.rich_text.converters.html_to_contentstate import InlineStyleElementHandler
from wagtail.admin.rich_text.editors.draftail.features import InlineStyleFeature
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from vitaleoverheid.models import Person
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
