"""The form every form of ours is: it reads what was typed, and nothing else."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto


def whole_number(typed: str) -> int:
    """The number in a hidden field of ours; 0, which no version has, for anything that is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


class Form(FlaskForm):
    """Takes its words from the form of the request only.

    Flask-WTF would also take files and JSON of any shape: a text field would then hold a file or a number, and every
    filter and validator would have to expect that.
    """

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            if formdata is _Auto:
                return request.form if form.is_submitted() else None
            return formdata
