"""Questions as exams and practice show them: listed fields only, so that nothing else of a question can get out."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

KINDS = ("single", "multiple", "true_false")


class PictureOut(serializers.Serializer[Any]):
    url = serializers.CharField()
    alt = serializers.CharField(allow_blank=True)
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)


class ChoiceOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField(help_text=_("$…$ 之间是公式"))
    picture = PictureOut(allow_null=True)


class QuestionOut(serializers.Serializer[Any]):
    """A question to be answered: nothing of what is right."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    stem = serializers.CharField(help_text=_("$…$ 之间是公式"))
    picture = PictureOut(allow_null=True)
    options = ChoiceOut(many=True)
