"""The answers Stripe gives when it refuses a call, as exceptions.

``violation`` is true when no correct program would have sent the call (a misspelled parameter, an amount with a
decimal point). The stand-in keeps those in a list, so that a test can demand that there are none. A call that is
well formed and merely comes too late (expiring a paid session) is not a violation.
"""

from typing import Any


class ApiError(Exception):
    """A refusal with an HTTP status and the body Stripe would send."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        violation: bool = False,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.violation = violation
        self.extra = extra or {}

    def body(self) -> dict[str, Any]:
        """The JSON body of the answer; absent parts are left out, as Stripe does."""
        error = {"type": self.kind, "message": self.message, "code": self.code, "param": self.param}
        return {"error": {k: v for k, v in error.items() if v is not None} | self.extra}


class ConnectionLost(Exception):
    """The line breaks before an answer arrives: the caller cannot know whether the work was done."""


def wrong(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """A call that no correct program sends."""
    return ApiError(message, param=param, code=code, violation=True)


def too_late(message: str, code: str | None = None, param: str | None = None) -> ApiError:
    """A well-formed call that the object's state does not allow (any more)."""
    return ApiError(message, code=code, param=param)


def unknown_object(kind: str, object_id: str, param: str = "id") -> ApiError:
    """There is no such object here."""
    return ApiError(f"No such {kind}: '{object_id}'", status=404, code="resource_missing", param=param)


def not_played(what: str, param: str | None = None) -> ApiError:
    """Stripe can do this, the stand-in cannot. It says so, instead of quietly answering something else."""
    return ApiError(
        f"The local stand-in does not play {what}.", param=param, code="standin_unsupported", violation=True
    )
