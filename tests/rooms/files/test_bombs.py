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
import sys
from pathlib import Path
from app.files import intake
from app.files.rules import FILE_TYPES
from app.lib.refusal import Refused
from tests.rooms.files import made
def most():  # of this process alone; what getrusage says begins with its parent's
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
intake.take("a.jpg", made.picture(), FILE_TYPES)
before = most()
for path in sys.argv[1:]:
    try:
        intake.take(path, Path(path).read_bytes(), FILE_TYPES)
    except Refused:
        pass
print(most() - before)
"""


MOST = 40 * 1024  # KB; the bombs unpack to 64 MB, 200 MB and 2.7 GB


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_bombs_take_no_memory(tmp_path: Path) -> None:
    """All of them in one process of its own: what its memory grew by at the most, C libraries included."""
    for name, build in BOMBS.items():
        (tmp_path / name).write_bytes(build())
    assert grown(sorted(tmp_path.iterdir())) < MOST
    large = tmp_path / "honest"
    large.write_bytes(made.picture("PNG", (5_000, 5_000)))
    assert grown([large]) > MOST  # so the measure sees what is used


def grown(paths: list[Path]) -> int:
    """KB that looking at these files took at the most."""
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, paths)],
        cwd=run.ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return int(ran.stdout)
