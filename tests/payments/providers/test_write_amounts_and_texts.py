"""Fen and yuan without a float between them; texts as providers take them; answers as they may be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.money import fen, yuan
from payments.providers.texts import check_number, check_refund_number, masked, shortened


@pytest.mark.parametrize(("amount", "text"), [(0, "0.00"), (1, "0.01"), (10, "0.10"), (240, "2.40"), (1999, "19.99")])
def test_fen_are_written_as_yuan(amount, text):
    assert yuan(amount) == text


@given(st.integers(min_value=0, max_value=10**13))
def test_what_is_written_is_read_again(amount):
    assert fen(yuan(amount)) == amount


@pytest.mark.parametrize(("text", "amount"), [("0.01", 1), ("2.4", 240), ("3", 300), ("-1.00", -100), ("0", 0)])
def test_yuan_are_read_as_fen(text, amount):
    assert fen(text) == amount


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "0.001", "1e2", "NaN", "Infinity", "+1", "1,000.00", "１", ".5", "1.", "0x1", 0.01, 1, None],
)
def test_what_is_not_yuan_is_refused(text):
    with pytest.raises(ValueError, match="not yuan"):
        fen(text)


def test_no_negative_amount_is_written():
    with pytest.raises(ValueError, match="never negative"):
        yuan(-1)


@given(st.text(), st.integers(min_value=0, max_value=300))
def test_a_shortened_text_fits_and_is_a_beginning(text, size):
    short = shortened(text, max_bytes=size)

    assert len(short.encode()) <= size
    assert not any(ord(char) < 32 for char in short)


def test_no_half_character_is_left():
    assert shortened("学时学时", max_bytes=10) == "学时学"
    assert shortened("a\nb\x00c\ud800", max_bytes=10) == "a b c"


@pytest.mark.parametrize("number", ["XS2026_1", "A" * 32, "123456"])
def test_numbers_both_providers_take_are_taken(number):
    check_number(number)
    check_refund_number(number)


@pytest.mark.parametrize(
    "number", ["", "12345", "A" * 33, "XS-2026", "XS/../2026", "XS 2026", "学时学时学时", "XS2026\n"]
)
def test_a_number_that_one_of_them_refuses_is_a_mistake(number):
    with pytest.raises(ValueError, match="not a payment number"):
        check_number(number)


@pytest.mark.parametrize("number", ["", "A" * 65, "XR/1", "XR 1", "XR?1"])
def test_so_is_a_refund_number(number):
    with pytest.raises(ValueError, match="not a refund number"):
        check_refund_number(number)


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_a_mistaken_number_is_not_sent(request, gateway, name):
    provider = request.getfixturevalue(name)

    with pytest.raises(ValueError, match="not a payment number"):
        provider.query(number="../certificates")
    with pytest.raises(ValueError, match="not a refund number"):
        provider.query_refund(number="XS2026", refund_number="../certificates")

    assert gateway.asked == []


def test_who_paid_is_shortened_wherever_it_stands():
    answer = {
        "payer": {"openid": "oInvented0000000000000000001"},
        "list": [{"buyer_id": "2088900000000017"}],
        "buyer_logon_id": "a@b.c",
        "open_id": None,
        "sign": "AAAA",
        "sign_type": "RSA2",
        "total_amount": "2.40",
    }

    assert masked(answer) == {
        "payer": {"openid": "oIn…01"},
        "list": [{"buyer_id": "208…17"}],
        "buyer_logon_id": "…",
        "open_id": None,
        "total_amount": "2.40",
    }
    assert answer["payer"]["openid"].endswith("0001")  # what is read stays whole
