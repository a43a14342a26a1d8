"""What keeps searching the site quick with thousands of pages."""

from django.db import migrations

# Wagtail asks for words in title and body together, and has an index of each alone.
INDEX = "CREATE INDEX site_search ON wagtailsearch_indexentry USING gin ((title || body))"


class Migration(migrations.Migration):
    dependencies = [
        ("vitaleoverheid", "0004_password_page"),
        ("wagtailsearch", "0010_add_text_fields"),
    ]

    operations = [migrations.RunSQL(INDEX, "DROP INDEX site_search")]
