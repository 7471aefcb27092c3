"""Authored content and what publishing makes of it."""

from cms.models.bank import Question, QuestionSet
from cms.models.catalogue import CatalogueIndexPage, ClassIndexPage, SpecialtyPage
from cms.models.class_page import ClassPage
from cms.models.portal import (
    DownloadCentrePage,
    DownloadItem,
    HelpIndexPage,
    HelpPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    StandardPage,
)
from cms.models.search import ClassTitleGram
from cms.models.support import SiteSupport
from cms.models.syllabus import Course, Lesson, QuizPoint, SyllabusVersion

__all__ = [
    "CatalogueIndexPage",
    "ClassIndexPage",
    "ClassPage",
    "ClassTitleGram",
    "Course",
    "DownloadCentrePage",
    "DownloadItem",
    "HelpIndexPage",
    "HelpPage",
    "HomePage",
    "Lesson",
    "NewsIndexPage",
    "NewsPage",
    "Question",
    "QuestionSet",
    "QuizPoint",
    "SiteSupport",
    "SpecialtyPage",
    "StandardPage",
    "SyllabusVersion",
]
