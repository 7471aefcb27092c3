"""Alipay's open platform, face-to-face codes (precreate)."""
