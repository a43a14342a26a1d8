"""Editors choose what a search shows first, and see which searches find nothing."""

from django.db import migrations

GROUPS = ["Redacteur", "Eindredacteur"]
ACTIONS = ["add", "change", "delete"]


def permissions_of(apps):
    """Django makes permissions after all migrations; the groups need these now."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="wagtailsearchpromotions", model="searchpromotion"
    )
    return [
        apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=kind,
            codename=f"{action}_searchpromotion",
            defaults={"name": f"Can {action} search promotion"},
        )[0]
        for action in ACTIONS
    ]


def grant(apps, schema_editor):
    for name in GROUPS:
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions_of(apps))


def revoke(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(*permissions_of(apps))


class Migration(migrations.Migration):
    dependencies = [
        ("vitaleoverheid", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailsearchpromotions", "0001_initial"),
    ]

    operations = [migrations.RunPython(grant, revoke)]
