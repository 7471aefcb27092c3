"""What may be done with authored content."""

from cms.publishing.rows import publish_syllabus
from cms.services.authoring import (
    ClassFields,
    CourseDraft,
    ExamDraft,
    ExamRule,
    LessonDraft,
    QuestionDraft,
    QuizDraft,
    class_is_current,
    write_class,
    write_question_set,
)
from cms.services.bank import BankQuestionDraft, void_question, write_bank, write_bank_question, write_picture
from cms.services.freshness import invalidate
from cms.services.importing import ask_import, run_import, sweep_imports
from cms.services.portal import (
    EDITORS,
    REVIEWERS,
    is_set_up,
    refuse_unless_deletable,
    set_support,
    set_up,
    write_download,
    write_help,
    write_home,
    write_news,
    write_text_page,
)
from cms.services.question_states import (
    activate_questions,
    bank_called,
    refuse_unless_unused,
    retire_questions,
    say_distinct,
)
from cms.services.schedule import publish_scheduled
from cms.services.staff import also_set_up

__all__ = [
    "EDITORS",
    "REVIEWERS",
    "BankQuestionDraft",
    "ClassFields",
    "CourseDraft",
    "ExamDraft",
    "ExamRule",
    "LessonDraft",
    "QuestionDraft",
    "QuizDraft",
    "activate_questions",
    "also_set_up",
    "ask_import",
    "bank_called",
    "class_is_current",
    "invalidate",
    "is_set_up",
    "publish_scheduled",
    "publish_syllabus",
    "refuse_unless_deletable",
    "refuse_unless_unused",
    "retire_questions",
    "run_import",
    "say_distinct",
    "set_support",
    "set_up",
    "sweep_imports",
    "void_question",
    "write_bank",
    "write_bank_question",
    "write_class",
    "write_download",
    "write_help",
    "write_home",
    "write_news",
    "write_picture",
    "write_question_set",
    "write_text_page",
]
