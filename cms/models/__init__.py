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
from cms.models.question_bank import BankQuestion, DistinctQuestions, QuestionBank, QuestionTag
from cms.models.question_import import QuestionImport, QuestionImportFault
from cms.models.search import ClassTitleGram
from cms.models.support import SiteSupport
from cms.models.syllabus import Blueprint, Course, Lesson, QuizPoint, SyllabusVersion

__all__ = [
    "BankQuestion",
    "Blueprint",
    "CatalogueIndexPage",
    "ClassIndexPage",
    "ClassPage",
    "ClassTitleGram",
    "Course",
    "DistinctQuestions",
    "DownloadCentrePage",
    "DownloadItem",
    "HelpIndexPage",
    "HelpPage",
    "HomePage",
    "Lesson",
    "NewsIndexPage",
    "NewsPage",
    "Question",
    "QuestionBank",
    "QuestionImport",
    "QuestionImportFault",
    "QuestionSet",
    "QuestionTag",
    "QuizPoint",
    "SiteSupport",
    "SpecialtyPage",
    "StandardPage",
    "SyllabusVersion",
]
