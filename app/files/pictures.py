"""Pictures are drawn anew: what a camera wrote beside the picture (place, time, device) stays behind."""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
from collections.abc import Iterator

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from app.files.rules import FileType
from app.lib.refusal import Refused

MOST_PIXELS = 40_000_000  # decoded at once, that is up to 160 MB of memory
_FORMATS = {"png": "PNG", "jpg": "JPEG"}
_MODES = {"png": ("RGB", "RGBA", "L"), "jpg": ("RGB", "L")}
_DAMAGED = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, LookupError, EOFError, ArithmeticError, TypeError,
    AttributeError, struct.error,
)  # fmt: skip


def redrawn(data: bytes, kind: FileType) -> bytes:
    """The same picture, upright, in a new file that holds nothing else. Raises Refused."""
    try:
        with warnings.catch_warnings(), nothing_missing():
            warnings.simplefilter("ignore")  # odd sizes and tags: the size is checked here, tags are dropped
            image = Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])
            _check_size(*image.size)
            return _drawn(image, kind)
    except Image.DecompressionBombError as error:
        raise Refused("has more points than any page needs. Save it smaller and send that.") from error
    except _DAMAGED as error:
        raise Refused("is damaged: it cannot be drawn. Open it, save it anew and send that.") from error


@contextlib.contextmanager
def nothing_missing() -> Iterator[None]:
    """Half a picture is damaged. WeasyPrint, once imported, has Pillow fill the rest with gray, everywhere."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _check_size(width: int, height: int) -> None:
    """Before anything is decoded."""
    if width * height > MOST_PIXELS:
        raise Refused(
            f"has {width:,} × {height:,} points; {MOST_PIXELS // 1_000_000} million together are enough "
            "for any page. Save it smaller and send that."
        )


def _drawn(image: Image.Image, kind: FileType) -> bytes:
    upright = _upright(image)
    if upright.mode not in _MODES[kind]:
        has_holes = kind == "png" and ("A" in upright.getbands() or "transparency" in upright.info)
        upright = upright.convert("RGBA" if has_holes else "RGB")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)  # the points, and nothing of what came with them
    out = io.BytesIO()
    if kind == "png":
        bare.save(out, "PNG")
    else:
        bare.save(out, "JPEG", quality=88)
    return out.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _DAMAGED:  # what the camera wrote beside it is broken; the picture itself may be whole
        return image
