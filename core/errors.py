"""Refusals: what the house says when a rule forbids what somebody asked for.

A refusal has a machine code (the contract's) and a sentence a person can act on. It knows nothing of HTTP: one table in
`api/` maps codes to status numbers, pages show the sentence.
"""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """A rule forbids this. Subclasses set `code` and `message`; `message` may hold %(name)s places for `params`."""

    code: ClassVar[str] = "refused"
    message: ClassVar[str | Promise] = _("现在还不能这样做")

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(str(self))

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class FieldRefusal(Refusal):
    """A refusal that belongs to one field of what was sent; `attr` names it (dotted for nested ones)."""

    code = "invalid"

    def __init__(self, attr: str, **params: object) -> None:
        self.attr = attr
        super().__init__(**params)


class FieldRefusals(Refusal):
    """Several fields are at fault: all of them are told at once, each one's first fault."""

    code = "invalid"

    def __init__(self, faults: Sequence[FieldRefusal]) -> None:
        self.faults = list({fault.attr: fault for fault in reversed(faults)}.values())[::-1]
        super().__init__()

    def __str__(self) -> str:
        return "；".join(str(fault) for fault in self.faults)
