"""`python3 -m tests.tools.demo_load FOLDER`: migrate, publish and load the demo twice; the second must change nothing.

On SQLite in the folder, or on the server of TEST_POSTGRES_URL. Standard library only; run.py has installed the rest.
"""

import os
import sys
import time
from pathlib import Path

import run

COMMANDS = (("db", "upgrade"), ("curriculum", "publish"), ("demo",), ("demo",), ("demo", "--sign-ins"))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    environment = run.demo_environment(folder, 8000)
    server = os.environ.get("TEST_POSTGRES_URL")
    if server:
        environment["DATABASE_URL"] = server
    for words in COMMANDS:
        began = time.monotonic()
        said = run.flask(environment, *words)
        print(f"flask {' '.join(words)}: {time.monotonic() - began:.1f} s\n{said}\n", flush=True)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]).resolve())
    except run.Stop as stop:
        sys.exit(str(stop))
