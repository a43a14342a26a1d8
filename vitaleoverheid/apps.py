"""What happens once, when the project starts."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from wagtail.users.apps import WagtailUsersAppConfig

from vitaleoverheid.content_changes import install_triggers


class VitaleOverheidConfig(AppConfig):
    """The project, as an app of its own."""

    name = "vitaleoverheid"
    default = True

    def ready(self) -> None:
        post_migrate.connect(install_triggers, sender=self)


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's management of users, in which nobody rises above themselves."""

    user_viewset = "vitaleoverheid.users.UserViewSet"
