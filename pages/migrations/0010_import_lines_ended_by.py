from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pages", "0009_reviews_and_notice_periods")]

    operations = [
        migrations.RenameField("importline", "mended_in", "ended_by"),
        migrations.AlterField(
            "importline", "ended_by", models.CharField(blank=True, max_length=64, verbose_name="ended by")
        ),
    ]
