"""Files for tests: honest ones of every type, and what somebody with bad intentions would send."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import docx
from PIL import Image

from app.files import office

MAIN = {kind: main.decode() for main, kind in office._MAIN.items()}
PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n" \
      b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"  # fmt: skip
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>xq()</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>xq()</script></body></html>"
EXE = b"MZ\x90\x00\x03" + b"\x00" * 55 + b"\x80" + b"\x00" * 67 + b"PE\x00\x00" + b"\x00" * 200


def document(
    kind: str = "docx", parts: dict[str, bytes] | None = None, contents: str = "", links: str = ""
) -> bytes:
    """The least archive that says it is a document, with more parts, content types or relationships."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            office.CONTENTS,
            f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">{contents}'
            f'<Override PartName="/{PARTS[kind]}" ContentType="{MAIN[kind]}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="{PARTS[kind]}"/>{links}</Relationships>',
        )
        archive.writestr(PARTS[kind], "<document/>")
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def word(*paragraphs: str) -> bytes:
    """A document as Word writes it."""
    made, out = docx.Document(), io.BytesIO()
    for one in paragraphs:
        made.add_paragraph(one)
    made.save(out)
    return out.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 1).save(out, kind, **more)
    return out.getvalue()


def located_photo() -> bytes:
    """A photo that says where and with which device it was taken, lying on its side."""
    image = Image.new("RGB", (40, 30), "red")
    exif = image.getexif()
    exif[0x010F], exif[0x0112] = "xqcamera", 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (27.0, 46.0, 12.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"xqcomment", icc_profile=b"xqprofile" * 20)
    return out.getvalue()


def huge_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """The head of a picture that would take gigabytes to draw; the file is a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def bomb(size: int = 200 * 1024 * 1024) -> bytes:
    """A document that unpacks to 200 MB."""
    out = io.BytesIO(document())
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/media/a.xml", "w") as part,
    ):
        for _ in range(size // 2**20):
            part.write(b"\0" * 2**20)
    return out.getvalue()


def lying_bomb() -> bytes:
    """The same, with a list of parts that says the large part is small."""
    data = bytearray(bomb(20 * 1024 * 1024))
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<L", 10)
    return bytes(data)


def archive() -> bytes:
    """An archive that is no document."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("run.exe", EXE)
    return out.getvalue()


def many_parts() -> bytes:
    return document(parts={f"word/{number}.xml": b"" for number in range(office.MOST_PARTS)})


def locked() -> bytes:
    """Marked as encrypted, in the list of parts and before each part."""
    data = bytearray(document())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def link(kind: str, target: str, mode: str = "External") -> str:
    return f'<Relationship Id="r9" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
