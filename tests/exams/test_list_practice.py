"""The list of what can be practised: its figures, and as many queries for many courses as for one (L9)."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.models import BankQuestion
from exams.queries import practice_list
from tests.exams import classes
from tests.exams.practising import course_with_practice, practises


def test_the_list_counts_what_there_is_what_was_practised_and_mistakes(candidate):
    course, questions = course_with_practice(candidate, 4)
    practises(candidate, course, questions[0], True)
    practises(candidate, course, questions[1], False)
    practises(candidate, course, questions[2], False)
    questions[2].state = "retired"
    questions[2].save()

    (card,) = practice_list(candidate.role)

    assert card.place.course.id == course.pk
    assert (card.questions, card.practised, card.mistakes) == (3, 2, 1)


def test_the_list_takes_as_many_queries_for_one_course_as_for_twelve(candidate):
    def queries() -> int:
        practice_list(candidate.role)
        with CaptureQueriesContext(connection) as captured:
            practice_list(candidate.role)
        return len(captured)

    course_with_practice(candidate, 1)
    one = queries()
    for _ in range(3):
        bank_id = classes.bank(f"题库 {BankQuestion.objects.count()}", 5, pool="both")
        page, courses = classes.exam_class(*[classes.exam(bank_id)] * 4)
        candidate.enrols(page)
        for course in courses[:-1]:
            classes.watch_all(candidate, course)
            candidate.passes(course)

    assert len(practice_list(candidate.role)) == 13
    assert queries() == one


def test_a_cold_process_asks_no_more_for_many_courses_than_for_one(candidate):
    def cold_queries() -> int:
        BankQuestion.objects.first().save()  # a change of a bank: what was kept of it is of no use
        for bank in {question.bank_id: question for question in BankQuestion.objects.all()}.values():
            bank.save()
        with CaptureQueriesContext(connection) as captured:
            practice_list(candidate.role)
        return len(captured)

    course_with_practice(candidate, 1)
    practice_list(candidate.role)
    one = cold_queries()
    for _ in range(4):
        course_with_practice(candidate, 1)
    practice_list(candidate.role)

    assert cold_queries() == one
