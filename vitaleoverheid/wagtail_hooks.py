"""What the project adds to the Wagtail admin."""

from wagtail import hooks
from wagtail.admin.rich_text.converters.html_to_contentstate import InlineStyleElementHandler
from wagtail.admin.rich_text.editors.draftail.features import InlineStyleFeature
from wagtail.rich_text.feature_registry import FeatureRegistry


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
