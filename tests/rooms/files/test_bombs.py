"""What unpacks to gigabytes takes hardly any memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import run
from tests.rooms.files import made, tricks

BOMBS = {
    "office": made.bomb,
    "office that lies": made.lying_bomb,
    "words of a picture": lambda: tricks.png_with(b"zTXt", b"x\0\0" + tricks.packed_zeros()),
    "colors of a picture": lambda: tricks.png_with(b"iCCP", b"x\0\0" + tricks.packed_zeros()),
    "points of a picture": lambda: tricks.png_of_zeros(30_000, 30_000),
    "laughs": lambda: made.document(parts={"customXml/item1.xml": tricks.LAUGHS}),
    "lists of a PDF": lambda: tricks.packed_pdf(bytes(64 * 2**20)),
}
MEASURE = """
import resource, sys
from pathlib import Path
from app.files import intake
from app.files.rules import FILE_TYPES
from app.lib.refusal import Refused
from tests.rooms.files import made
intake.take("a.jpg", made.picture(), FILE_TYPES)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[1:]:
    try:
        intake.take(path, Path(path).read_bytes(), FILE_TYPES)
    except Refused:
        pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts kilobytes as Linux does")
def test_bombs_take_no_memory(tmp_path: Path) -> None:
    """All of them in one process of its own: what its memory grew by at the most, C libraries included."""
    for name, build in BOMBS.items():
        (tmp_path / name).write_bytes(build())
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, sorted(tmp_path.iterdir()))],
        cwd=run.ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert int(ran.stdout) < 40 * 1024  # KB; the bombs unpack to 64 MB, 200 MB and 2.7 GB
