"""Programs that read what strangers uploaded run with limits, and die with the worker that started them.

`prlimit` bounds memory and processor time, `setpriv --pdeathsig` lets the kernel kill the program when the worker is
killed. Both belong to util-linux.
"""

import subprocess

PROBE_MEMORY = 1 * 1024**3
PROBE_CPU_SECONDS = 30
PROBE_TIMEOUT = 45
TRANSCODE_MEMORY = 6 * 1024**3  # address space, not what is resident


def limited(command: list[str], *, memory: int, cpu_seconds: int) -> list[str]:
    """The command with at most `memory` bytes of address space and `cpu_seconds` of processor time."""
    limits = ["prlimit", f"--as={memory}", f"--cpu={cpu_seconds}", "--core=0"]
    return [*limits, "setpriv", "--pdeathsig", "KILL", *command]


def run_probe(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run a short look at a file. Raises subprocess.TimeoutExpired."""
    return subprocess.run(
        limited(command, memory=PROBE_MEMORY, cpu_seconds=PROBE_CPU_SECONDS),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PROBE_TIMEOUT,
        check=False,
    )
