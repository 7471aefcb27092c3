"""python -m payments.sandbox --port 9000 --state DIR [--clock-speed N]

Plays WeChat Pay and Alipay on 127.0.0.1 until it is ended; all it knows is in DIR, so that it may be killed at any
moment. DIR/settings.json is the environment of the project that trades with it.
"""

import argparse
import signal
import sys
import threading

from payments.sandbox.sandbox import InUse, Sandbox


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m payments.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=9000, help="0: any free one")
    parser.add_argument("--state", required=True, metavar="DIR")
    parser.add_argument("--clock-speed", type=float, default=60, metavar="N", help="how many times faster it waits")
    chosen = parser.parse_args()
    try:
        sandbox = Sandbox(chosen.state, chosen.port, clock_speed=chosen.clock_speed)
    except InUse:
        sys.stderr.write(f"Another sandbox works with {chosen.state}\n")
        return 1
    except OSError as fault:
        sys.stderr.write(f"Port {chosen.port}: {fault.strerror}\n")
        return 1
    ended = threading.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(signal_number, lambda *_: ended.set())
    with sandbox:
        sys.stdout.write(f"The payment sandbox is at {sandbox.base}\n")
        sys.stdout.flush()
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
