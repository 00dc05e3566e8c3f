"""Net one of access: every view says who may open it, or the application does not start.

`@open_to("anyone")` is written out. The other roles are registered by the rooms that know them
(`register_role`). Somebody who is not signed in is sent to sign in; the wrong role gets 404, so a stranger
does not learn that a page exists.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app

from app.lib.login import ask_to_sign_in, current_user

View = TypeVar("View", bound=Callable[..., Any])
_roles: dict[str, Callable[[], bool]] = {"anyone": lambda: True}


def register_role(name: str, held: Callable[[], bool]) -> None:
    """`held()` answers, for the current request, whether the signed-in person has this role."""
    _roles[name] = held


def open_to(*roles: str) -> Callable[[View], View]:
    """Let the view be opened by these roles only ('anyone', 'signed in', 'participant', 'coach', 'staff')."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if "anyone" not in roles:
                if not current_user.is_authenticated:
                    return ask_to_sign_in()
                if not any(_roles[role]() for role in roles):
                    abort(404)
            return current_app.ensure_sync(view)(*args, **kwargs)

        guarded.open_to = roles  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


class UndeclaredView(RuntimeError):
    """A view does not say who may open it."""


def check_every_view(app: Flask) -> None:
    """Raise UndeclaredView, naming each view without `@open_to` or with a role nobody registered."""
    bad = []
    for endpoint, view in app.view_functions.items():
        if endpoint == "static":
            continue
        roles = getattr(view, "open_to", None)
        if roles is None:
            bad.append(f"{endpoint}: add @open_to(...) to {view.__module__}.{view.__name__}")
        else:
            bad += [
                f"{endpoint}: nobody registered the role {role!r}" for role in roles if role not in _roles
            ]
    if bad:
        raise UndeclaredView("\n".join(bad))
