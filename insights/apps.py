"""The insights app."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """What the firm publishes about its field."""

    name = "insights"
    verbose_name = "inzichten"

    def ready(self) -> None:
        from insights import appearance  # noqa: F401, PLC0415 (connects its receivers)
