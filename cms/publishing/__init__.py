"""From the page an editor works on to the rows that learners study (mechanism 5)."""

from cms.publishing.check import Fault, faults_of, refuse_unless_publishable
from cms.publishing.draft import DraftCourse, DraftExam, DraftLesson, DraftQuiz, draft_of
from cms.publishing.follow import follow_page
from cms.publishing.rows import publish_syllabus

__all__ = [
    "DraftCourse",
    "DraftExam",
    "DraftLesson",
    "DraftQuiz",
    "Fault",
    "draft_of",
    "faults_of",
    "follow_page",
    "publish_syllabus",
    "refuse_unless_publishable",
]
