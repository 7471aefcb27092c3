"""The QR code of a payment."""

import io

import segno

_INK, _PAPER = "#10262b", "#ffffff"


def qr_of(text: str) -> str:
    """A QR code as the data URI of an SVG picture."""
    return segno.make(text, error="m").svg_data_uri(scale=6, border=2, dark=_INK, light=_PAPER)


def qr_png(text: str) -> bytes:
    """A QR code as a PNG that a phone keeps among its pictures; its quiet zone is as wide as readers ask for."""
    written = io.BytesIO()
    segno.make(text, error="m").save(written, kind="png", scale=10, border=4, dark=_INK, light=_PAPER)
    return written.getvalue()
