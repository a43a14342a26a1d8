"""What a next version adds to the tables that are written and read most."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column, an index and a table."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("contact", "__latest__")]
    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.RunSQL("ALTER TABLE contact_enquiry ADD next_version text"),
        migrations.RunSQL("CREATE INDEX next_version ON wagtailcore_page (last_published_at)"),
        migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True))]),
    ]
