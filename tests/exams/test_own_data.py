"""What the exam room hands a learner of his own (X7): his attempts and practice, never what is right."""

import json

from cms.models import QuestionBank
from exams.models import Paper
from identity.exporters import export_of
from tests.exams.practising import add_questions, practises


def test_one_s_own_attempts_and_practice_are_handed_out_without_the_key(candidate, stranger, exam_of):
    course = exam_of()
    candidate.sits(course)
    practises(candidate, course, add_questions(QuestionBank.objects.get().pk, 1)[0], False)

    part = export_of(candidate.user.pk)["exams"]

    (attempt,) = part["attempts"]
    assert (attempt["course__title"], attempt["state"], attempt["number"]) == (course.title, "open", 1)
    (practice,) = part["practice"]
    assert (practice["tries"], practice["wrong"], practice["is_mistake"]) == (1, 1, True)
    text = json.dumps(part, default=str)
    for question in Paper.objects.get().questions:
        assert question["explanation"] not in text
        assert question["right"][0] not in text
    assert export_of(stranger.user.pk)["exams"] == {"attempts": [], "extra_time": [], "practice": []}
