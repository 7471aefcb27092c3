"""The pages: a phone that pays, and a desk with all trades and switches. No script, no style but their own file."""

from html import escape
from pathlib import Path
from string import Template

from payments.sandbox import bills, phone
from payments.sandbox.clock import local_text
from payments.sandbox.control import Control
from payments.sandbox.switches import CALLS, SWITCHES
from payments.sandbox.trades import Trade, Trades
from payments.sandbox.web import Answer, Request
from payments.sandbox.world import World

_FILES = Path(__file__).parent / "pages"
_PROVIDERS = {"wechat": "微信支付", "alipay": "支付宝"}
_STATES = {
    "waiting": "待支付",
    "paid": "支付成功",
    "closed": "订单已关闭",
    "finished": "交易已完结",
    "expired": "订单已过期",
    "stale": "二维码已失效",
    "late": "正在输入密码，订单关闭或过期后才会付款",
    "failed": "支付失败：余额不足，可重新支付",
    "refunded": "已退款",
}
_BUTTONS = {
    phone.Act.PAY: ("支付", "main"),
    phone.Act.PAY_WITHOUT_CALLBACK: ("支付但不通知", "plain"),
    phone.Act.FAIL: ("支付失败", "plain"),
    phone.Act.PAY_LATE: ("延迟支付", "plain"),
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
}


def _page(name: str, status: int = 200, **parts: str) -> Answer:
    text = Template((_FILES / name).read_text()).substitute(parts)
    return Answer(status, text.encode(), "text/html; charset=utf-8", dict(_HEADERS))


def stylesheet() -> Answer:
    return Answer(200, (_FILES / "sandbox.css").read_bytes(), "text/css; charset=utf-8", {"Cache-Control": "no-cache"})


# --- The phone --------------------------------------------------------------------------------------------------------
def pay_page(world: World, request: Request) -> Answer:
    """GET looks at the code, which is its scan; POST does an act: 200, or 409 where the act can't be done."""
    trade = Trades(world.store).of_token(request.path.removeprefix("/pay/"))
    if trade is None:
        return _page("gone.html", 404)
    if request.method == "GET":
        return _phone(world, phone.scan(world, trade))
    try:
        act = phone.Act(request.form.get("act", ""))
    except ValueError:
        return _phone(world, trade, 400)
    done = phone.act(world, trade, act)
    again = Trades(world.store).of_token(trade.token) or trade
    return _phone(world, again, 200 if done else 409)


def _state_of(world: World, trade: Trade) -> str:
    now = world.clock.now()
    if trade.state == "paid" and trade.refunded_fen == trade.amount_fen:
        return "refunded"
    if trade.state != "waiting":
        return trade.state
    if trade.expired(now):
        return "expired"
    if trade.code_is_stale(now):
        return "stale"
    if trade.pays_late:
        return "late"
    return "failed" if trade.failed else "waiting"


def _phone(world: World, trade: Trade, status: int = 200) -> Answer:
    state = _state_of(world, trade)
    acts = {"waiting": list(_BUTTONS), "failed": list(_BUTTONS), "late": list(_BUTTONS)[:2]}.get(state, [])
    if state in ("closed", "expired"):
        acts = [phone.Act.PAY_LATE]
    buttons = "\n".join(
        f'<button class="{_BUTTONS[act][1]}" name="act" value="{act}">{_BUTTONS[act][0]}</button>' for act in acts
    )
    return _page(
        "pay.html",
        status,
        provider=trade.provider,
        provider_name=_PROVIDERS[trade.provider],
        amount=bills.yuan(trade.amount_fen),
        payee="学时平台（沙箱商户）",
        subject=escape(trade.subject),
        number=escape(trade.number),
        state=state,
        state_name=_STATES[state],
        buttons=buttons,
    )


# --- The desk ---------------------------------------------------------------------------------------------------------
def desk(world: World) -> Answer:
    control = Control(world)
    trades = Trades(world.store).newest(100)
    return _page(
        "desk.html",
        now=local_text(world.clock.now()),
        speed=f"{world.clock.speed:g}",
        mode={"public_key": "微信支付公钥", "certificate": "平台证书"}[world.keys.wechat_mode],
        trades="\n".join(_trade_row(world, trade) for trade in trades) or _nothing(7, "还没有订单"),
        notices="\n".join(_notice_row(row) for row in reversed(control.notices()[-50:])) or _nothing(6, "还没有回调"),
        switches="\n".join(_switch_row(row) for row in control.switches()) or _nothing(5, "没有打开的开关"),
        names=_options({name: f"{label}（{name}）" for name, label in SWITCHES.items()}),
        providers=_options({"": "两家", **_PROVIDERS}),
        calls=_options({"": "所有接口", **{call: call for call in CALLS}}),
    )


def _options(choices: dict[str, str]) -> str:
    return "\n".join(f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in choices.items())


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _nothing(columns: int, words: str) -> str:
    return f'<tr><td colspan="{columns}">{words}</td></tr>'


def _trade_row(world: World, trade: Trade) -> str:
    return _row(
        _PROVIDERS[trade.provider],
        f'<a href="/pay/{trade.token}">{escape(trade.number)}</a>',
        escape(trade.subject),
        bills.yuan(trade.amount_fen),
        bills.yuan(trade.refunded_fen),
        _STATES[_state_of(world, trade)],
        local_text(trade.created_at),
    )


def _notice_row(row: dict[str, object]) -> str:
    states = {
        "waiting": "等待发送", "held": "暂扣", "accepted": "已接收", "lost": "丢失", "given_up": "不再重发",
        "unreachable": "地址不在本机",
    }  # fmt: skip
    deliveries = row["deliveries"]
    assert isinstance(deliveries, list)  # noqa: S101
    last = f"{deliveries[-1]['status']} {escape(deliveries[-1]['answer'][:60])}" if deliveries else ""
    resend = f'<form method="post" action="/control/resend"><input type="hidden" name="id" value="{row["id"]}">'
    return _row(
        _PROVIDERS[str(row["provider"])],
        escape(str(row["number"])),
        "退款" if row["refund_number"] else "付款",
        f"{states[str(row['state'])]}（{row['attempts']} 次）",
        last,
        resend + "<button>立即发送</button></form>",
    )


def _switch_row(row: dict[str, object]) -> str:
    off = f'<form method="post" action="/control/switches/off"><input type="hidden" name="id" value="{row["id"]}">'
    scope = f"订单 {row['number']}" if row["number"] else "所有订单"
    return _row(
        escape(str(row["label"])),
        escape(scope) + (f"，{_PROVIDERS[str(row['provider'])]}" if row["provider"] else ""),
        f"剩 {row['remaining']} 次" if row["remaining"] is not None else "直到重置",
        escape("" if row["value"] is None else str(row["value"])),
        off + "<button>关闭</button></form>",
    )
