"""Stripe's own command line, which nobody here wrote, drives the stand-in over a real port.

What it sends is what Stripe takes today. Were the stand-in made to fit our code alone, this would not pass.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.payments.standin import StandIn, serving

from .standin_kit import Clock, Site

HERE = Path(__file__).parent
CLI = Path(__file__).parents[3] / "var/stripe-cli/node_modules/.bin/stripe"
KEY = "sk_test_1234567890abcdef"  # the program takes no shorter one
NOWHERE = "http://127.0.0.1:9"  # for its look at whether there is a newer version

pytestmark = pytest.mark.skipif(
    not CLI.exists() or shutil.which("node") is None,
    reason="Stripe's command line is not installed (bash .setup/stripe-cli.sh; .ci/run does it)",
)


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def standin(site) -> StandIn:
    return StandIn(site, api_key=KEY, clock=Clock())


@pytest.fixture
def command(standin, tmp_path) -> Iterator:
    """Run it with these words; returns what it printed."""
    environment = os.environ | {
        "XDG_CONFIG_HOME": str(tmp_path),
        "STRIPE_CLI_TELEMETRY_OPTOUT": "1",
        "HTTPS_PROXY": NOWHERE,
        "HTTP_PROXY": NOWHERE,
        "NO_PROXY": "127.0.0.1,localhost",
    }
    with serving(standin) as address:

        def run(*words: str) -> str:
            ran = subprocess.run(
                [CLI, *words, "--api-base", address, "--api-key", KEY],
                env=environment, capture_output=True, text=True, timeout=60,
            )  # fmt: skip
            printed = ran.stdout + ran.stderr
            assert ran.returncode == 0, printed
            assert "failed" not in printed, printed
            return printed

        yield run


def test_its_trigger_buys_something_on_the_payment_page(command, standin, site):
    assert "Trigger succeeded" in command("trigger", "checkout.session.completed")

    (session,) = standin.all("checkout.session")
    assert (session["status"], session["payment_status"], session["amount_total"]) == (
        "complete",
        "paid",
        3000,
    )
    standin.deliver_pending()
    assert "checkout.session.completed" in site.types
    assert standin.violations == []


@pytest.mark.parametrize("event", ["customer.created", "customer.updated", "product.created"])
def test_its_other_triggers_that_the_stand_in_plays(event, command, standin, site):
    command("trigger", event)
    standin.deliver_pending()
    assert event in site.types
    assert standin.violations == []


def test_an_installment_plan_from_the_first_payment_to_a_refund(command, standin, site):
    """A card saved on the page, charged again while its owner is away, and part of that sent back."""
    command("fixtures", str(HERE / "cli" / "installments.json"))

    paid = [(one["amount"], one["status"]) for one in standin.all("payment_intent")]
    assert paid == [(80_000, "succeeded"), (80_000, "succeeded")]
    assert [(one["amount"], one["status"]) for one in standin.all("refund")] == [(30_000, "succeeded")]
    wanted = {"checkout.session.completed", "payment_method.attached", "charge.refunded", "refund.created"}
    standin.deliver_pending()
    assert wanted <= set(site.types)
    assert standin.violations == []


def test_it_is_refused_what_stripe_does_not_take_any_more(command, standin):
    """Its older examples still send `payment_method_types`, which the API version of today refuses."""
    with pytest.raises(AssertionError, match="payment_method_types is no longer supported"):
        command("trigger", "payment_intent.succeeded")
