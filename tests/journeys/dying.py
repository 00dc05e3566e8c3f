"""The site of the running demo, served once more by a process that can be killed in the middle of a request.

`gunicorn --preload --workers 1 tests.journeys.dying:site` with DIE_AT naming a file. While the file holds a line such
as 'POST /systems/7/submit 12', a request to that address is killed at its stage 12; gunicorn starts another worker at
once, which finds the file empty. A request that gets through writes 'lived' into it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.tools.stages import Stages
from wsgi import app


class Dying:
    """The application, with its last hour written down beforehand."""

    def __init__(self, application: Any, wish: Path) -> None:
        self.application, self.wish = application, wish
        self.stages = Stages(before_death=lambda: self.wish.write_text(""))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method_and_path, _, stage = self.wish.read_text().rpartition(" ")
        if f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}" != method_and_path:
            return self.application(environ, start_response)  # type: ignore[no-any-return]
        self.stages.die_at(int(stage))
        answer = self.application(environ, start_response)
        body = b"".join(answer)
        answer.close()
        self.stages.another()
        self.stages.die_at(-1)
        self.wish.write_text("lived")
        return [body]


site = Dying(app, Path(os.environ["DIE_AT"]))
