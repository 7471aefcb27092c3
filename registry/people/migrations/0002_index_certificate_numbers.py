"""Whether somebody else registered the same certificate number is asked at each title change."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(fields=['certificate_no'], name='profile_by_certificate'),
        ),
    ]
