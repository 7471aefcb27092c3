"""Switches and the rest of the control, in process, over HTTP and from the desk's forms."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from payments.sandbox import SWITCHES, NoSuchTrade, Sandbox, UnknownSwitch
from tests.payments.sandbox.merchant import AlipayMerchant, Page, WeChatMerchant, http

NUMBER = "XS20261124M"


def _post(sandbox: Sandbox, control: str, **said: Any) -> Page:
    return http(f"{sandbox.base}/control/{control}", json.dumps(said).encode(), Content_Type="application/json")


def _get(sandbox: Sandbox, name: str) -> Any:
    return json.loads(http(f"{sandbox.base}/control/{name}").text)[name.partition("?")[0]]


# --- Switches ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("unknown", {}),
        ("call_error", {"provider": "unionpay"}),
        ("call_error", {"call": "unknown"}),
        ("notice_lost", {"call": "create"}),
        ("notice_lost", {"times": 0}),
    ],
)
def test_what_cannot_hold_is_refused(sandbox: Sandbox, name: str, chosen: dict[str, Any]) -> None:
    with pytest.raises(UnknownSwitch):
        sandbox.control.switch(name, **chosen)
    assert _post(sandbox, "switches", name=name, **chosen).status == 400
    assert sandbox.control.switches() == []


def test_for_some_times_it_is_used_up(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    sandbox.control.switch("call_error", times=2)

    assert [wechat.query(NUMBER)[0] for _ in range(3)] == [500, 500, 404]
    assert sandbox.control.switches() == []


def test_until_it_is_reset_it_holds(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    sandbox.control.switch("call_error")
    assert [wechat.query(NUMBER)[0] for _ in range(3)] == [500, 500, 500]

    sandbox.control.reset()

    assert wechat.query(NUMBER)[0] == 404


def test_for_one_trade_it_leaves_the_others_alone(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    sandbox.control.switch("call_error", number=NUMBER)

    assert wechat.query("XS_ANOTHER")[0] == 404
    assert wechat.query(NUMBER)[0] == 500


def test_the_one_that_names_the_trade_comes_first(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    sandbox.control.switch("call_error", value=503)
    sandbox.control.switch("call_error", value=502, number=NUMBER, times=1)

    assert [wechat.query(NUMBER)[0] for _ in range(2)] == [502, 503]


def test_one_can_be_turned_off_again(sandbox: Sandbox) -> None:
    first, second = sandbox.control.switch("notice_lost"), sandbox.control.switch("notice_forged")

    sandbox.control.off(first)

    assert [switch["id"] for switch in sandbox.control.switches()] == [second]


# --- Over HTTP --------------------------------------------------------------------------------------------------------
def test_a_switch_can_be_turned_on_and_off(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    switch = json.loads(_post(sandbox, "switches", name="call_error", value=503, times=1).text)["id"]
    (shown,) = _get(sandbox, "switches")
    assert (shown["id"], shown["name"], shown["value"], shown["remaining"]) == (switch, "call_error", 503, 1)

    _post(sandbox, "switches/off", id=switch)

    assert wechat.query(NUMBER)[0] == 404


def test_a_payer_needs_no_page(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)

    done = _post(sandbox, "pay", number=NUMBER, act="pay", at="2026-11-20T23:59:59")

    assert json.loads(done.text) == {"done": True}
    assert json.loads(_post(sandbox, "wait").text) == {"quiet": True}
    assert _get(sandbox, "trades")[0]["paid_at"] == "2026-11-20T23:59:59+08:00"
    assert [notice["state"] for notice in _get(sandbox, f"notices?number={NUMBER}")] == ["accepted"]
    assert len(wechat.inbox.received) == 1


def test_the_clock_can_be_set_and_reset(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)
    _post(sandbox, "clock", now="2026-11-23T23:59:59+08:00")
    sandbox.control.pay(NUMBER)

    assert _get(sandbox, "trades")[0]["paid_at"][:18] == "2026-11-23T23:59:5"
    _post(sandbox, "reset")
    assert abs(sandbox.control._world.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_trades_can_be_forgotten_and_keys_stay(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)
    before = sandbox.settings

    _post(sandbox, "forget")

    assert sandbox.trades() == []
    assert sandbox.settings == before


def test_after_a_rotation_the_settings_file_has_the_new_key(another: Any, tmp_path: Any) -> None:
    sandbox = another()
    before = json.loads((tmp_path / "own/settings.json").read_text())

    _post(sandbox, "keys", provider="wechat")

    after = json.loads((tmp_path / "own/settings.json").read_text())
    assert after["WECHAT_PUBLIC_KEY"] != before["WECHAT_PUBLIC_KEY"]
    assert after == sandbox.settings


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pay", {"number": "XS_UNKNOWN"}),
        ("pay", {}),
        ("scan", {}),
        ("clock", {"now": "tomorrow"}),
        ("keys", {"provider": "unionpay"}),
        ("mode", {"mode": "none"}),
        ("resend", {"id": "x"}),
    ],
)
def test_what_makes_no_sense_is_a_400(sandbox: Sandbox, name: str, said: dict[str, Any]) -> None:
    page = _post(sandbox, name, **said)

    assert page.status == 400
    assert "error" in json.loads(page.text)


def test_an_unknown_control_is_a_404(sandbox: Sandbox) -> None:
    assert _post(sandbox, "unknown").status == 404
    assert http(f"{sandbox.base}/control/unknown").status == 404


def test_another_sites_page_may_not_use_it(sandbox: Sandbox) -> None:
    body = urlencode({"name": "notice_lost"}).encode()

    page = http(f"{sandbox.base}/control/switches", body, Origin="http://elsewhere.example")

    assert page.status == 403
    assert sandbox.control.switches() == []


def test_a_number_of_both_providers_is_told_apart(
    sandbox: Sandbox, wechat: WeChatMerchant, alipay: AlipayMerchant
) -> None:
    wechat.code_url(NUMBER)
    alipay.code_url(NUMBER)

    sandbox.control.pay(NUMBER, provider="alipay")

    assert wechat.query(NUMBER)[1]["trade_state"] == "NOTPAY"
    assert alipay.query(NUMBER)["trade_status"] == "TRADE_SUCCESS"
    with pytest.raises(NoSuchTrade):
        sandbox.control.pay("XS_UNKNOWN")


# --- The desk ---------------------------------------------------------------------------------------------------------
def test_the_desk_lists_trades_and_offers_every_switch(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    code = wechat.code_url(NUMBER)
    sandbox.control.pay(NUMBER)
    sandbox.control.wait_quiet()
    sandbox.control.switch("notice_forged", times=2)

    page = http(f"{sandbox.base}/").text

    assert f'href="{code.removeprefix(sandbox.base)}"' in page
    assert "支付成功" in page
    assert "已接收（1 次）" in page
    assert "剩 2 次" in page
    assert [name for name in SWITCHES if f'<option value="{name}">' not in page] == []


def test_its_form_turns_a_switch_on_and_leads_back(sandbox: Sandbox) -> None:
    fields = {"name": "notice_wrong_amount", "provider": "wechat", "call": "", "number": "", "times": "", "value": "5"}

    page = http(f"{sandbox.base}/control/switches", urlencode(fields).encode(), Origin=sandbox.base)

    assert "支付沙箱" in page.text  # it was followed back to the desk
    (switch,) = sandbox.control.switches()
    assert (switch["name"], switch["provider"], switch["remaining"], switch["value"]) == (
        "notice_wrong_amount",
        "wechat",
        None,
        "5",
    )
