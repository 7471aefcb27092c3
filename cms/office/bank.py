"""The question bank in Wagtail's admin: banks, questions, and the addresses of what is done with many of them."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.models import BankQuestion, QuestionBank
from cms.office import doubles, imports, listing


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
    list_display = listing.COLUMNS
    list_per_page = 50
    ordering = "-pk"
    filterset_class = listing.QuestionFilterSet
    search_fields = ["stem"]  # what is really searched in is listing.searched's affair
    copy_view_enabled = False
    index_view_class = listing.QuestionIndexView
    index_template_name = "cms/admin/questions.html"
    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("bank"), FieldPanel("code")]),
                FieldRowPanel([FieldPanel("kind"), FieldPanel("difficulty")]),
                FieldRowPanel([FieldPanel("pool"), FieldPanel("state")]),
                FieldPanel("tags", help_text=_("用逗号分开。组卷时可以按标签抽题。")),
            ],
            heading=_("归类"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("stem", help_text=_("公式写在两个 $ 之间，比如 $x^2$；要写美元符号就写 \\$。")),
                FieldPanel(
                    "stem_picture",
                    help_text=_(
                        "jpg、png、gif 或 webp，不超过 10 MB。图片的“描述”要写清画的是什么，看不见图的学员靠它答题。"
                    ),
                ),
            ],
            heading=_("题干"),
        ),
        FieldPanel("options"),
        FieldPanel("explanation"),
        HelpPanel(template="cms/admin/question_preview.html", heading=_("预览")),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Wagtail's own, and what is done with many questions at once."""
        views: dict[str, Any] = {"model": BankQuestion}
        return [
            *super().get_urlpatterns(),
            path("export/", self._listing(listing.QuestionExportView), name="export"),
            path("doubles/", doubles.DoublesView.as_view(**views), name="doubles"),
            path("import/", imports.ImportView.as_view(**views), name="import"),
            path("import/template/", imports.TemplateView.as_view(**views), name="import_template"),
            path("import/<int:import_id>/", imports.ResultView.as_view(**views), name="import_result"),
            path("import/<int:import_id>/faults/", imports.FaultsView.as_view(**views), name="import_faults"),
        ]

    def _listing(self, view: Any) -> Any:
        """A view that knows the list's filters."""
        return self.construct_view(view, **self.get_index_view_kwargs())
