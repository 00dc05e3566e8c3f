from __future__ import annotations

import pytest

from app.files import storage
from tests.programs import LINE, PLAN


@pytest.fixture(autouse=True)
def _files_of_the_lessons(app) -> None:
    """A changed program can be published: the files of its lessons are kept."""
    for data in (PLAN, LINE):
        storage.put(data)
