"""The same content is the same enquiry for a day, also when it comes in twice at once."""

from django.db import migrations

# Two requests at once are in the same day; if midnight lies between them, they are in the same day
# that begins at noon. SQL, because Django has no way to write down the time zones.
INDEX = """
CREATE UNIQUE INDEX enquiry_{name}
ON contact_enquiry (digest, CAST(received_at AT TIME ZONE '{zone}' AS date))
"""
DAYS = {"once_a_day": "UTC", "once_from_noon": "Etc/GMT+12"}


class Migration(migrations.Migration):
    dependencies = [("contact", "0003_words_in_statistics")]

    operations = [
        *(
            migrations.RunSQL(INDEX.format(name=name, zone=zone), f"DROP INDEX enquiry_{name}")
            for name, zone in DAYS.items()
        ),
        migrations.RemoveIndex("enquiry", "enquiry_digest"),
    ]
