from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="member",
            name="language",
            field=models.CharField(
                blank=True,
                choices=[("fa", "فارسی"), ("ar", "العربية"), ("en", "English")],
                default="",
                max_length=2,
                verbose_name="language",
            ),
        ),
    ]
