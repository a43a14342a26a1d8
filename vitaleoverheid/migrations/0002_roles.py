"""The groups of the firm, and the moderation workflow they can switch on.

Wagtail comes with two groups and a workflow in English. They keep their members and their
permissions, get Dutch names, and the workflow is switched off until somebody switches it on.
"""

from django.db import migrations

REDACTEUR, EINDREDACTEUR, BEHEERDER = "Redacteur", "Eindredacteur", "Beheerder"
NAMES = {"Editors": REDACTEUR, "Moderators": EINDREDACTEUR}
WORKFLOW = "Moderators approval", "Vier ogen"
TASK = "Moderators approval", "Goedkeuren door een eindredacteur"


def everything(*models):
    """All that can be done with these models, given as ``vitaleoverheid.person``."""
    return [
        f"{app}.{action}_{model}"
        for app, model in (name.split(".") for name in models)
        for action in ("add", "change", "delete", "view")
    ]


BEST_BETS = [
    f"wagtailsearchpromotions.{action}_searchpromotion" for action in ("add", "change", "delete")
]
SITE_WIDE = [
    *everything("vitaleoverheid.person"),
    "vitaleoverheid.change_organisationsettings",
    "contact.change_contactsettings",
]
PAGES = [f"wagtailcore.{action}_page" for action in ("add", "change", "publish", "lock", "unlock")]
FILES = [
    *("wagtailimages.add_image", "wagtailimages.change_image", "wagtailimages.choose_image"),
    *("wagtaildocs.add_document", "wagtaildocs.change_document", "wagtaildocs.choose_document"),
    *("wagtailcore.add_collection", "wagtailcore.change_collection"),
    "wagtailcore.delete_collection",
]
MANAGED = everything(
    "auth.user",
    "wagtailcore.site",
    "wagtailcore.workflow",
    "wagtailcore.task",
    "wagtailcore.groupapprovaltask",
    "wagtailredirects.redirect",
    "wagtailsearchpromotions.searchpromotion",
)


def make_roles(apps, schema_editor):
    rename(apps, "auth", "Group", *NAMES.items())
    grant(apps, REDACTEUR, "wagtailadmin.access_admin", *BEST_BETS)
    grant(apps, EINDREDACTEUR, "wagtailadmin.access_admin", *BEST_BETS, *SITE_WIDE)
    grant(apps, BEHEERDER, "wagtailadmin.access_admin", *SITE_WIDE, *MANAGED)
    grant(apps, BEHEERDER, "contact.view_enquiry", "contact.change_enquiry")
    grant_everywhere(apps, BEHEERDER)


def grant(apps, group, *names):
    """Give a group permissions such as ``vitaleoverheid.change_person``."""
    made, _ = apps.get_model("auth", "Group").objects.get_or_create(name=group)
    made.permissions.add(*(permission(apps, name) for name in names))


def permission(apps, name):
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


def grant_everywhere(apps, name):
    group = apps.get_model("auth", "Group").objects.get(name=name)
    root = apps.get_model("wagtailcore", "Page").objects.get(depth=1)
    for granted in PAGES:
        group.page_permissions.get_or_create(page=root, permission=permission(apps, granted))
    collection = apps.get_model("wagtailcore", "Collection").objects.get(depth=1)
    for granted in FILES:
        group.collection_permissions.get_or_create(
            collection=collection, permission=permission(apps, granted)
        )


def make_workflow(apps, schema_editor):
    rename(apps, "wagtailcore", "Workflow", WORKFLOW)
    rename(apps, "wagtailcore", "Task", TASK)
    pages = apps.get_model("wagtailcore", "WorkflowPage").objects
    pages.filter(workflow__name=WORKFLOW[1]).delete()


def rename(apps, app, model, *names):
    for old, new in names:
        apps.get_model(app, model).objects.filter(name=old).update(name=new)


def undo_workflow(apps, schema_editor):
    rename(apps, "wagtailcore", "Workflow", WORKFLOW[::-1])
    rename(apps, "wagtailcore", "Task", TASK[::-1])


def undo_roles(apps, schema_editor):
    # The third group stays: it has members.
    rename(apps, "auth", "Group", *(names[::-1] for names in NAMES.items()))


class Migration(migrations.Migration):
    dependencies = [
        ("vitaleoverheid", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
        ("wagtailsearchpromotions", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(make_roles, undo_roles),
        migrations.RunPython(make_workflow, undo_workflow),
    ]
