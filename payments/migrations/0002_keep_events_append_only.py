"""Events are the book of the money: the database itself refuses to change them."""

from django.db import migrations

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [append_only("payments_orderevent")]
