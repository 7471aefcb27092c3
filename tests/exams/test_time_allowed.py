"""How long a learner has for an exam: the exam's minutes, and more for who needs more."""

from datetime import timedelta

from cms.queries import blueprint_terms
from exams.queries import minutes_allowed
from exams.services import grant_extra_time


def test_extra_time_is_told_before_the_exam_and_given_in_it(candidate, exam_of):
    course = exam_of(minutes=30)
    terms = blueprint_terms(course.blueprints.get().pk)
    assert minutes_allowed(candidate.role, terms) == (30, 0)

    grant_extra_time(
        user_id=candidate.user.pk,
        percent=50,
        reason="视力障碍",
        actor_id=1,
        acting_as="staff",
        now=candidate.clock.now(),
    )

    assert minutes_allowed(candidate.role, terms) == (45, 50)
    attempt = candidate.sits(course)
    assert attempt.deadline_at - attempt.opened_at == timedelta(minutes=45)
