"""Ways to reach the stand-in, and for it to reach the site, without a socket."""

from collections.abc import Mapping
from typing import Any

from stripe import APIConnectionError, HTTPClient
from werkzeug.datastructures import Headers
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request

from .delivery import Endpoint
from .errors import ConnectionLost


class InProcess(HTTPClient):
    """For ``StripeClient(key, http_client=…)``: the SDK does all it does, short of opening a connection."""

    name = "standin"

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        builder = EnvironBuilder(
            path=url, method=method.upper(), headers=Headers(dict(headers or {})), data=post_data
        )
        try:
            response = self._answer(Request(builder.get_environ()))
        except ConnectionLost as lost:
            raise APIConnectionError(str(lost), should_retry=True) from None  # type: ignore[no-untyped-call]
        return response.get_data(as_text=True), response.status_code, response.headers

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0  # the SDK's retries, without their pauses

    def close(self) -> None:
        """Nothing is open."""


def post_to_app(app: Any, path: str = "/webhooks/stripe") -> Endpoint:
    """A webhook endpoint inside a WSGI application of this process; what it raises comes out at the caller."""

    def send(body: bytes, headers: Mapping[str, str]) -> int:
        return Client(app).post(path, data=body, headers=dict(headers)).status_code

    return send
