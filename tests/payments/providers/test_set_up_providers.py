"""Accounts as the environment holds them: keys in every form people paste, addresses that are safe, nothing half."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured

from payments.providers import registry
from payments.providers.accounts import alipay_account, wechat_account
from payments.providers.registry import NotOnOffer
from tests.payments.providers.conftest import APIV3_KEY, PLATFORM_ID

IDS = f"{PLATFORM_ID},PUB_KEY_ID_0119000000012026030200381111000002"


def private_pem(key, form=PrivateFormat.PKCS8):
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def certificate_pem(key, serial=0x4F1E0A, days=30):
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "platform")]), datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(serial).not_valid_before(now - timedelta(days=99))
    return builder.not_valid_after(now + timedelta(days=days)).sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


@pytest.fixture
def set_up(settings, pairs):
    """Both providers stand in the settings; `set_up(NAME=value)` changes some."""
    settings.DEMO = settings.DEBUG = False

    def change(**changed):
        for name, value in changed.items():
            setattr(settings, name, value)

    change(
        WECHAT_MCHID="1900000001",
        WECHAT_APPID="wx0000000000000001",
        WECHAT_APIV3_KEY=APIV3_KEY,
        WECHAT_CERT_SERIAL="5F00000000000000000000000000000000000001",
        WECHAT_PRIVATE_KEY=private_pem(pairs["ours"]),
        WECHAT_PUBLIC_KEY=public_pem(pairs["platform"]),
        WECHAT_PUBLIC_KEY_ID=PLATFORM_ID,
        WECHAT_GATEWAY="",
        ALIPAY_APPID="2021000000000001",
        ALIPAY_SELLER_ID="2088000000000001",
        ALIPAY_PRIVATE_KEY=private_pem(pairs["ours"]),
        ALIPAY_PUBLIC_KEY=public_pem(pairs["platform"]),
        ALIPAY_GATEWAY="",
    )
    return change


def fault_of(account):
    with pytest.raises(ImproperlyConfigured) as fault:
        account()
    return str(fault.value)


def test_both_are_on_offer(set_up):
    assert registry.on_offer() == ["wechat", "alipay"]
    assert (registry.provider("wechat").merchant_id, registry.provider("wechat").app_id) == (
        "1900000001",
        "wx0000000000000001",
    )
    assert (registry.provider("alipay").merchant_id, registry.provider("alipay").app_id) == (
        "2088000000000001",
        "2021000000000001",
    )


def test_without_an_address_it_is_the_real_one(set_up):
    assert wechat_account().gateway == "https://api.mch.weixin.qq.com"
    assert alipay_account().gateway == "https://openapi.alipay.com/gateway.do"


# --- What is not on offer ---------------------------------------------------------------------------------------------
def test_without_settings_nothing_is_on_offer(settings):
    for name in [name for name in dir(settings) if name.startswith(("WECHAT_", "ALIPAY_"))]:
        setattr(settings, name, "")

    assert registry.on_offer() == []
    for name in ("wechat", "alipay"):
        with pytest.raises(NotOnOffer):
            registry.provider(name)


def test_one_may_be_there_without_the_other(set_up):
    set_up(WECHAT_MCHID="", WECHAT_APPID="", WECHAT_APIV3_KEY="", WECHAT_CERT_SERIAL="")
    set_up(WECHAT_PRIVATE_KEY="", WECHAT_PUBLIC_KEY="", WECHAT_PUBLIC_KEY_ID="")

    assert registry.on_offer() == ["alipay"]


def test_nobody_else_is_a_provider(set_up):
    with pytest.raises(NotOnOffer):
        registry.provider("cash")


def test_what_is_half_set_up_is_not_on_offer_and_its_log_says_so(set_up, caplog):
    set_up(WECHAT_CERT_SERIAL="", ALIPAY_SELLER_ID="")

    assert registry.on_offer() == []
    for name in ("wechat", "alipay"):
        with pytest.raises(NotOnOffer):
            registry.provider(name)
    assert {record.getMessage() for record in caplog.records} == {
        "wechat is not on offer: 缺少 WECHAT_CERT_SERIAL",
        "alipay is not on offer: 缺少 ALIPAY_SELLER_ID",
    }


def test_changed_settings_are_another_provider(set_up):
    before = registry.provider("wechat")
    assert registry.provider("wechat") is before

    set_up(WECHAT_MCHID="1900000002")

    assert registry.provider("wechat").merchant_id == "1900000002"
    assert registry.provider("wechat", seconds=15).seconds == 15


@pytest.mark.parametrize("name", ["WECHAT_MCHID", "WECHAT_APPID", "WECHAT_APIV3_KEY", "WECHAT_CERT_SERIAL"])
def test_what_is_missing_is_named(set_up, name):
    set_up(**{name: ""})

    assert fault_of(wechat_account) == f"缺少 {name}"


# --- Keys -------------------------------------------------------------------------------------------------------------
def test_a_private_key_is_read_in_every_form(set_up, pairs, tmp_path):
    file = tmp_path / "apiclient_key.pem"
    file.write_text(private_pem(pairs["ours"]))
    der = pairs["ours"].private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    forms = [
        private_pem(pairs["ours"]),
        private_pem(pairs["ours"], PrivateFormat.TraditionalOpenSSL),
        private_pem(pairs["ours"]).replace("\n", "\\n"),
        f"\n  {private_pem(pairs['ours'])}\n",
        b64encode(der).decode(),
        str(file),
    ]

    for form in forms:
        set_up(ALIPAY_PRIVATE_KEY=form, WECHAT_PRIVATE_KEY=form)
        for account in (alipay_account(), wechat_account()):
            assert account.private_key.private_numbers() == pairs["ours"].private_numbers()


def test_public_keys_are_read_in_every_form(set_up, pairs, tmp_path):
    file = tmp_path / "pub_key.pem"
    file.write_text(public_pem(pairs["platform"]))
    der = pairs["platform"].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    forms = [public_pem(pairs["platform"]), public_pem(pairs["platform"]).replace("\n", "\\n"), str(file)]

    for form in [*forms, b64encode(der).decode(), certificate_pem(pairs["platform"])]:
        set_up(ALIPAY_PUBLIC_KEY=form)
        [key] = alipay_account().platform_keys
        assert key.public_numbers() == pairs["platform"].public_key().public_numbers()


def test_several_keys_are_named_in_order(set_up, pairs, tmp_path):
    for name in ("platform", "next"):
        (tmp_path / f"{name}.pem").write_text(public_pem(pairs[name]))
    in_a_row = public_pem(pairs["platform"]) + public_pem(pairs["next"])
    files = f"{tmp_path / 'platform.pem'}, {tmp_path / 'next.pem'}"

    for form in (in_a_row, in_a_row.replace("\n", "\\n"), files):
        set_up(WECHAT_PUBLIC_KEY=form, WECHAT_PUBLIC_KEY_ID=IDS, ALIPAY_PUBLIC_KEY=form)
        named = wechat_account().platform_keys
        assert list(named) == IDS.split(",")
        assert [key.public_numbers() for key in named.values()] == [
            pairs[name].public_key().public_numbers() for name in ("platform", "next")
        ]
        assert len(alipay_account().platform_keys) == 2


def test_a_certificate_brings_its_serial_beside_a_key_that_is_named(set_up, pairs):
    set_up(WECHAT_PUBLIC_KEY=public_pem(pairs["next"]) + certificate_pem(pairs["platform"]))

    assert list(wechat_account().platform_keys) == [PLATFORM_ID, "4F1E0A"]


def test_a_certificate_that_has_expired_is_left_out(set_up, pairs):
    old = certificate_pem(pairs["platform"], days=-1)
    set_up(WECHAT_PUBLIC_KEY=old + certificate_pem(pairs["next"], serial=0x5A), WECHAT_PUBLIC_KEY_ID="")
    assert list(wechat_account().platform_keys) == ["5A"]

    set_up(WECHAT_PUBLIC_KEY=old)
    assert fault_of(wechat_account) == "WECHAT_PUBLIC_KEY 里没有可用的公钥或没有过期的证书"


@pytest.mark.parametrize(
    ("ids", "fault"),
    [
        ("", "WECHAT_PUBLIC_KEY 有 1 把公钥，WECHAT_PUBLIC_KEY_ID 却有 0 个编号"),
        (IDS, "WECHAT_PUBLIC_KEY 有 1 把公钥，WECHAT_PUBLIC_KEY_ID 却有 2 个编号"),
        ("4F1E0A", "WECHAT_PUBLIC_KEY_ID 里的 4F1E0A 不是 PUB_KEY_ID_ 开头的编号"),
    ],
    ids=["none", "too many", "no id"],
)
def test_keys_and_their_ids_belong_together(set_up, ids, fault):
    set_up(WECHAT_PUBLIC_KEY_ID=ids)

    assert fault_of(wechat_account) == fault


def test_ones_own_public_key_is_not_the_providers(set_up, pairs):
    set_up(ALIPAY_PUBLIC_KEY=public_pem(pairs["ours"]), WECHAT_PUBLIC_KEY=public_pem(pairs["ours"]))

    assert fault_of(alipay_account) == "ALIPAY_PUBLIC_KEY 填成了自己的公钥，应该填支付平台的公钥"
    assert fault_of(wechat_account) == "WECHAT_PUBLIC_KEY 填成了自己的公钥，应该填支付平台的公钥"


def test_a_key_whose_halves_do_not_belong_together_is_no_key(set_up, pairs):
    der = pairs["ours"].private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    modulus, others = (pairs[name].private_numbers().public_numbers.n.to_bytes(256) for name in ("ours", "stranger"))
    assert modulus in der
    set_up(ALIPAY_PRIVATE_KEY=b64encode(der.replace(modulus, others)).decode())

    assert fault_of(alipay_account) == "ALIPAY_PRIVATE_KEY 不是可用的私钥（PEM）"


def keys_that_are_none():
    small, curve = rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())
    head, foot = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
    return [
        (private_pem(small), "只有 1024 位，至少要 2048 位"),
        (private_pem(curve), "不是 RSA 私钥"),
        (public_pem(curve), "不是可用的私钥（PEM）"),
        (f"{head}\nAAAA\n{foot}", "不是可用的私钥（PEM）"),
        ("MIIAAAA", "不是可用的私钥（PEM）"),
        ("/nowhere/at/all.pem", "既不是 PEM，也不是能读的文件"),
        ("not\x00a path", "既不是 PEM，也不是能读的文件"),
    ]


def test_a_private_key_that_is_none_is_told(set_up):
    for value, fault in keys_that_are_none():
        set_up(ALIPAY_PRIVATE_KEY=value)
        assert fault_of(alipay_account) == f"ALIPAY_PRIVATE_KEY {fault}"


def test_a_public_key_that_is_none_is_told(set_up):
    small, curve = rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())
    for value, fault in [
        (public_pem(small), "只有 1024 位，至少要 2048 位"),
        (public_pem(curve), "不是 RSA 公钥"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "不是可用的公钥或证书（PEM）"),
        ("MIIAAAA", "不是可用的公钥或证书（PEM）"),
        ("/nowhere/at/all.pem", "既不是 PEM，也不是能读的文件"),
        (",", "里没有可用的公钥或没有过期的证书"),
    ]:
        set_up(ALIPAY_PUBLIC_KEY=value)
        assert fault_of(alipay_account) == f"ALIPAY_PUBLIC_KEY {fault}"


@pytest.mark.parametrize("key", ["k" * 31, "k" * 33, "学" * 32])
def test_an_api_key_has_32_bytes(set_up, key):
    set_up(WECHAT_APIV3_KEY=key)

    assert fault_of(wechat_account) == "WECHAT_APIV3_KEY 不是 32 个字节"


def test_no_secret_is_shown_with_an_account(set_up):
    assert APIV3_KEY not in repr(wechat_account())
    assert "PRIVATE KEY" not in repr(wechat_account()) + repr(alipay_account())


# --- Addresses --------------------------------------------------------------------------------------------------------
SANDBOXES = [
    ("http://127.0.0.1:9000/wechat", "不是 https"),
    ("http://pay.example", "不是 https"),
    ("https://127.0.0.1:9000/wechat", "是沙箱，只能用于演示"),
    ("https://localhost/wechat", "是沙箱，只能用于演示"),
    ("https://[::1]/wechat", "是沙箱，只能用于演示"),
    ("https://openapi-sandbox.dl.alipaydev.com/gateway.do", "是沙箱，只能用于演示"),
]


@pytest.mark.parametrize(("address", "fault"), SANDBOXES)
def test_play_money_is_for_the_demo(set_up, settings, address, fault):
    set_up(WECHAT_GATEWAY=address, ALIPAY_GATEWAY=address)

    assert fault_of(wechat_account) == f"WECHAT_GATEWAY {fault}"
    assert fault_of(alipay_account) == f"ALIPAY_GATEWAY {fault}"
    assert registry.on_offer() == []

    settings.DEMO = True
    assert (wechat_account().gateway, alipay_account().gateway) == (address, address)
    assert registry.on_offer() == ["wechat", "alipay"]

    settings.DEMO, settings.DEBUG = False, True
    assert registry.on_offer() == ["wechat", "alipay"]


@pytest.mark.parametrize("address", ["ftp://pay.example", "pay.example", "https://", "gateway"])
def test_an_address_that_is_none_is_told_even_in_the_demo(set_up, settings, address):
    settings.DEMO = True
    set_up(WECHAT_GATEWAY=address, ALIPAY_GATEWAY=address)

    assert fault_of(wechat_account) == "WECHAT_GATEWAY 不是网址"
    assert fault_of(alipay_account) == "ALIPAY_GATEWAY 不是网址"


def test_another_address_with_https_is_taken(set_up):
    set_up(WECHAT_GATEWAY="https://api2.mch.weixin.qq.com/")

    assert wechat_account().gateway == "https://api2.mch.weixin.qq.com"
