"""The demo's question bank and the section exams that draw from it (contract.md: five questions a course)."""

from io import BytesIO

from PIL import Image, ImageDraw

from cms import services as cms
from web.demo import questions
from web.demo.slides import BRAND, INK, SOFT, WHITE, chinese_font

MINUTES, PASS_POINTS = 10, 3
_PLAN = (("single", 3), ("multiple", 1), ("true_false", 1))
_WIDTH, _HEIGHT = 720, 420
_RED = "#b42318"


def load_bank() -> int:
    """The bank with its questions, where they are missing; its id."""
    bank_id = cms.write_bank(title=questions.BANK, subject="public", note="示例：公需科目《人工智能应用基础》")
    curves = cms.write_picture(
        title=questions.CURVES, description=questions.CURVES_IN_WORDS, file_name="curves.png", content=draw_curves()
    )
    for pool, courses in (("exam", questions.EXAM), ("practice", questions.PRACTICE)):
        for course, banked in courses.items():
            for question in banked:
                cms.write_bank_question(bank_id=bank_id, draft=_draft(question, pool, course, curves))
    return bank_id


def _draft(question: questions.BankedQuestion, pool: str, course: str, curves: int) -> cms.BankQuestionDraft:
    return cms.BankQuestionDraft(
        kind=question.kind,
        stem=question.stem,
        options=question.options,
        right=question.right,
        explanation=question.explanation,
        difficulty=question.difficulty,
        pool=pool,
        tags=[course],
        picture_id=curves if question.picture else None,
    )


def exam_of(course: str, bank_id: int) -> cms.ExamDraft:
    """The exam of a course: five questions with its tag, three right to pass, ten minutes."""
    rules = [cms.ExamRule(count, bank_id, kind, [course]) for kind, count in _PLAN]
    return cms.ExamDraft(rules=rules, pass_points=PASS_POINTS, minutes=MINUTES)


def draw_curves() -> bytes:
    """Two errors over the rounds of training, as PNG: one falls, the other turns and rises."""
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), WHITE)
    pen = ImageDraw.Draw(picture)
    left, bottom, right, top = 70, _HEIGHT - 60, _WIDTH - 40, 40
    pen.line([(left, top), (left, bottom), (right, bottom)], fill=INK, width=3)
    steps = range(left, right, 4)
    shares = [(x - left) / (right - left) for x in steps]
    falling = [
        (x, top + 40 + (bottom - top - 70) * (1 - 2.718 ** (-4 * part))) for x, part in zip(steps, shares, strict=True)
    ]
    turning = [
        (x, top + 30 + (bottom - top - 130) * (1 - 2.718 ** (-6 * part)) - 190 * max(part - 0.4, 0) ** 1.4)
        for x, part in zip(steps, shares, strict=True)
    ]
    pen.line(falling, fill=BRAND, width=5, joint="curve")
    pen.line(turning, fill=_RED, width=5, joint="curve")
    font = chinese_font(24)
    pen.text((falling[-1][0] - 30, falling[-1][1] - 40), "甲", font=font, fill=BRAND)
    pen.text((turning[-1][0] - 30, turning[-1][1] - 40), "乙", font=font, fill=_RED)
    pen.text((left - 55, top - 4), "误差", font=font, fill=SOFT)
    pen.text((right - 100, bottom + 14), "训练轮数", font=font, fill=SOFT)
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
