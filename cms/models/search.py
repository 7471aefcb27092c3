"""An inverted index of class titles: Chinese has no words to split at, so single characters and bigrams are indexed.

Trigram indexes don't serve queries of one or two characters, which is what people type here.
"""

from django.db import models


class ClassTitleGram(models.Model):
    """A character or a pair of neighbouring characters that occurs in a live class's title."""

    class_page = models.ForeignKey("cms.ClassPage", on_delete=models.CASCADE, related_name="title_grams")
    gram = models.CharField(max_length=4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gram", "class_page"], name="title_gram_once")]

    def __str__(self) -> str:
        return f"{self.gram} in {self.class_page_id}"
