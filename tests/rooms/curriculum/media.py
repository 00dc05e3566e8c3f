"""Files for a media folder, as small as such files can be; tests write them out beside `small.py`'s texts."""

from __future__ import annotations

import io
import zipfile

from PIL import Image

from tests.rooms.curriculum import small

FOLDER = "modules/01-dough/media"
LESSON = "modules/01-dough/lessons/01-weigh-it.md"


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 5), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#123f40").save(out, kind, **more)
    return out.getvalue()


def office(part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in ("[Content_Types].xml", part):
            packed.writestr(zipfile.ZipInfo(name), "<x/>")
    return out.getvalue()


PNG = picture()
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 200
WEBM = (
    bytes.fromhex("1A45DFA39F4286810142F7810142F2810442F381084282847765626D42878104428581021853806701")
    + b"\0" * 200
)
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nFold the dough.\n"
DOCX = office("word/document.xml")
FILES = {
    "loaf.png": PNG,
    "oven.jpg": picture("JPEG"),
    "crumb.webp": picture("WEBP"),
    "fold.mp4": MP4,
    "fold.vtt": VTT,
    "bake.webm": WEBM,
    "card.docx": DOCX,
    "costs.xlsx": office("xl/workbook.xml"),
    "card.pdf": b"%PDF-1.7\n%x\n",
    "costs.csv": "Flour;1,50 €\n".encode(),
    "notes.txt": b"\xef\xbb\xbfKnead.",
}

BLOCKS = """
/// image | A loaf, cut
    file: loaf.png
    alt: "A loaf: dark outside"
///

/// image
    file: oven.jpg
    alt: An oven
///

/// image
    file: crumb.webp
    alt: Crumb
///

/// video | How to fold
    file: fold.mp4
    captions: fold.vtt
    minutes: 1
Stretch it. Fold it.

Wait with the *starter*.
///

/// video | How to bake
    file: bake.webm
    captions: fold.vtt
    minutes: 12
Hot.
///

/// video | Elsewhere
    link: https://www.example.org/watch?v=1&t=2
    minutes: 3
What is said there.
///

/// download | The recipe card
    file: card.docx
///

/// download | Costs
    file: costs.xlsx
///

/// download | Printed
    file: card.pdf
///

/// download | Table
    file: costs.csv
///

/// download | Notes
    file: notes.txt
///

/// reflect | What did your last loaf teach you?
///
"""


def files(blocks: str = BLOCKS, **more: bytes | None) -> dict[str, str | bytes | None]:
    """The lesson with these blocks and every file they name; `loaf_png=None` leaves one out."""
    named = FILES | {name[::-1].replace("_", ".", 1)[::-1]: data for name, data in more.items()}
    return {LESSON: small.LESSON + blocks, **{f"{FOLDER}/{name}": data for name, data in named.items()}}
