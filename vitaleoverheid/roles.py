"""What the groups of the firm may do; granted by migrations, for an administrator to change."""

from typing import Any

REDACTEUR, EINDREDACTEUR, BEHEERDER = "Redacteur", "Eindredacteur", "Beheerder"


def grant(apps: Any, group: str, *names: str) -> None:
    """Give a group permissions such as ``vitaleoverheid.change_person``."""
    made, _ = apps.get_model("auth", "Group").objects.get_or_create(name=group)
    made.permissions.add(*(permission(apps, name) for name in names))


def permission(apps: Any, name: str) -> Any:
    """A permission by its name; Django makes them after all migrations, so it may be made here."""
    app, codename = name.split(".")
    permissions = apps.get_model("auth", "Permission").objects
    if known := permissions.filter(content_type__app_label=app, codename=codename).first():
        return known
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app, model=codename.partition("_")[2]
    )
    return permissions.create(
        content_type=kind, codename=codename, name=f"Can {codename.replace('_', ' ')}"
    )


def everything(*models: str) -> list[str]:
    """All that can be done with these models, given as ``vitaleoverheid.person``."""
    return [
        f"{app}.{action}_{model}"
        for app, model in (name.split(".") for name in models)
        for action in ("add", "change", "delete", "view")
    ]
