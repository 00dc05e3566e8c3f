"""Reads the `media` folder of a module: what each file really is, how large, and its hash; and keeps the bytes."""

import hashlib
from pathlib import Path

import puremagic
from PIL import Image

from app.curriculum.folder import Folder
from app.curriculum.media import KINDS, LIMITS, MOST_PIXELS, Kind, MediaFile, kind_of, size_words
from app.curriculum.problems import CurriculumErrors, Problem
from app.curriculum.schema import Program
from app.files import storage
from app.files.pictures import nothing_missing

_PILLOW = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
_TURNED = 0x0112  # the EXIF note by which a camera says how it was held


def read(folder: Folder, path: str) -> dict[str, MediaFile]:
    """The files of this `media` folder by their names; what is wrong with one is reported and left out."""
    found: dict[str, MediaFile] = {}
    for name in folder.names(path):
        file = f"{path}/{name}"
        if not _is_good_name(name):
            sentence = (
                "a media file’s name is made of small letters, digits and -, and ends in "
                f".{', .'.join(KINDS)}, like client-path.png."
            )
            folder.problem(file, 1, sentence)
        elif place := folder.path(file):
            try:
                found[name] = _facts(name, place)
            except _Unfit as reason:
                folder.problem(file, 1, str(reason))
            except OSError as error:
                folder.problem(file, 1, f"this file cannot be read: {error.strerror or error}.")
    return found


def keep(directory: Path, program: Program) -> None:
    """Put the bytes of every media file into the store, before the release that names them is published.

    `directory` is the folder the program was read from. Raises CurriculumErrors when a file changed meanwhile.
    """
    folder = Folder(directory)
    for module in program.modules:
        for media in module.media:
            file = f"modules/{module.number:02}-{module.slug}/media/{media.name}"
            place = folder.path(file)
            if place is None or storage.put_file(place) != media.sha256:
                problem = Problem(file, 1, "this file changed while it was being published; publish again.")
                raise CurriculumErrors([*folder.problems, problem])


class _Unfit(Exception):
    """Why a file cannot be used, as a sentence."""


def _is_good_name(name: str) -> bool:
    try:
        MediaFile(name=name, content_type="", size=0, sha256="0" * 64)
    except ValueError:
        return False
    return True


def _facts(name: str, place: Path) -> MediaFile:
    kind, size = kind_of(name), place.stat().st_size
    limit = LIMITS[kind.what]
    if not size:
        raise _Unfit("this file is empty.")
    if size > limit:
        raise _Unfit(f"this file has {size_words(size)}; {kind.what} files have at most {size_words(limit)}.")
    width = height = None
    if kind.what == "image":
        width, height = _picture_size(place, kind)
    else:
        _check_content(place, kind)
    with place.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return MediaFile(
        name=name, content_type=kind.content_type, size=size, sha256=digest, width=width, height=height
    )


def _picture_size(place: Path, kind: Kind) -> tuple[int, int]:
    broken = _Unfit(f"this is not a {kind.words}, or it is damaged; save it anew.")
    try:
        with nothing_missing(), Image.open(place, formats=[_PILLOW[kind.content_type]]) as image:
            width, height = image.size
            if max(width, height) > MOST_PIXELS:
                raise _Unfit(f"this picture has {width} × {height} pixels; at most {MOST_PIXELS} a side.")
            if kind.content_type == "image/jpeg" and image.getexif().get(_TURNED, 1) != 1:
                raise _Unfit("this picture lies on its side and is turned by a note in it; save it upright.")
            image.load()
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise broken from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _Unfit(f"this picture is far too large; at most {MOST_PIXELS} pixels a side.") from error
    return width, height


def _check_content(place: Path, kind: Kind) -> None:
    if kind.content_type in ("text/csv", "text/plain"):
        _check_text(place)
        return
    try:
        found = {match.mime_type for match in puremagic.magic_file(place)}
    except (puremagic.PureError, ValueError):
        found = set()
    if kind.content_type not in found:
        raise _Unfit(f"this is not a file of the kind its name says ({kind.words}).")
    if kind.what == "captions" and "-->" not in _check_text(place):
        raise _Unfit("there is no caption in this file; each has a line like 00:01.000 --> 00:04.000.")


def _check_text(place: Path) -> str:
    try:
        text = place.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unfit("this is not UTF-8 text; save the file as UTF-8.") from error
    if "\0" in text:
        raise _Unfit("this is not a text.")
    return text
