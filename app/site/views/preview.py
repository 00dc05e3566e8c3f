"""Pages of what is not published: the curriculum's folder as its author has left it at this moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for

from app.curriculum import documents
from app.curriculum.markdown import with_build_links
from app.curriculum.schema import Module, Program
from app.lib import clock
from app.lib.access import open_to
from app.site import excerpts, preview


def blueprint(role: str) -> Blueprint:
    """The pages of the preview, open to this role: METI's staff on the site, anyone on an author's own machine."""
    bp = Blueprint("preview", __name__)
    for rule, view in PAGES:
        bp.add_url_rule(rule, view.__name__, open_to(role)(view))
    return bp


def _read() -> preview.Preview:
    return preview.preview_of(Path(current_app.config["CURRICULUM_DIR"]))


def _shown(template: str, make: Callable[[Program], dict[str, Any]]) -> str:
    """The page; while the folder has mistakes, their list instead."""
    found = _read()
    if found.program is None:
        return render_template("preview/problems.html", problems=found.problems)
    starts = preview.first_day(found.program, clock.now())
    return render_template(
        f"preview/{template}.html", program=found.program, starts=starts, **make(found.program)
    )


def _module(program: Program, slug: str) -> Module:
    return program.module(slug) or abort(404)


def index() -> str:
    return _shown(
        "index", lambda _program: {"can_publish": "site.confirm_publish" in current_app.view_functions}
    )


def module(slug: str) -> str:
    def make(program: Program) -> dict[str, Any]:
        found = _module(program, slug)
        return {"module": found, "dates": preview.dates_of(program, found, clock.now())}

    return _shown("module", make)


def lesson(slug: str, lesson_slug: str) -> str:
    def make(program: Program) -> dict[str, Any]:
        found = _module(program, slug)
        text = found.lesson(lesson_slug) or abort(404)
        sheet = url_for("preview.worksheet", slug=slug)
        return {
            "module": found,
            "lesson": text,
            "html": with_build_links(text.html, lambda field_id: f"{sheet}#{field_id}"),
        }

    return _shown("lesson", make)


def worksheet(slug: str) -> str:
    """Empty, or with the sample that `sample` names in it."""

    def make(program: Program) -> dict[str, Any]:
        found = _module(program, slug)
        if found.worksheet is None:
            abort(404)
        sample = preview.sample_of(found, request.args.get("sample", ""))
        page = preview.worksheet_page(program, found, sample, clock.now())
        return {"module": found, "page": page, "sample": sample}

    return _shown("worksheet", make)


def document(slug: str, document_slug: str) -> str:
    """Filled with the good samples of all modules, as it would be printed."""

    def make(program: Program) -> dict[str, Any]:
        found = _module(program, slug)
        text = found.document(document_slug) or abort(404)
        sheets, answers = excerpts.sample_practice(program)
        return {
            "module": found,
            "document": text,
            "html": documents.render(text, sheets, answers),
            "blank": documents.unanswered(text, sheets, answers),
        }

    return _shown("document", make)


def page(page_slug: str) -> str:
    def make(program: Program) -> dict[str, Any]:
        return {"text": program.page(page_slug) or abort(404)}

    return _shown("page", make)


PAGES: tuple[tuple[str, Callable[..., str]], ...] = (
    ("", index),
    ("/modules/<slug>", module),
    ("/modules/<slug>/lessons/<lesson_slug>", lesson),
    ("/modules/<slug>/worksheet", worksheet),
    ("/modules/<slug>/documents/<document_slug>", document),
    ("/pages/<path:page_slug>", page),
)
