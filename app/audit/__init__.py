"""Who did what, when: one sentence per entry."""

from flask import Flask


def init_app(app: Flask) -> None:
    """The audit has rows and one verb, and no pages of its own yet."""
