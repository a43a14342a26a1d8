"""The table of the cache that all machines share; see settings.CACHES."""

from django.db import migrations

# A site that was made before the first release has it already.
TABLE = """
CREATE TABLE IF NOT EXISTS shared_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS shared_cache_expires ON shared_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("vitaleoverheid", "0002_roles")]

    operations = [migrations.RunSQL(TABLE, "DROP TABLE shared_cache")]
