#!/usr/bin/env python3
"""The one command: `python3 run.py` makes everything and serves the demo; `python3 run.py help` lists the rest.

Needs Python 3.11.2 or newer and nothing else: standard library only, and written so that a much older Python still
gets as far as saying that it is too old. What takes more room than a starter should have is in tests/tools/.
"""

import errno
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed-locks"
PIP_WHEEL = ROOT / ".setup" / "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
LOCK, DEV_LOCK = "requirements.txt", "requirements-dev.txt"
OLDEST_PYTHON = (3, 11, 2)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_BOTH_ENGINES = ("tests/rooms", "tests/house")
# What asks the database nothing that the engines answer differently runs on the first engine only.
ON_ONE_ENGINE = ("house/test_doors*", "house/test_look*", "house/test_setup*", "house/test_imports*")
ON_ONE_ENGINE += ("house/test_headers*", "house/test_compression*", "house/test_access_net*")
ON_ONE_ENGINE += ("house/test_accidents*", "rooms/payments/test_standin*")
# Plans of small tables: SQLite makes the one a full table gets; PostgreSQL goes by the rows the tests before it left.
ON_ONE_ENGINE += ("rooms/payments/test_report_plans*",)
READY_WITHIN = 90  # seconds from starting the processes to the first good answer

# The demo sets these itself: a live key or a production database in the shell must never meet demo data.
SET_BY_DEMO = {
    *("DATABASE_URL", "QUEUE_URL", "STORAGE_URL", "MAIL_URL", "SECRET_KEY", "BASE_URL", "TRUSTED_HOSTS"),
    *("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE", "CURRICULUM_DIR", "PROXIES"),
}

USAGE = """\
python3 run.py                 the demo: site, worker and a stand-in for Stripe, on http://localhost:8000
python3 run.py test [ARGS]     the whole test suite; ARGS go to pytest
python3 run.py check           lint, format, types and the import contract
python3 run.py doctor          what this machine lacks, and the exact fix
python3 run.py bench           queries, time and size of every page, on fresh demo data; and with 100,000 submissions
python3 run.py screens [NAME]  pictures of every page (or of those named) into var/screens/, on fresh demo data
PORT=8010 python3 run.py       the demo on another port; DATA_DIR=/some/folder keeps its data elsewhere"""


class Stop(Exception):
    """Nothing more can be done; the message is one sentence for the person at the terminal."""


def say(text):
    print(text, flush=True)


# --- the machine ----------------------------------------------------------------------------------------


def check_python():
    found = "Python {}.{}.{} ({})".format(*sys.version_info[:3], sys.executable)
    if sys.version_info < OLDEST_PYTHON:
        raise Stop(
            f"This needs Python 3.11.2 or newer and was started with {found}; "
            "start it with a newer one, for example `python3.12 run.py`."
        )
    for module in ("ctypes", "sqlite3", "ssl", "venv", "zlib"):
        try:
            __import__(module)
        except ImportError:
            raise Stop(
                f"{found} was built without `{module}`; install the full standard library "
                "(Debian, Ubuntu: `apt-get install python3`) or start this with another Python."
            ) from None


def data_dir():
    """The folder of the demo's data, made and proven writable."""
    folder = (ROOT / (os.environ.get("DATA_DIR") or "var")).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise Stop(
            f"Cannot write to {folder} ({error.strerror}); free some space, correct its owner, "
            "or choose another folder with DATA_DIR=/some/folder."
        ) from None
    return folder


def wanted_port():
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65535:
        raise Stop(f"PORT must be a number from 1 to 65534, not {text!r}.")
    return int(text)


def check_port(port, purpose):
    """Refuse a port that something already listens on, on the IPv4 or IPv6 side of `localhost`."""
    other = f"`PORT={port + 10 if port > 1023 else 8000} python3 run.py`"
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                if os.name != "nt":
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except PermissionError:
            raise Stop(f"Port {port} is for administrators only; choose another: {other}.") from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                continue  # this machine has no such address, for example no IPv6
            raise Stop(
                f"Port {port} ({purpose}) is taken, perhaps by an earlier run of this demo; "
                f"stop that one or choose another: {other}."
            ) from None


