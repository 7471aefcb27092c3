"""Who may be in a class, and when: the rules of L3 that enrolling and studying share."""

from datetime import date

from cms.queries import ClassTerms
from identity.acting import ActingRole
from learning.errors import NotALearner, NotBegun, NotLoggedIn, Over, WrongRegion


def check_dates(terms: ClassTerms, today: date, *, enrolled: bool) -> None:
    """起止时间 bounds enrolling and studying, with a grace date for the enrolled. Raises NotBegun, Over."""
    if terms.starts_on and today < terms.starts_on:
        raise NotBegun(starts_on=terms.starts_on.isoformat())
    last = (terms.grace_until or terms.ends_on) if enrolled else terms.ends_on
    if last and today > last:
        raise Over(ends_on=last.isoformat())


def check_may_enrol(role: ActingRole, terms: ClassTerms, today: date) -> None:
    """Whether this person may be in this class now, price aside (L3).

    Raises NotALearner, NotBegun, Over, WrongRegion: 区域 of a class is that region and all below it.
    """
    if role.is_visitor and not role.user_id:
        raise NotLoggedIn
    if not role.is_learner:
        raise NotALearner
    check_dates(terms, today, enrolled=False)
    if terms.region_paths and not any(role.region_path.startswith(path) for path in terms.region_paths):
        raise WrongRegion(regions="、".join(terms.region_names))
