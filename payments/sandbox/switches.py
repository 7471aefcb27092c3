"""Trouble to order: what can be made to go wrong, for one trade, for the next time, or until it is reset."""

import json
from dataclasses import dataclass
from typing import Any

from payments.sandbox.store import Store

CALLS = ("create", "query", "close", "cancel", "refund", "query_refund", "bill", "download")

# Name → what it does, in the words of the page. A number in 〔〕 is the value's default.
SWITCHES = {
    # Notices, as they are sent
    "notice_lost": "回调丢失，也不再重发",
    "notice_doubled": "回调同时发两次",
    "notice_delayed": "回调推迟〔60〕秒（沙箱时钟）",
    "notice_early": "下单应答之前已付款并回调",
    "notice_out_of_order": "付款回调排到退款回调之后",
    "notice_forged": "回调由他人密钥签名",
    "notice_signtest": "回调签名为 SIGNTEST 探测（微信）",
    "notice_tampered": "密文（微信）或签名后的内容（支付宝）被改动",
    "notice_wrong_amount": "回调金额多〔1〕分",
    "notice_wrong_currency": "回调币种不是人民币（微信）",
    "notice_wrong_merchant": "回调商户号 / 卖家不符",
    "notice_wrong_app": "回调应用号不符",
    "notice_wrong_number": "回调是未知订单号",
    "notice_old_timestamp": "回调时间戳早〔600〕秒",
    "notice_replayed": "同一报文（同随机串）再发一次",
    "notice_unknown_serial": "回调序列号未知（微信）",
    "notice_huge": "回调报文超过 64 KB",
    "notice_aad": "附加数据：present、empty 或 missing（微信）",
    "notice_wrong_sign_type": "签名类型写成 RSA（支付宝）",
    "notice_field_twice": "金额参数出现两次（支付宝）",
    # Calls, as they are answered
    "call_error": "接口返回〔500〕错误",
    "call_slow": "接口慢〔5〕秒",
    "call_dropped": "接口未处理即断开",
    "call_answer_lost": "接口已处理，〔10〕秒不答后断开",
    "call_unsigned": "应答无签名",
    "call_badly_signed": "应答签名错误",
    "answer_wrong_amount": "查询应答金额多〔1〕分",
    "answer_wrong_merchant": "查询应答商户号不符（微信）",
    "answer_wrong_app": "查询应答应用号不符（微信）",
    # Refunds
    "refund_refused": "退款立即失败（余额不足）",
    "refund_too_soon": "退款过于频繁",
    "refund_abnormal": "退款受理后变为异常",
    "refund_closed": "退款受理后关闭（微信）",
    "refund_slow": "退款处理要〔3600〕秒（沙箱时钟）",
    # Closing and late payment
    "close_races_payment": "关单时恰好付款成功",
    "pay_after_close": "关闭或过期后仍可付款",
    # Bills
    "bill_early": "当天即可取账单",
    "bill_extra": "账单多一行〔100〕分",
    "bill_missing": "账单少一行",
    "bill_altered": "账单一行金额多〔1〕分",
    "bill_wrong_hash": "账单摘要不符（微信）",
    "bill_dead_link": "账单下载地址失效",
}


class UnknownSwitch(ValueError):
    """No such switch, or it can't hold for what was said."""


@dataclass(frozen=True)
class Setting:
    """A switch that is on here: its value, or the default of the place that asks."""

    value: Any

    def number(self, default: float) -> float:
        return default if self.value is None else float(self.value)

    def whole(self, default: int) -> int:
        return default if self.value is None else int(self.value)

    def text(self, default: str) -> str:
        return default if self.value is None else str(self.value)


class Switches:
    def __init__(self, store: Store) -> None:
        self._store = store

    def on(
        self,
        name: str,
        *,
        provider: str = "",
        number: str = "",
        call: str = "",
        times: int | None = None,
        value: Any = None,
    ) -> int:
        """Turn one on; its id. For one trade by its number, for the next `times`, or (None) until reset.

        Raises UnknownSwitch.
        """
        if name not in SWITCHES:
            raise UnknownSwitch(f"no such switch: {name}")
        if provider not in ("", "wechat", "alipay"):
            raise UnknownSwitch(f"no such provider: {provider}")
        if call and (call not in CALLS or not name.startswith("call_")):
            raise UnknownSwitch(f"{name} does not hold for a call named {call}")
        if times is not None and times < 1:
            raise UnknownSwitch("a switch holds at least once")
        return self._store.insert(
            "switches",
            name=name,
            provider=provider,
            number=number,
            call=call,
            remaining=times,
            value=json.dumps(value),
        )

    def off(self, switch_id: int) -> None:
        self._store.change("DELETE FROM switches WHERE id = ?", switch_id)

    def reset(self) -> None:
        self._store.change("DELETE FROM switches")

    def all(self) -> list[dict[str, Any]]:
        rows = self._store.rows("SELECT * FROM switches ORDER BY id")
        return [{**row, "value": json.loads(row["value"]), "label": SWITCHES[row["name"]]} for row in rows]

    def take(
        self, name: str, *, provider: str, number: str = "", call: str = "", named: bool = False
    ) -> Setting | None:
        """The switch if it is on for this, used up by one time. `named`: only one that names this very trade.

        One that names the trade comes before one for whatever comes next.
        """
        query = "SELECT * FROM switches WHERE name = ? AND provider IN ('', ?) AND number IN (?, ?) AND call IN ('', ?)"
        query += " ORDER BY number = '', remaining IS NULL, id LIMIT 1"
        with self._store.transaction():
            row = self._store.row(query, name, provider, number if named else "", number, call)
            if row is None:
                return None
            if row["remaining"] is not None:
                self._store.change("UPDATE switches SET remaining = remaining - 1 WHERE id = ?", row["id"])
                self._store.change("DELETE FROM switches WHERE remaining = 0")
            return Setting(json.loads(row["value"]))
