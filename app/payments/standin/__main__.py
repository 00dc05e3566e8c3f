"""``python -m app.payments.standin``: the stand-in as a program, reachable from this machine only."""

import argparse
import logging

from werkzeug.serving import WSGIRequestHandler, make_server

from .standin import StandIn


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing for what went well; the site's own log tells that."""


def main() -> None:
    args = _arguments()
    logging.basicConfig(level=logging.INFO, format="stand-in: %(message)s")
    standin = StandIn(
        args.webhook,
        args.secret,
        args.key,
        public_url=args.public_url or f"http://127.0.0.1:{args.port}",
        state_file=args.state,
    )
    server = make_server("127.0.0.1", args.port, standin.wsgi, threaded=True, request_handler=_Quiet)
    standin.start()
    logging.info("listening on http://127.0.0.1:%d, webhooks go to %s", server.port, args.webhook)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        standin.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app.payments.standin", description="A local stand-in for Stripe.")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--webhook", metavar="URL", help="where signed events go; none are sent without it")
    parser.add_argument("--secret", default="whsec_standin", help="the webhook signing secret")
    parser.add_argument("--key", default="sk_test_standin", help="the one API key that is accepted")
    parser.add_argument("--state", metavar="FILE", help="keep payments in this JSON file across restarts")
    parser.add_argument("--public-url", metavar="URL", help="how a browser reaches this program, behind a tunnel or proxy")
    return parser.parse_args()


if __name__ == "__main__":
    main()
