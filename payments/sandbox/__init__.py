"""A small program of its own that plays WeChat Pay and Alipay over HTTP, for the demo and the tests.

It imports nothing of the project, and the project nothing of it: they know each other by their addresses alone.
"""

from payments.sandbox.control import Control, NoSuchTrade
from payments.sandbox.sandbox import InUse, Sandbox, prepare
from payments.sandbox.switches import SWITCHES, UnknownSwitch

__all__ = ["SWITCHES", "Control", "InUse", "NoSuchTrade", "Sandbox", "UnknownSwitch", "prepare"]
