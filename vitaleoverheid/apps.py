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
        from wagtail.contrib.routable_page.models import RoutablePageMixin  # noqa: PLC0415
        from wagtail.contrib.search_promotions.models import SearchPromotion  # noqa: PLC0415
        from wagtail.contrib.settings.registry import registry  # noqa: PLC0415 (needs the models)
        from wagtail.models import ReferenceIndex, get_page_models  # noqa: PLC0415

        for model in (*registry, SearchPromotion):  # or nobody is warned that these link to a page
            ReferenceIndex.register_model(model)
        for model in get_page_models():
            if issubclass(model, RoutablePageMixin):
                model.get_resolver()  # two threads that do this first, at once, fail (Wagtail 7.4)
        post_migrate.connect(install_triggers, sender=self)


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's management of users, in which nobody rises above themselves."""

    user_viewset = "vitaleoverheid.users.UserViewSet"
