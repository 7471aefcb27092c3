"""The merchant's side of a test: a server that takes notices, and both real SDKs with their gateway address changed."""

import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from alipay import AliPay, AliPayConfig
from wechatpayv3 import WeChatPay, WeChatPayType

WAIT_SECONDS = 10


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """Decoded once, as it must be."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))


class Inbox:
    """Takes notices on this machine; `answers` are given in turn, the last one ever after."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[tuple[int, bytes]] = [(200, b"success")]
        self._news = threading.Condition()
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, body = inbox._take(self)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/callback"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def _take(self, handler: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        with self._news:
            self.received.append(Received(handler.path, dict(handler.headers), body))
            self._news.notify_all()
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def wait(self, count: int = 1) -> list[Received]:
        """So many notices; fails when they don't come."""
        deadline = time.monotonic() + WAIT_SECONDS
        with self._news:
            while len(self.received) < count:
                assert self._news.wait(deadline - time.monotonic()), f"{len(self.received)} of {count} notices came"
            return list(self.received)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def wechat_client(settings: dict[str, str], *, notify_url: str, certificates: bool = False, **other: Any) -> WeChatPay:
    """`certificates`: as a merchant of the older kind, who fetches the platform's certificates at the start."""
    public = {"public_key": settings["WECHAT_PUBLIC_KEY"], "public_key_id": settings["WECHAT_PUBLIC_KEY_ID"]}
    client = WeChatPay(
        WeChatPayType.NATIVE,
        mchid=settings["WECHAT_MCHID"],
        private_key=other.get("private_key", settings["WECHAT_PRIVATE_KEY"]),
        cert_serial_no=other.get("serial", settings["WECHAT_CERT_SERIAL"]),
        appid=settings["WECHAT_APPID"],
        apiv3_key=settings["WECHAT_APIV3_KEY"],
        notify_url=notify_url,
        timeout=other.get("timeout", 5),
        **public,
    )
    client._core._gate_way = settings["WECHAT_GATEWAY"]
    if certificates:
        client._core._public_key = client._core._public_key_id = None
        client._core._update_certificates()
    return client


def alipay_client(settings: dict[str, str], *, notify_url: str, timeout: float = 5, **other: Any) -> AliPay:
    client = AliPay(
        appid=other.get("appid", settings["ALIPAY_APPID"]),
        app_notify_url=notify_url,
        app_private_key_string=other.get("private_key", settings["ALIPAY_PRIVATE_KEY"]),
        alipay_public_key_string=settings["ALIPAY_PUBLIC_KEY"],
        config=AliPayConfig(timeout=timeout),
    )
    client._gateway = settings["ALIPAY_GATEWAY"]
    return client


def verified(client: AliPay, received: Received) -> bool:
    """As the SDK says it of a notice."""
    fields = received.form
    signature = fields.pop("sign")
    return client.verify(fields, signature)


@dataclass(frozen=True)
class Page:
    status: int
    text: str
    headers: dict[str, str]


def http(url: str, body: bytes | None = None, **headers: str) -> Page:
    """GET, or POST with a body. Errors are pages too."""
    request = urllib.request.Request(url, body, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:
            return Page(answer.status, answer.read().decode("utf-8", "replace"), dict(answer.headers))
    except urllib.error.HTTPError as error:
        with error:
            return Page(error.code, error.read().decode("utf-8", "replace"), dict(error.headers))


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=WAIT_SECONDS) as answer:
        content: bytes = answer.read()
        return content


class WeChatMerchant:
    """The SDK with the answers unpacked: (status, content)."""

    def __init__(self, settings: dict[str, str], inbox: Inbox) -> None:
        self.sdk, self.inbox = wechat_client(settings, notify_url=inbox.url), inbox

    def order(self, number: str, fen: int = 240, subject: str = "继续教育学时", **more: Any) -> tuple[int, Any]:
        return unpacked(self.sdk.pay(subject, number, {"total": fen, "currency": "CNY"}, **more))

    def code_url(self, number: str, fen: int = 240, **more: Any) -> str:
        status, content = self.order(number, fen, **more)
        assert status == 200, content
        url: str = content["code_url"]
        return url

    def query(self, number: str) -> tuple[int, Any]:
        return unpacked(self.sdk.query(out_trade_no=number))

    def close(self, number: str) -> tuple[int, Any]:
        return unpacked(self.sdk.close(number))

    def refund(self, number: str, refund_number: str, fen: int, total: int = 240, **more: Any) -> tuple[int, Any]:
        amount = {"refund": fen, "total": total, "currency": "CNY"}
        more = {"out_trade_no": number, "notify_url": self.inbox.url, **more}
        return unpacked(self.sdk.refund(refund_number, amount, **more))

    def query_refund(self, refund_number: str) -> tuple[int, Any]:
        return unpacked(self.sdk.query_refund(refund_number))

    def bill(self, day: str, **more: Any) -> tuple[int, Any]:
        return unpacked(self.sdk.trade_bill(day, **more))

    def read(self, received: Received) -> Any:
        """A notice verified and decrypted, None where the SDK doesn't believe it."""
        return self.sdk.callback(received.headers, received.body)


def unpacked(answer: tuple[int, Any]) -> tuple[int, Any]:
    status, content = answer
    return status, json.loads(content) if isinstance(content, str) and content else content


class AlipayMerchant:
    """The SDK, and what it hasn't of its own."""

    def __init__(self, settings: dict[str, str], inbox: Inbox) -> None:
        self.sdk, self.inbox = alipay_client(settings, notify_url=inbox.url), inbox

    def order(self, number: str, yuan: str = "2.40", subject: str = "继续教育学时", **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.sdk.api_alipay_trade_precreate(subject, number, yuan, **more)
        return answer

    def code_url(self, number: str, yuan: str = "2.40", **more: Any) -> str:
        answer = self.order(number, yuan, **more)
        assert answer["code"] == "10000", answer
        url: str = answer["qr_code"]
        return url

    def query(self, number: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.sdk.api_alipay_trade_query(number)
        return answer

    def close(self, number: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.sdk.api_alipay_trade_close(number)
        return answer

    def refund(self, number: str, request_number: str, yuan: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.sdk.api_alipay_trade_refund(yuan, number, out_request_no=request_number)
        return answer

    def query_refund(self, number: str, request_number: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.sdk.api_alipay_trade_fastpay_refund_query(request_number, out_trade_no=number)
        return answer

    def bill(self, day: str, bill_type: str = "trade") -> dict[str, Any]:
        method = "alipay.data.dataservice.bill.downloadurl.query"
        answer: dict[str, Any] = self.sdk.server_api(method, {"bill_type": bill_type, "bill_date": day})
        return answer
