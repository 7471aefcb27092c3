"""What others may ask of authored content."""

from cms.queries.browse import (
    CLASSES_A_PAGE,
    SORTS,
    Choice,
    ClassList,
    SpecialtyCount,
    find_classes,
    region_choices,
    series_choices,
    specialties_with_counts,
)
from cms.queries.site import Contact, contact, content_version
from cms.queries.syllabus import (
    CourseOutline,
    LessonOutline,
    LessonPlace,
    QuizOutline,
    Syllabus,
    drafted_syllabus,
    lesson_place,
    preview_lesson,
    quiz_questions,
    syllabi_of,
    syllabus_of,
)
from cms.queries.terms import ClassTerms, class_by_slug, class_terms, terms_of

__all__ = [
    "CLASSES_A_PAGE",
    "SORTS",
    "Choice",
    "ClassList",
    "ClassTerms",
    "Contact",
    "CourseOutline",
    "LessonOutline",
    "LessonPlace",
    "QuizOutline",
    "SpecialtyCount",
    "Syllabus",
    "class_by_slug",
    "class_terms",
    "contact",
    "content_version",
    "drafted_syllabus",
    "find_classes",
    "lesson_place",
    "preview_lesson",
    "quiz_questions",
    "region_choices",
    "series_choices",
    "specialties_with_counts",
    "syllabi_of",
    "syllabus_of",
    "terms_of",
]
