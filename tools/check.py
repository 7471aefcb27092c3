"""All that can be told without running a test. Every part runs, so one call shows everything that is wrong.

python -m tools.check [part …]
"""

import ast
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.services import production_secrets

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# As on a public machine: https, no DEMO, no DEBUG; Django's deployment check must have nothing to say.
PRODUCTION = {"SITE_URL": "https://xueshi.example", "ALLOWED_HOSTS": "xueshi.example", "LOG_LEVEL": "WARNING"}
MAX_LINES = 400
VAGUE_NAMES = {"utils.py", "helpers.py", "misc.py", "common.py"}


def _tracked(*patterns: str) -> list[Path]:
    """Files that git knows or would know."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).exists()]


def _python_faults(path: Path) -> Iterator[str]:
    """Rules of the house that no linter knows."""
    name, text = path.relative_to(ROOT), path.read_text()
    if path.name in VAGUE_NAMES:
        yield f"{name}: a name that says nothing; name the thing done"
    if "migrations" in path.parts:
        return
    lines = text.count("\n")
    if lines > MAX_LINES:
        yield f"{name}: {lines} lines, over {MAX_LINES}: make it a package split by the thing done"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and node.name == "Meta" and "ordering" in _assigned(node):
            yield f"{name}:{node.lineno}: Meta.ordering hides a sort in every query; say order_by"


def _assigned(node: ast.ClassDef) -> set[str]:
    targets = [target for line in node.body if isinstance(line, ast.Assign) for target in line.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _lock_faults() -> Iterator[str]:
    for path in _tracked("requirements/*.txt"):
        for line in path.read_text().splitlines():
            if "://" in line or line.startswith("-"):
                yield f"{path.relative_to(ROOT)}: a lock names no place to fetch from: {line}"
    if '"resolved"' in (ROOT / "package-lock.json").read_text():
        yield "package-lock.json: a lock names no place to fetch from; run make lock"


def house_rules() -> int:
    faults = [fault for path in _tracked("*.py") for fault in _python_faults(path)] + list(_lock_faults())
    for fault in faults:
        print(fault)
    return len(faults)


def _run(*command: str, **environment: str) -> Callable[[], int]:
    def call() -> int:
        program = [str(BIN / command[0]), *command[1:]]
        done = subprocess.run(
            program,
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            print(done.stdout.strip(), done.stderr.strip(), sep="\n")
        return done.returncode

    return call


def parts() -> dict[str, Callable[[], int]]:
    production = {**PRODUCTION, **production_secrets()}
    return {
        "lint": _run("ruff", "check", "--quiet", "--output-format", "concise", "."),
        "format": _run("ruff", "format", "--check", "--output-format", "concise", "."),
        "house rules": house_rules,
        "templates": _run("djlint", "--lint", "--quiet", "templates"),
        "import contract": _run("lint-imports", "--no-logo"),
        "migrations": _run("python", "manage.py", "makemigrations", "--check", "--dry-run", **production),
        "deployment": _run("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING", **production),
        "types": _run("mypy", **production),
    }


def main(chosen: list[str]) -> int:
    failed = []
    for name, call in parts().items():
        if chosen and name not in chosen:
            continue
        started = time.monotonic()
        fine = call() == 0
        print(f"{'ok  ' if fine else 'FAIL'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if not fine:
            failed.append(name)
    if failed:
        print(f"not as it should be: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
