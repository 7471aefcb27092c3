"""Papers are frozen and regradings are evidence: the database itself refuses to change them."""

from django.db import migrations

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("exams", "0001_initial")]

    operations = [append_only("exams_paper"), append_only("exams_regrading")]
