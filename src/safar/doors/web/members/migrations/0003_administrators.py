from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0002_language_as_the_browser_asks")]

    operations = [
        migrations.AddField("member", "is_administrator", models.BooleanField(default=False)),
    ]
