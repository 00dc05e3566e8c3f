"""A small curriculum in a folder that can be edited, and somebody of the staff who looks at it."""

from __future__ import annotations

import pytest

from tests.rooms.curriculum import small


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "CURRICULUM_DIR", small.write(tmp_path))
    return tmp_path


@pytest.fixture
def sam(sign_in, cast, folder):
    return sign_in(cast.sam)
