"""Programs stand in the list of devices with where they run; a reset names a login key, so that staff may ask too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0007_find_administrators_by_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="accesstoken",
            name="address",
            field=models.GenericIPAddressField(null=True, verbose_name="来源地址"),
        ),
        migrations.AddField(
            model_name="accesstoken",
            name="device",
            field=models.CharField(blank=True, max_length=200, verbose_name="设备"),
        ),
        migrations.AddField(
            model_name="accesstoken",
            name="seen_at",
            field=models.DateTimeField(null=True, verbose_name="最近使用"),
        ),
        migrations.RemoveField(model_name="passwordreset", name="id_digest"),
        migrations.AddField(
            model_name="passwordreset",
            name="account",
            # Who asked in the minutes before finds nobody, and asks again.
            field=models.CharField(db_index=True, default="", max_length=150),
            preserve_default=False,
        ),
        migrations.AddField(model_name="passwordreset", name="done_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="passwordreset", name="mailed_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="passwordreset", name="asked_at", field=models.DateTimeField(db_index=True)
        ),
    ]
