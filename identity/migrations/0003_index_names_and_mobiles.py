"""Units that stand already get their search index, people the digest of their mobile."""

from django.db import migrations

from core.grams import grams, normalise
from identity.id_numbers import mobile_digest


def index_names(apps, _editor):
    Gram = apps.get_model("identity", "OrganisationGram")
    for pk, kind, name in apps.get_model("identity", "Organisation").objects.values_list("pk", "kind", "name"):
        rows = [Gram(gram=gram, kind=kind, organisation_id=pk) for gram in sorted(grams(normalise(name)))]
        Gram.objects.bulk_create(rows, ignore_conflicts=True)


def digest_mobiles(apps, _editor):
    User = apps.get_model("identity", "User")
    for user in User.objects.exclude(mobile="").iterator(chunk_size=1000):
        User.objects.filter(pk=user.pk).update(mobile_digest=mobile_digest(user.mobile))


class Migration(migrations.Migration):

    dependencies = [
        ("identity", "0002_units_roles_and_departments"),
    ]

    operations = [
        migrations.RunPython(index_names, migrations.RunPython.noop),
        migrations.RunPython(digest_mobiles, migrations.RunPython.noop),
    ]
