"""`manage.py doctor` asks both providers: a fault of either has its line, and says which setting to look at."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from payments.providers import faults
from web import probes


@pytest.fixture(scope="session")
def strangers_keys(pairs):
    key: rsa.RSAPrivateKey = pairs["stranger"]
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )


def told():
    return {part: list(probes.EVERYTHING[part]()) for part in ("微信支付", "支付宝")}


def test_a_provider_that_answers_as_it_should_has_no_fault(sandbox):
    assert told() == {"微信支付": [], "支付宝": []}
    assert [(call["call"], call["outcome"]) for call in sandbox.control.calls()] == [
        ("query", "ORDER_NOT_EXIST"),
        ("query", "ACQ.TRADE_NOT_EXIST"),
    ]


def test_a_provider_that_is_not_set_up_is_not_asked(sandbox, settings):
    for name in sandbox.settings:
        setattr(settings, name, "")

    assert told() == {"微信支付": [], "支付宝": []}
    assert sandbox.control.calls() == []


def test_an_address_alone_sets_nothing_up(sandbox, settings):
    for name in [name for name in sandbox.settings if not name.endswith("_GATEWAY")]:
        setattr(settings, name, "")

    assert told() == {"微信支付": [], "支付宝": []}


def test_what_is_missing_or_no_key_is_told_without_asking(sandbox, settings):
    settings.WECHAT_CERT_SERIAL = ""
    settings.ALIPAY_PRIVATE_KEY = "/nowhere/at/all.pem"

    assert told() == {
        "微信支付": ["缺少 WECHAT_CERT_SERIAL"],
        "支付宝": ["ALIPAY_PRIVATE_KEY 既不是 PEM，也不是能读的文件"],
    }
    assert sandbox.control.calls() == []


def test_the_sandbox_of_a_real_site_is_told(sandbox, settings):
    settings.DEMO = False

    assert told() == {"微信支付": ["WECHAT_GATEWAY 不是 https"], "支付宝": ["ALIPAY_GATEWAY 不是 https"]}


def test_a_private_key_the_provider_does_not_know_is_told(sandbox, settings, strangers_keys):
    settings.WECHAT_PRIVATE_KEY = settings.ALIPAY_PRIVATE_KEY = strangers_keys[0]

    faults_told = told()

    [wechat], [alipay] = faults_told["微信支付"], faults_told["支付宝"]
    assert wechat.startswith("微信支付不认商户的签名，检查 WECHAT_MCHID、WECHAT_CERT_SERIAL 和 WECHAT_PRIVATE_KEY：401")
    assert alipay.startswith("支付宝不接受商户的请求，检查它的各项设置：isv.invalid-signature")


@pytest.mark.parametrize("name", ["WECHAT_MCHID", "WECHAT_CERT_SERIAL"])
def test_a_merchant_or_serial_the_provider_does_not_know_is_told(sandbox, settings, name):
    setattr(settings, name, "1900000009")

    [wechat] = told()["微信支付"]
    assert name in wechat
    assert "SIGN_ERROR" in wechat


def test_an_application_alipay_does_not_know_is_told(sandbox, settings):
    settings.ALIPAY_APPID = "2021000000000009"

    [alipay] = told()["支付宝"]
    assert alipay.startswith("支付宝的应答验不了签名，检查 ALIPAY_APPID、ALIPAY_PRIVATE_KEY 和 ALIPAY_PUBLIC_KEY：")
    assert "isv.invalid-app-id" in alipay


def test_a_public_key_that_is_not_the_providers_is_told(sandbox, settings, strangers_keys):
    settings.WECHAT_PUBLIC_KEY = settings.ALIPAY_PUBLIC_KEY = strangers_keys[1]

    faults_told = told()

    [wechat], [alipay] = faults_told["微信支付"], faults_told["支付宝"]
    assert wechat.startswith("微信支付的应答验不了签名，检查 WECHAT_PUBLIC_KEY、WECHAT_PUBLIC_KEY_ID 和本机时间：404")
    assert alipay.startswith("支付宝的应答验不了签名，检查 ALIPAY_APPID、ALIPAY_PRIVATE_KEY 和 ALIPAY_PUBLIC_KEY：")


def test_a_provider_that_is_away_is_told_with_its_address(sandbox, settings, monkeypatch):
    monkeypatch.setattr(faults, "SECONDS", 0.5)
    sandbox.control.switch("call_slow", value=2)

    faults_told = told()

    [wechat], [alipay] = faults_told["微信支付"], faults_told["支付宝"]
    assert wechat.startswith(f"微信支付没有应答，检查 {settings.WECHAT_GATEWAY}：")
    assert alipay.startswith(f"支付宝没有应答，检查 {settings.ALIPAY_GATEWAY}：")
