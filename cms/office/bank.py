"""The question bank in Wagtail's admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.models import BankQuestion, QuestionBank


class QuestionBankViewSet(SnippetViewSet):
    model = QuestionBank
    icon = "folder-open-inverse"
    menu_label = _("题库")
    list_display = ["title", "subject", "specialty", "note", UpdatedAtColumn()]
    list_filter = ["subject", "specialty"]
    search_fields = ["title", "note"]
    copy_view_enabled = False
    panels = [FieldPanel("title"), FieldRowPanel([FieldPanel("subject"), FieldPanel("specialty")]), FieldPanel("note")]


class BankQuestionViewSet(SnippetViewSet):
    model = BankQuestion
    icon = "help"
    menu_label = _("考题")
    list_display = ["__str__", "kind", "bank", "difficulty", "pool", "state", UpdatedAtColumn()]
    list_filter = ["bank", "kind", "difficulty", "pool", "state"]
    list_select_related = ["bank"]
    search_fields = ["stem", "code"]
    copy_view_enabled = False
    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("bank"), FieldPanel("code")]),
                FieldRowPanel([FieldPanel("kind"), FieldPanel("difficulty")]),
                FieldRowPanel([FieldPanel("pool"), FieldPanel("state")]),
                FieldPanel("tags"),
            ],
            heading=_("归类"),
        ),
        MultiFieldPanel([FieldPanel("stem"), FieldPanel("stem_picture")], heading=_("题干")),
        FieldPanel("options"),
        FieldPanel("explanation"),
    ]
