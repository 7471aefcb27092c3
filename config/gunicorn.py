"""How the web server runs in production: gunicorn --config config/gunicorn.py config.wsgi:application."""

import multiprocessing
import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", multiprocessing.cpu_count()))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
keepalive = 30
timeout = 60
graceful_timeout = 30
max_requests = 200_000
max_requests_jitter = 20_000
accesslog = None
