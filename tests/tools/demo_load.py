"""`python -m tests.tools.demo_load FOLDER`: migrate, publish and load the demo twice; the second must add nothing.

On SQLite in the folder, or on the server of TEST_POSTGRES_URL.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import MetaData, create_engine, func, select

import run

LOAD = (("db", "upgrade"), ("curriculum", "publish"), ("demo",))


def flask(environment: dict, *words: str) -> str:
    """The command as an operator runs it; what it printed."""
    command = [sys.executable, "-m", "flask", *words]
    done = subprocess.run(command, cwd=run.ROOT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{done.stdout}{done.stderr}\n`flask {' '.join(words)}` failed.")
    return done.stdout.strip()


def rows(url: str) -> dict:
    """How many rows each table has."""
    engine, tables = create_engine(url.replace("postgresql://", "postgresql+psycopg://")), MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table))
            for name, table in tables.tables.items()
        }


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    environment = run.demo_environment(folder, 8000)
    server = os.environ.get("TEST_POSTGRES_URL")
    if server:
        environment["DATABASE_URL"] = server
    counts = []
    for _ in range(2):
        for words in LOAD:
            began = time.monotonic()
            flask(environment, *words)
            print(f"flask {' '.join(words)}: {time.monotonic() - began:.1f} s", flush=True)
        counts.append(rows(server or f"sqlite:///{folder}/app.db"))
    added = {name: count - counts[0].get(name, 0) for name, count in counts[1].items()}
    if any(added.values()):
        raise SystemExit(f"The second load changed the data: { {k: v for k, v in added.items() if v} }")
    if not counts[0].get("user"):
        raise SystemExit("The demo loaded nobody.")
    print(flask(environment, "demo", "--sign-ins"))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
