"""The pages of this room: participant.py for those who build, coach.py for those who review."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("coursework", __name__)
