"""``python -m app.payments.standin``: the stand-in as a program, reachable from this machine only.

What is not on the command line comes from the settings the site reads, so that both agree: STRIPE_SECRET_KEY,
STRIPE_WEBHOOK_SECRET, STRIPE_API_BASE, DATA_DIR.
"""

import argparse
import logging
import os
import signal
from pathlib import Path
from types import FrameType

from .server import make
from .standin import StandIn

_log = logging.getLogger("app.payments.standin")


def main() -> None:
    args = _arguments()
    logging.basicConfig(level=logging.INFO, format="stand-in: %(message)s")
    try:
        standin = StandIn(
            args.webhook, args.secret, args.key, public_url=args.public_url, state_file=args.state
        )
    except ValueError as error:
        raise SystemExit(f"stand-in: {error}") from None
    server = make(standin, args.port)
    signal.signal(signal.SIGTERM, _interrupt)
    standin.start()
    _log.info("listening at %s, webhooks go to %s", args.public_url, args.webhook or "nobody")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        _log.info("stopped")
    finally:
        standin.stop()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    env, data = os.environ, os.environ.get("DATA_DIR")
    parser = argparse.ArgumentParser(
        prog="python -m app.payments.standin", description="A local stand-in for Stripe."
    )
    add = parser.add_argument
    add("--port", type=int, default=8001)
    add("--webhook", metavar="URL", help="where signed events go; none are sent without it")
    add("--secret", default=env.get("STRIPE_WEBHOOK_SECRET") or "whsec_standin", help="signs the webhooks")
    add(
        "--key",
        default=env.get("STRIPE_SECRET_KEY") or "sk_test_standin",
        help="the one API key that is accepted",
    )
    kept = str(Path(data) / "stripe-standin.json") if data else None
    add("--state", metavar="FILE", default=kept, help="keep payments in this JSON file across restarts")
    add(
        "--public-url",
        metavar="URL",
        default=env.get("STRIPE_API_BASE"),
        help="how a browser reaches this program",
    )
    args = parser.parse_args()
    if "_live_" in args.key:
        parser.error(
            "this is a live key; the stand-in takes a test key only, and no real payment goes through it"
        )
    args.public_url = args.public_url or f"http://localhost:{args.port}"
    return args


if __name__ == "__main__":
    main()
