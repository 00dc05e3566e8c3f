"""`python3 run.py doctor`: one line for everything the platform stands on: ok, or what is missing and the exact fix.

Standard library only, since it must also work where nothing could be installed.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import run
from tests.tools.postgres import NotFound, find_binaries

PANGO = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
OLDEST_SQLITE = (3, 35, 0)  # RETURNING
DISK = 500  # megabytes: the environment and a demo's data with room to work
SIGNS_OF_PRODUCTION = ("SECRET_KEY", "BASE_URL", "STRIPE_SECRET_KEY", "MAIL_URL")


class Finding(NamedTuple):
    """`needed` tells what does not work without it; empty when all is well."""

    name: str
    found: str
    needed: str = ""
    fix: str = ""
    blocks_demo: bool = False


def examine() -> int:
    """Print every finding; returns 1 when the demo cannot start here, else 0."""
    blocked = False
    for finding in findings():
        print(f"{'missing' if finding.needed else 'ok':<8} {finding.name}: {finding.found}")
        if finding.needed:
            print(f"{'':<8} without it: {finding.needed}\n{'':<8} fix: {finding.fix}")
        blocked |= finding.blocks_demo
    print("\nThe demo cannot start yet; the fixes stand above." if blocked else "\nThe demo can start.")
    return 1 if blocked else 0


def findings() -> Iterator[Finding]:
    yield python()
    yield sqlite()
    yield installed()
    yield pango()
    yield chromium()
    yield postgresql()
    yield from ports()
    yield data_folder()
    yield from settings()


def python() -> Finding:
    """run.py has refused anything older, or incomplete, before it came here."""
    return Finding("Python", f"{sys.version.split()[0]} ({sys.executable})")


def sqlite() -> Finding:
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return Finding("SQLite", sqlite3.sqlite_version)
    fix = "start with another Python, or set DATABASE_URL to a PostgreSQL database"
    return Finding("SQLite", f"{sqlite3.sqlite_version}, older than 3.35", "the demo", fix, blocks_demo=True)


def installed() -> Finding:
    locks = run.STAMP.read_text() if run.STAMP.exists() else ""
    missing = [
        lock for lock in (run.LOCK, run.DEV_LOCK) if f"{lock} {run.sha256(run.ROOT / lock)}" not in locks
    ]
    if run.LOCK in missing:
        return Finding(
            ".venv", "not at the locked versions", "nothing is lost", "`python3 run.py` installs them"
        )
    if missing:
        return Finding(
            ".venv", "without the test tools", "nothing is lost", "`python3 run.py test` installs them"
        )
    return Finding(".venv", "the locked versions, test tools included")


def pango() -> Finding:
    if not run.VENV_PYTHON.exists():
        return Finding(
            "Pango", "asked after .venv is made", "nothing is lost", "`python3 run.py`, then this again"
        )
    loads = subprocess.run([str(run.VENV_PYTHON), "-c", "import weasyprint"], capture_output=True, text=True)
    if loads.returncode == 0:
        return Finding("Pango", "WeasyPrint loads it")
    last = (loads.stderr.strip().splitlines() or ["no reason given"])[-1]
    fix = f"Debian, Ubuntu: `{PANGO}`; macOS: `brew install pango`"
    return Finding("Pango", last, "the practice manual as PDF", fix)


def chromium() -> Finding:
    browser = run.find_browser()
    if browser:
        return Finding("Chromium", browser)
    return Finding(
        "Chromium", "not found", "browser tests and `run.py screens`", "`apt-get install chromium`"
    )


def postgresql() -> Finding:
    if os.environ.get("TEST_POSTGRES_URL"):
        return Finding("PostgreSQL", "TEST_POSTGRES_URL is set")
    try:
        return Finding("PostgreSQL", str(find_binaries()))
    except NotFound as error:
        return Finding("PostgreSQL", str(error), "the tests on PostgreSQL", "`apt-get install postgresql`")


def ports() -> Iterator[Finding]:
    try:
        site = run.wanted_port()
    except run.Stop as stop:
        yield Finding("Port", os.environ["PORT"], "the demo", str(stop), blocks_demo=True)
        return
    for port, purpose in ((site, "the site's"), (site + 1, "for the stand-in for Stripe")):
        try:
            run.check_port(port, purpose)
            yield Finding(f"Port {port}", "free")
        except run.Stop as stop:
            yield Finding(f"Port {port}", "taken", "the demo", str(stop), blocks_demo=True)


def data_folder() -> Finding:
    try:
        folder = run.data_dir()
    except run.Stop as stop:
        return Finding("Data folder", "not writable", "the demo", str(stop), blocks_demo=True)
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < DISK:
        fix = f"free at least {DISK} MB"
        return Finding("Disk", f"{free} MB free at {folder}", "the demo", fix, blocks_demo=True)
    return Finding("Data folder", f"{folder}, {free / 1000:.0f} GB free")


def settings() -> Iterator[Finding]:
    """Production settings are looked at only where somebody has begun to set them."""
    from config import SettingsError, read_settings

    begun = [name for name in SIGNS_OF_PRODUCTION if os.environ.get(name)]
    if not begun:
        yield Finding("Settings", "none set; the demo needs none (production: see .env.example)")
        return
    try:
        read_settings()
        yield Finding("Settings", f"complete ({', '.join(begun)} and the rest)")
    except SettingsError as error:
        for problem in error.problems:
            yield Finding("Settings", problem, "production", "see .env.example")


if __name__ == "__main__":
    sys.exit(examine())
