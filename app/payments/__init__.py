"""Price, order, checkout, payment: the only room that talks to Stripe."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this room's pages, jobs and commands to the app."""
