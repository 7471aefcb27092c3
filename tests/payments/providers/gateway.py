"""A gateway on this machine that answers exactly what a test wants, signed or not, to whatever is asked.

The sandbox plays the providers as they are; this one plays those who pretend to be one.
"""

import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256


def sign(key: rsa.RSAPrivateKey, text: bytes) -> str:
    return b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0
    """Seconds before each byte of the body."""


def stamped(
    body: bytes,
    *,
    key: rsa.RSAPrivateKey,
    serial: str,
    ago: float = 0,
    nonce: str = "nonce-0001",
    **changed: str,
) -> dict[str, str]:
    """WeChat's headers for a body, made so many seconds ago; `changed`: signature="…", signature_type="…"."""
    timestamp = str(int(time.time() - ago))
    words = {
        "Timestamp": timestamp,
        "Nonce": nonce,
        "Serial": serial,
        "Signature": sign(key, f"{timestamp}\n{nonce}\n".encode() + body + b"\n"),
        "Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }
    words |= {name.replace("_", "-").title(): value for name, value in changed.items()}
    return {f"Wechatpay-{name}": value for name, value in words.items() if value}


def core_signed(method: str, core: str, key: rsa.RSAPrivateKey, *, sign_as: str | None = None) -> bytes:
    """An answer of Alipay's: the core as it is written, and a signature over it."""
    proof = sign(key, (core if sign_as is None else sign_as).encode())
    return f'{{"{method.replace(".", "_")}_response":{core},"sign":"{proof}"}}'.encode()


class Gateway:
    """`answers` gives the answer to each request; `asked` are those that came."""

    def __init__(self) -> None:
        self.reset()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def reset(self) -> None:
        self.asked: list[Asked] = []
        self.answers: Callable[[Asked], Answer] = lambda asked: Answer(status=500)

    def always(self, body: bytes | dict[str, Any] = b"", status: int = 200, **named: Any) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers = lambda asked: Answer(content, status, **named)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def _respond(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = Asked(self.command, self.path, dict(self.headers.items()), body)
                gateway.asked.append(asked)
                answer = gateway.answers(asked)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                try:
                    if not answer.pause:
                        self.wfile.write(answer.body)
                        return
                    for byte in answer.body:
                        time.sleep(answer.pause)
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                except OSError:  # the other side has gone
                    pass

            do_GET = do_POST = _respond  # noqa: N815

            def log_message(self, *arguments: Any) -> None:
                """Quiet."""

        return Handler
