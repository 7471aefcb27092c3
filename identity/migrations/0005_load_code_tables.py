"""A fresh site has its code tables; what stands in them already stays (`load_codes` brings that in line)."""

from dataclasses import asdict

from django.db import migrations

from identity import reference


def load(apps, _editor):
    Code = apps.get_model("identity", "Code")
    rows = [Code(**asdict(row)) for table in reference.tables() for row in reference.rows(table)]
    Code.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ("identity", "0004_place_codes_under_codes"),
    ]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