# --- installing -----------------------------------------------------------------------------------------


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_venv():
    probe = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        if subprocess.run([str(VENV_PYTHON), "-c", probe], stderr=subprocess.DEVNULL).returncode == 0:
            return
    except OSError:
        pass  # there is none, or its Python is gone: make a new one
    say("Making .venv ...")
    import venv

    venv.create(str(VENV), clear=True, with_pip=False, symlinks=os.name != "nt")


def installers(lock):
    """The commands that can install the lock file, the fastest first."""
    locked = ["--quiet", "--require-hashes", "-r", lock]
    if shutil.which("uv"):
        yield ["uv", "pip", "install", "--python", str(VENV_PYTHON), *locked]
    if not PIP_WHEEL.exists() or sha256(PIP_WHEEL) != PIP_SHA256:
        raise Stop(f"{PIP_WHEEL} is missing or altered; restore it with `git checkout -- .setup`.")
    options = ["--disable-pip-version-check", "--no-input", "--no-compile", "--retries", "2"]
    yield [str(VENV_PYTHON), str(PIP_WHEEL / "pip"), "install", *options, *locked]


def install(lock):
    """Bring .venv to the locked set; do nothing when it is there already."""
    make_venv()
    wanted = f"{lock} {sha256(ROOT / lock)}"
    if STAMP.exists() and wanted in STAMP.read_text().splitlines():
        return
    say(f"Installing {lock} (once, under a minute) ...")
    for command in installers(lock):
        done = subprocess.run(command, cwd=str(ROOT), capture_output=True, text=True)
        if done.returncode == 0:
            break
    else:
        raise Stop(why_not_installed(done.stderr.strip()))
    # The development lock holds everything of the other one, at the same versions.
    locks = [LOCK, DEV_LOCK] if lock == DEV_LOCK else [LOCK]
    STAMP.write_text("".join(f"{name} {sha256(ROOT / name)}\n" for name in locks))


def why_not_installed(complaint):
    no_network = ("connection broken", "Could not fetch URL", "timed out", "versions: none")
    if "No space left" in complaint:
        return f"The disk is full, so nothing could be installed into {VENV}; free about 500 MB."
    if any(sign in complaint for sign in no_network):
        return (
            "The package index could not be reached, so the packages are not installed; connect to the network "
            "(behind a proxy or a mirror: set HTTPS_PROXY, PIP_INDEX_URL or PIP_CERT) and run this again."
        )
    return f"Installing the packages failed: {complaint.splitlines()[-1] if complaint else 'no reason given'}"


# --- the demo -------------------------------------------------------------------------------------------


