"""The groups of the firm, and the moderation workflow they can switch on.

Wagtail comes with two groups and a workflow in English. They keep their members and their
permissions, get Dutch names, and the workflow is switched off until somebody switches it on.
"""

from django.db import migrations

from vitaleoverheid.roles import BEHEERDER, EINDREDACTEUR, REDACTEUR, everything, grant, permission

NAMES = {"Editors": REDACTEUR, "Moderators": EINDREDACTEUR}
WORKFLOW = "Moderators approval", "Vier ogen"
TASK = "Moderators approval", "Goedkeuren door een eindredacteur"

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
    for old, new in NAMES.items():
        rename_group(apps.get_model("auth", "Group").objects, old, new)
    grant(apps, REDACTEUR, "wagtailadmin.access_admin")
    grant(apps, EINDREDACTEUR, "wagtailadmin.access_admin", *SITE_WIDE)
    grant(apps, BEHEERDER, "wagtailadmin.access_admin", *SITE_WIDE, *MANAGED)
    grant(apps, BEHEERDER, "contact.view_enquiry", "contact.change_enquiry")
    grant_everywhere(apps, BEHEERDER)


def rename_group(groups, old, new):
    """Rename a group, which takes over from one of that name with some permissions and no pages."""
    renamed, namesake = groups.filter(name=old).first(), groups.filter(name=new).first()
    if renamed and namesake:
        renamed.permissions.add(*namesake.permissions.all())
        renamed.user_set.add(*namesake.user_set.all())
        namesake.delete()
    groups.filter(name=old).update(name=new)


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
    rename(apps, "auth", "Group", *(names[::-1] for names in NAMES.items()))
    apps.get_model("auth", "Group").objects.filter(name=BEHEERDER).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("vitaleoverheid", "0002_best_bets_for_editors"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [
        migrations.RunPython(make_roles, undo_roles),
        migrations.RunPython(make_workflow, undo_workflow),
    ]
