"""The stand-in across restarts, and as the program that run.py starts."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import stripe

from app.payments.standin import StandIn

from .standin_kit import Clock, Site, client_of, seat

ROOT = Path(__file__).parents[3]


def key(text: str) -> stripe.RequestOptions:
    return {"idempotency_key": text}


def test_payments_and_owed_webhooks_survive_a_restart(tmp_path):
    clock, down, file = Clock(), Site(status=503), tmp_path / "stripe.json"
    before = StandIn(down, clock=clock, state_file=file)
    session = client_of(before).v1.checkout.sessions.create(seat(), key("checkout:1"))
    before.pay(session.id)

    up = Site()
    after = StandIn(up, clock=clock, state_file=file)

    assert client_of(after).v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert client_of(after).v1.checkout.sessions.create(seat(), key("checkout:1")).id == session.id
    assert after.events == before.events
    after.deliver_pending()
    assert up.types == down.types


def test_a_file_cut_short_is_not_taken_for_empty_books(tmp_path):
    (tmp_path / "stripe.json").write_text('{"objects": {')

    with pytest.raises(ValueError, match=r"stripe\.json"):
        StandIn(state_file=tmp_path / "stripe.json")


# --- as a program ---


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def start(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "app.payments.standin", *words]
    return subprocess.Popen(command, cwd=ROOT, text=True, stderr=subprocess.PIPE, env={"DATA_DIR": ""})


def test_the_program_serves_this_machine_only_and_ends_when_told(tmp_path):
    port = free_port()
    with start("--port", str(port), "--key", "sk_test_demo", "--state", str(tmp_path / "s.json")) as program:
        assert "listening at" in (program.stderr.readline() if program.stderr else "")
        client = stripe.StripeClient("sk_test_demo", base_addresses={"api": f"http://127.0.0.1:{port}"})
        session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
        assert session.url.startswith(f"http://localhost:{port}/c/pay/")
        program.terminate()
        assert program.wait(5) == 0
    assert session.id in (tmp_path / "s.json").read_text()


def test_the_program_refuses_a_live_key():
    with start("--key", "sk_live_x") as program:
        assert program.wait(10) == 2
        assert program.stderr is not None
        assert "live key" in program.stderr.read()
