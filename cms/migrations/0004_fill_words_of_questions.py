"""Questions that stand already are searched in and kept from deletion like those that come."""

from django.db import migrations

from core.grams import normalise

_CHUNK = 500


def fill(apps, schema_editor):
    questions = apps.get_model('cms', 'BankQuestion')
    upto = 0
    while True:
        chunk = list(questions.objects.filter(pk__gt=upto).order_by('pk').defer('options')[:_CHUNK])
        if not chunk:
            return
        for question in chunk:
            told = [question.stem, *(option['text'] for option in question.content.get('options', []))]
            question.words = '\n'.join(normalise(text) for text in told)
            if question.state != 'draft':
                question.used_from = question.created_at
        questions.objects.bulk_update(chunk, ['words', 'used_from'])
        upto = chunk[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0003_import_and_search_questions'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
