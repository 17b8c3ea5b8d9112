"""What was learned about single topics has longer names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0001_comments"),
    ]

    operations = [
        migrations.AlterField(
            model_name="learned",
            name="field",
            field=models.CharField(max_length=40),
        ),
    ]
