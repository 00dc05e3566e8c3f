"""How hostile files are built, small: archives that lie, PDFs that act, pictures that carry something."""

from __future__ import annotations

import gzip
import io
import struct
import warnings
import zipfile
import zlib

from PIL import Image

from tests.rooms.files import made

# In two halves, so that no scanner takes this very file for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LAUGHS = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
) + b"]><a>&j;</a>"  # fmt: skip

# --- PDF ----------------------------------------------------------------------------------------------------------


def pdf(thing: bytes = b"null", catalog: bytes = b"", trailer: bytes = b"") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R" + catalog + b">>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n5 0 obj" + thing + b"endobj\n"
        b"trailer<</Root 1 0 R" + trailer + b">>\nstartxref\n9\n%%EOF\n"
    )


def packed_pdf(thing: bytes) -> bytes:
    packed = zlib.compress(b"7 0 " + thing)
    return pdf(b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\r\n" % len(packed) + packed
               + b"\nendstream")  # fmt: skip


def pdf_and_zip() -> bytes:
    """Whoever unpacks it finds a program; whoever reads it, a page."""
    out = io.BytesIO(made.PDF)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("run.exe", made.EXE)
        archive.comment = b"\n%%EOF\n"
    return out.getvalue()


# --- archives -------------------------------------------------------------------------------------------------------


def named(name: str) -> bytes:
    return with_part(zipfile.ZipInfo(name))


def with_part(part: zipfile.ZipInfo) -> bytes:
    out = io.BytesIO(made.document())
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as archive:
        warnings.simplefilter("ignore")  # a name twice
        archive.writestr(part, b"<x/>")
    return out.getvalue()


def symlink() -> bytes:
    part = zipfile.ZipInfo("word/media/a.png")
    part.create_system, part.external_attr = 3, 0o120777 << 16
    return with_part(part)


def twice(name: str) -> bytes:
    return with_part(zipfile.ZipInfo(name))


def renamed_inside() -> bytes:
    """The list of parts says one name, the part itself another."""
    data = bytearray(made.document())
    place = data.find(b"word/document.xml", data.find(b"PK\x03\x04", 4 + data.find(b"PK\x03\x04", 4)))
    data[place : place + 4] = b"evil"
    return bytes(data)


def wrong_sum() -> bytes:
    data = bytearray(made.document())
    data[data.rfind(b"PK\x01\x02") + 16] ^= 255
    return bytes(data)


def zip64_lie() -> bytes:
    """A second, longer list of parts before the usual one."""
    data = made.document()
    end = data.rfind(b"PK\x05\x06")
    other = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 2**40, 2**40, 2**40, 0)
    return data[:end] + other + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1) + data[end:]


def count_lie() -> bytes:
    data = bytearray(made.document())
    end = data.rfind(b"PK\x05\x06")
    data[end + 8 : end + 12] = b"\xff\xff\xff\xff"
    return bytes(data)


def moved_list() -> bytes:
    data = bytearray(made.document())
    end = data.rfind(b"PK\x05\x06")
    data[end + 16 : end + 20] = struct.pack("<L", 2**31)
    return bytes(data)


def packed_oddly() -> bytes:
    part = zipfile.ZipInfo("word/media/a.png")
    part.compress_type = zipfile.ZIP_LZMA
    return with_part(part)


def macro(kind: str) -> bytes:
    """What Office itself saves as .docm, .xlsm, .pptm."""
    names = {"docx": b"word.document", "xlsx": b"excel.sheet", "pptx": b"powerpoint.presentation"}
    plain, out = zipfile.ZipFile(io.BytesIO(made.document(kind))), io.BytesIO()
    main = b"application/vnd.ms-" + names[kind] + b".macroEnabled.main+xml"
    with zipfile.ZipFile(out, "w") as archive:
        for name in plain.namelist():
            archive.writestr(name, plain.read(name).replace(made.MAIN[kind].encode(), main))
    return out.getvalue()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


# --- pictures -------------------------------------------------------------------------------------------------------


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_with(name: bytes, data: bytes) -> bytes:
    """A whole picture with one more piece after its head."""
    plain = made.picture("PNG")
    return plain[:33] + chunk(name, data) + plain[33:]


def packed_zeros(size: int = 64 * 2**20) -> bytes:
    return zlib.compress(bytes(size), 9)


def png_of_zeros(width: int, height: int) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    packed = zlib.compress(bytes(3 * width + 1) * 10)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def huge_jpg() -> bytes:
    """A photo whose head says 65,000 points each way."""
    data = bytearray(made.picture())
    place = data.find(b"\xff\xc0")
    data[place + 5 : place + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(data)


def photo_with(piece: bytes) -> bytes:
    data = made.picture()
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(piece) + 2) + piece + data[2:]


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()
