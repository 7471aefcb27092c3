"""Why an exam can't be published yet (E1): its bank must be able to fill every paper."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from cms.publishing.draft import DraftExam
from cms.questions import Difficulty, QuestionKind


def faults_of_exam(exam: DraftExam) -> Iterator[str]:
    """What keeps the exam from being sat, a sentence each, with what is missing in the bank."""
    from cms.queries.bank import shortages

    total = sum(rule["count"] * rule["points"] for rule in exam.rules)
    if not exam.rules:
        yield _("考试还没有抽题规则")
        return
    if exam.minutes <= 0:
        yield _("考试还没填限时")
    if exam.pass_points <= 0:
        yield _("考试还没填及格分")
    elif exam.pass_points > total:
        yield _("及格分 %(mark)s 高于全卷总分 %(total)s") % {"mark": exam.pass_points, "total": total}
    if any(not rule["bank"] and not rule["tags"] for rule in exam.rules):
        yield _("每条抽题规则要选题库或者填标签")
        return
    if any(rule["count"] <= 0 or rule["points"] <= 0 for rule in exam.rules):
        yield _("每条抽题规则要填题数和分值")
        return
    for shortage in shortages(exam.rules):
        yield _("%(rule)s：要抽 %(wanted)s 题，启用的考试题只够 %(available)s 题，还差 %(missing)s 题") % {
            "rule": rule_in_words(shortage.rule),
            "wanted": shortage.rule["count"],
            "available": shortage.available,
            "missing": shortage.rule["count"] - shortage.available,
        }


def rule_in_words(rule: dict[str, Any]) -> str:
    """急救题库 · 单选题 · 较难: a rule as an editor reads it."""
    from cms.queries.bank import bank_titles

    words = list(bank_titles([rule["bank"]]).values()) if rule["bank"] else []
    words += ["、".join(rule["tags"])] if rule["tags"] else []
    words.append(str(QuestionKind(rule["kind"]).label))
    if rule["difficulty"]:
        words.append(str(Difficulty(rule["difficulty"]).label))
    return " · ".join(words)
