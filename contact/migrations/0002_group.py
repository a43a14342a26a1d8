"""The group of the people who handle enquiries."""

from django.db import migrations

GROUP = "Aanvragen behandelen"


def make_group(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")
    enquiry, _ = ContentType.objects.get_or_create(app_label="contact", model="enquiry")
    # Django makes permissions after all migrations; this group needs them now.
    view, _ = Permission.objects.get_or_create(
        content_type=enquiry, codename="view_enquiry", defaults={"name": "Can view aanvraag"}
    )
    change, _ = Permission.objects.get_or_create(
        content_type=enquiry, codename="change_enquiry", defaults={"name": "Can change aanvraag"}
    )
    access = Permission.objects.get(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    group, _ = Group.objects.get_or_create(name=GROUP)
    group.permissions.add(view, change, access)


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]

    # Undone, the group stays: it has members.
    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
