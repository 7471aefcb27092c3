"""Media keys (mechanism 1, "Content"): one AES-128 key per window, derived, never stored."""

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from core.crypto import derive

SEGMENT_MS = 6_000
WINDOW_MS = 60_000
SEGMENTS_PER_WINDOW = WINDOW_MS // SEGMENT_MS


def window_of(ms: int, window_ms: int = WINDOW_MS) -> int:
    """The number of the key window that a moment of a video lies in."""
    return ms // window_ms


def window_key(secret: bytes, build: str, window: int) -> bytes:
    """The 16 bytes that open a window of one build of a video."""
    return derive(secret, f"hls-key:{build}:{window}", 16)


def encrypt_segment(clear: bytes, key: bytes, sequence: int) -> bytes:
    """A segment as HLS's AES-128 wants it: CBC, PKCS#7, the media sequence number as IV (RFC 8216, 5.2)."""
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(AES(key), CBC(sequence.to_bytes(16, "big"))).encryptor()
    return encryptor.update(padder.update(clear) + padder.finalize()) + encryptor.finalize()
