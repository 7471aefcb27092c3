"""A player of the tests: decrypts what lies in the storage by the book (RFC 8216), not by the product's own code."""

import subprocess
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from django.core.files.storage import default_storage

from media_pipeline.models import VideoAsset
from media_pipeline.queries import key_for


def decrypt(sealed: bytes, key: bytes, sequence: int) -> bytes:
    """One segment; with a wrong key, noise."""
    decryptor = Cipher(AES(key), CBC(sequence.to_bytes(16, "big"))).decryptor()
    clear = decryptor.update(sealed) + decryptor.finalize()
    return clear[: -clear[-1]] if 1 <= clear[-1] <= 16 else clear


def decrypted(video: VideoAsset, rendition: str, folder: Path) -> Path:
    """A file with a whole rendition in the clear."""
    found = next(item for item in video.renditions if item["name"] == rendition)
    target = folder / f"{rendition}.ts"
    with target.open("wb") as out:
        for number in range(len(found["segments"])):
            with default_storage.open(f"hls/{video.public_id}/{video.build}/{rendition}/{number}.ts") as sealed:
                out.write(decrypt(sealed.read(), key_for(video.pk, number // 10), number))
    return target


def tone_of(path: Path) -> float:
    """The frequency in Hz of a pure tone: its zero crossings in the middle second."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-ss", "0.5", "-t", "1", "-ac", "1", "-ar", "8000"]
    raw = subprocess.run([*command, "-f", "s16le", "-"], check=True, capture_output=True).stdout
    samples = memoryview(raw).cast("h")
    crossings = sum(1 for before, after in pairwise(samples) if before < 0 <= after)
    return crossings * 8000 / len(samples)
