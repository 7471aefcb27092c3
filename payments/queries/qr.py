"""The QR code of a payment."""

import segno


def qr_of(text: str) -> str:
    """A QR code as the data URI of an SVG picture."""
    return segno.make(text, error="m").svg_data_uri(scale=6, border=2, dark="#10262b", light="#ffffff")
