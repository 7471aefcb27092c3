"""Resolve requirements/*.in and package.json into locks that pin everything and name no registry.

python -m tools.lock [--upgrade]
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# base first: dev.in is constrained by base.txt.
LOCKS = ("base", "dev", "node")
OPTIONS = [
    "--quiet",
    "--generate-hashes",
    "--strip-extras",
    "--allow-unsafe",
    "--no-emit-index-url",
    "--no-emit-options",
    "--no-emit-find-links",
]


def main(arguments: list[str]) -> int:
    environment = {**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock"}
    for name in LOCKS:
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *arguments]
        command += [f"--output-file={name}.txt", f"{name}.in"]
        subprocess.run(command, cwd=ROOT / "requirements", env=environment, check=True)
        print(f"requirements/{name}.txt")
    npm = ["npm", "update" if arguments else "install", "--package-lock-only"]
    subprocess.run(npm, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    print("package-lock.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
