"""RSA2: over all parameters in order of their names, and over an answer's core as it is written."""

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from payments.sandbox.clock import LOCAL
from payments.sandbox.keys import nobodys_key
from payments.sandbox.store import Refused
from payments.sandbox.web import Answer
from payments.sandbox.world import Call, World

_SKEW_SECONDS = 600


class Fault(Refused):
    """Alipay's own words for what is wrong. `signed` is false where it can't know for whom to sign."""

    def __init__(self, sub_code: str, message: str, *, code: str = "40004", signed: bool = True) -> None:
        self.code, self.sub_code, self.message, self.signed = code, sub_code, message, signed
        super().__init__(sub_code)

    @property
    def content(self) -> dict[str, str]:
        msg = {"40004": "Business Failed", "40002": "Invalid Arguments", "20000": "Service Currently Unavailable"}
        return {"code": self.code, "msg": msg[self.code], "sub_code": self.sub_code, "sub_msg": self.message}


def signed_text(parameters: Mapping[str, str], *without: str) -> str:
    """Sorted, joined, without `sign`, without what is empty."""
    kept = {name: value for name, value in parameters.items() if value != "" and name not in ("sign", *without)}
    return "&".join(f"{name}={kept[name]}" for name in sorted(kept))


def require_signature(world: World, parameters: dict[str, str]) -> None:
    """Raises Fault for all that isn't signed by our application just now."""

    def invalid(sub_code: str, message: str, *, signed: bool = True) -> Fault:
        return Fault(sub_code, message, code="40002", signed=signed)

    if parameters.get("app_id") != world.keys.merchant["app_id"]:
        raise invalid("isv.invalid-app-id", "无效的AppID参数", signed=False)
    if parameters.get("sign_type") != "RSA2":
        raise invalid("isv.invalid-signature-type", "无效的签名类型")
    if not world.keys.current("alipay_app").signed(signed_text(parameters).encode(), parameters.get("sign", "")):
        raise invalid("isv.invalid-signature", "验签出错，请检查签名")
    try:
        said = datetime.strptime(parameters.get("timestamp", ""), "%Y-%m-%d %H:%M:%S").replace(tzinfo=LOCAL)
    except ValueError:
        raise invalid("isv.invalid-timestamp", "非法的时间戳参数") from None
    # By the real time: a client's library signs with it, whatever the sandbox's clock says.
    if abs(time.time() - said.timestamp()) > _SKEW_SECONDS:
        raise invalid("isv.invalid-timestamp", "时间戳须为北京时间，且在10分钟之内")


def sign_answer(call: Call, method: str, content: dict[str, Any], *, signed: bool = True) -> Answer:
    """The core is signed as it stands in the answer, its slashes escaped as Alipay writes them."""
    core = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    signature = call.world.keys.current("alipay_platform").sign(core.encode())
    if call.trouble("call_badly_signed"):
        signature = nobodys_key().sign(core.encode())
    body = f'{{"{method.replace(".", "_")}_response":{core}'
    if signed and not call.trouble("call_unsigned"):
        body += f',"sign":"{signature}"'
    return Answer(200, (body + "}").encode(), "text/html;charset=utf-8")
