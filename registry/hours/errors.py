"""Refusals of the hours room."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal


class NothingToCredit(Refusal):
    code = "nothing_to_credit"
    message = _("没有可计入的学时")
