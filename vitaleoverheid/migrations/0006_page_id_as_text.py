"""What keeps looking up the pages of a search quick with thousands of them."""

from django.db import migrations

# The index of words knows a page by its key as text, and PostgreSQL read all pages to find it.
INDEX = "CREATE INDEX page_id_as_text ON wagtailcore_page ((id::varchar(50)))"


class Migration(migrations.Migration):
    dependencies = [("vitaleoverheid", "0005_search_index")]

    operations = [migrations.RunSQL(INDEX, "DROP INDEX page_id_as_text")]