def demo_environment(folder, port):
    """What site, worker and commands share. The secrets are made once and stay in the data folder."""
    kept = folder / "demo-secrets"
    if not kept.exists():
        with os.fdopen(os.open(str(kept), os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(f"STRIPE_SECRET_KEY=sk_test_demo{secrets.token_hex(16)}\n")
            file.write(f"STRIPE_WEBHOOK_SECRET=whsec_{secrets.token_hex(24)}\n")
    environment = {name: value for name, value in os.environ.items() if name not in SET_BY_DEMO}
    environment.update(line.split("=", 1) for line in kept.read_text().splitlines())
    environment.update(DEMO="1", DATA_DIR=str(folder), PORT=str(port), FLASK_APP="wsgi", PYTHONUNBUFFERED="1")
    environment.update(BASE_URL=f"http://localhost:{port}", STRIPE_API_BASE=f"http://localhost:{port + 1}")
    return environment


def prepare_demo(folder, port):
    """Bring the data folder to the point where the site can start; returns the environment and the sign-ins."""
    environment = demo_environment(folder, port)
    command = [str(VENV_PYTHON), "-m", "tests.tools.prepare"]
    done = subprocess.run(command, cwd=str(ROOT), env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Stop("The demo's data could not be made; the reason stands above.")
    return environment, done.stdout.strip()


def start_demo(processes, port):
    """Start the three processes and return when the site answers."""
    python, webhook = str(VENV_PYTHON), f"http://localhost:{port}/webhooks/stripe"
    secret = processes.environment["STRIPE_WEBHOOK_SECRET"]
    standin = f"-m app.payments.standin --port {port + 1} --webhook {webhook} --secret {secret}"
    gunicorn = f"-m gunicorn --bind 127.0.0.1:{port} --workers 2 --threads 4 --no-control-socket wsgi:app"
    site = f"-m flask run --port {port}" if os.name == "nt" else gunicorn
    processes.start("stripe", [python, *standin.split()])
    processes.start("worker", [python, "-m", "flask", "work"])
    processes.start("site", [python, *site.split()])
    processes.wait_for(port, "/readyz", READY_WITHIN)


def serve():
    from tests.tools.processes import Died, Processes

    folder, port = data_dir(), wanted_port()
    check_port(port, "the site's")
    check_port(port + 1, "for the stand-in for Stripe, always the one after the site's")
    ignored = sorted(SET_BY_DEMO.intersection(os.environ))
    if ignored:
        say(f"The demo sets these itself and ignores yours: {', '.join(ignored)}.")
    install(LOCK)
    environment, sign_ins = prepare_demo(folder, port)
    try:
        with Processes(ROOT, folder / "log", environment) as processes:
            say("Starting the site, the worker and the stand-in for Stripe ...")
            start_demo(processes, port)
            say(f"\n{sign_ins}\n\nThe site is at http://localhost:{port}; Ctrl-C stops it. Data: {folder}")
            while True:
                processes.check()
                time.sleep(0.5)
    except Died as death:
        raise Stop(str(death)) from None
    except KeyboardInterrupt:
        say("\nStopped.")
        return 0


# --- the other commands ---------------------------------------------------------------------------------


def run(*words, env=None):
    return subprocess.run([str(VENV_PYTHON), "-m", *words], cwd=str(ROOT), env=env).returncode


def find_browser():
    return os.environ.get("TEST_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def test(arguments):
    from tests.tools.postgres import NotFound, throwaway_postgres

    install(DEV_LOCK)
    environment = {name: value for name, value in os.environ.items() if name not in SET_BY_DEMO}
    required = environment.get("CI") == "true"
    browser = find_browser()
    if browser:
        environment["TEST_CHROMIUM"] = browser
    elif required:
        raise Stop("With CI=true the browser tests must run: `apt-get install chromium`.")
    else:
        say("The browser tests are skipped: no Chromium found (Debian: `apt-get install chromium`).")
    try:
        with throwaway_postgres() as url:
            return pytest(arguments, dict(environment, TEST_POSTGRES_URL=url))
    except NotFound as error:
        if required:
            raise Stop(f"With CI=true the PostgreSQL tests must run: {error}") from None
        say(f"The PostgreSQL tests are skipped: {error}")
        return pytest(arguments, environment)


def pytest(arguments, environment):
    """The whole suite on SQLite, then what touches a database again on PostgreSQL. With arguments: those, once."""
    command = ("pytest", "-n", "2", *arguments)
    failed = run(*command, env=environment)
    if arguments or "TEST_POSTGRES_URL" not in environment:
        return failed
    say("\nAgain on PostgreSQL ...")
    passed_over = [f"--ignore-glob=tests/{pattern}" for pattern in ON_ONE_ENGINE]
    again = dict(environment, TEST_ENGINE="postgresql")
    return run(*command, *ON_BOTH_ENGINES, *passed_over, env=again) or failed


def main(arguments):
    word, rest = (arguments[0], arguments[1:]) if arguments else ("serve", [])
    if word in ("help", "-h", "--help"):
        say(USAGE)
        return 0
    check_python()
    if word == "doctor":
        from tests.tools.doctor import examine

        return examine()
    if word == "test":
        return test(rest)
    if word == "serve" and not rest:
        return serve()
    if word in ("check", "bench", "screens"):
        install(DEV_LOCK)
        return run(f"tests.tools.{word}", *rest)
    raise Stop(f"There is no command `{' '.join(arguments)}`.\n{USAGE}")


def interrupted(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # also where a shell started this with SIGINT ignored
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupted)
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        sys.exit(f"run.py: {stop}")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
            raise
        sys.exit(
            f"run.py: Cannot write {error.filename} ({error.strerror}); free space or correct its owner."
        )
