"""Run the tests: `fast` on SQLite without services or browser, `whole` on PostgreSQL with all of them.

python -m tools.suite fast|whole [pytest's own arguments]
"""

import os
import signal
import subprocess
import sys

from tools import services

WORKERS = os.environ.get("TEST_WORKERS", "2")
PYTEST = [sys.executable, "-m", "pytest", "--numprocesses", WORKERS, "--dist", "worksteal"]
FAST = ["-m", "not browser and not postgres and not s3 and not slow"]
# Files with nothing else in them, whose imports alone take seconds in each worker.
FAST += ["-p", "no:schemathesis", "--ignore=tests/api/test_schema_holds.py"]
FAST += ["--ignore=tests/browser", "--ignore=tests/payments"]
# What would lead a fast run to a server.
SERVER_VARIABLES = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "TEST_S3_ENDPOINT")


def _stop(*_: object) -> None:
    raise SystemExit(143)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, _stop)
    match arguments:
        case ["fast", *more]:
            environment = {name: value for name, value in os.environ.items() if name not in SERVER_VARIABLES}
            return subprocess.run([*PYTEST, *FAST, *more], env=environment).returncode
        case ["whole", *more]:
            try:
                with services.running() as environment:
                    return services.run([*PYTEST, *more], environment)
            except services.NotStarted as problem:
                print(problem, file=sys.stderr)
                return 1
        case _:
            print("usage: python -m tools.suite fast|whole [pytest arguments]", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
