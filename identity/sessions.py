"""What a session of ours holds beside Django's own keys."""

SEEN_AT = "seen_at"
"""When it was last in use, seconds since the epoch; written every few minutes."""
