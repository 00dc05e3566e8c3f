"""The stand-in behind a real port, on this machine only."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .standin import StandIn


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing for what went well; the site's own log tells that."""


def make(standin: StandIn, port: int) -> BaseWSGIServer:
    """A server that is bound and does not serve yet. Raises OSError or SystemExit when the port is taken."""
    return make_server("127.0.0.1", port, standin.wsgi, threaded=True, request_handler=_Quiet)


@contextmanager
def serving(standin: StandIn, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve from threads while the block runs, webhooks and expiry included; gives the address.

    ``port`` 0 takes a free one. ``host`` is only how the address spells this machine ("localhost" where the site's
    content policy says so).
    """
    server = make(standin, port)
    url = f"http://{host}:{server.port}"
    standin.state.public_url = url
    thread = Thread(target=server.serve_forever, args=(0.02,), name="stand-in", daemon=True)
    thread.start()
    standin.start()
    try:
        yield url
    finally:
        standin.stop()
        server.shutdown()
        thread.join()
        server.server_close()
