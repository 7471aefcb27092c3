from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("identity", "0003_index_names_and_mobiles"),
    ]

    operations = [
        migrations.AddField(
            model_name="code",
            name="parent",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="上级代码"),
        ),
        migrations.AddField(
            model_name="code",
            name="level",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="职称级别"),
        ),
        migrations.AddField(
            model_name="code",
            name="is_edited",
            field=models.BooleanField(default=False, editable=False, verbose_name="本站改过"),
        ),
        migrations.AddIndex(
            model_name="code",
            index=models.Index(fields=["table", "parent", "sort"], name="code_by_parent"),
        ),
    ]
