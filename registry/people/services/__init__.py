"""What technicians do with their data and belonging."""

from registry.people.services.closing import close_account, take_own_data
from registry.people.services.corrections import (
    ask_id_correction,
    ask_name_correction,
    correct_unit,
    decide_correction,
    reencrypt_corrections,
    withdraw_correction,
)
from registry.people.services.profile import AT_ONCE, change_profile, choose_mail
from registry.people.services.registration import Registration, Sent, register_technician, registration_faults
from registry.people.services.seeds import put_profile
from registry.people.services.support import SUPPORT, set_up_support
from registry.people.services.title_change import AskedTitle, ask_title_change
from registry.people.services.transfer import AskedTransfer, ask_transfer

__all__ = [
    "AT_ONCE",
    "SUPPORT",
    "AskedTitle",
    "AskedTransfer",
    "Registration",
    "Sent",
    "ask_id_correction",
    "ask_name_correction",
    "ask_title_change",
    "ask_transfer",
    "change_profile",
    "choose_mail",
    "close_account",
    "correct_unit",
    "decide_correction",
    "put_profile",
    "reencrypt_corrections",
    "register_technician",
    "registration_faults",
    "set_up_support",
    "take_own_data",
    "withdraw_correction",
]
