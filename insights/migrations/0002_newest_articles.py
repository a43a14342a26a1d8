"""What keeps the newest articles quick to find among thousands."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="insightpage",
            index=models.Index(fields=["-date", "-page_ptr"], name="newest_articles"),
        ),
    ]
