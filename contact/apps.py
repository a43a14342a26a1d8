"""The contact app."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """From form to answered enquiry."""

    name = "contact"
    verbose_name = "aanvragen"

    def ready(self) -> None:
        from contact import alarm, privacy  # noqa: PLC0415 (needs the models)
        from vitaleoverheid import erasures, metrics  # noqa: PLC0415
        from vitaleoverheid.views import READINESS  # noqa: PLC0415

        metrics.FIGURES.append(alarm.metrics)
        READINESS["mail"] = alarm.queue_moves
        erasures.restored.connect(privacy.erase_again)
