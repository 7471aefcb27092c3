"""Structured logs: one JSON object a line."""

import structlog

shared_processors = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
