"""Checks the blocks that have keys or belong in lessons only: image, video, download, reflect."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

import yaml
from pydantic import Field as Constraint

from app.curriculum.blocks import LONGEST_QUESTION, BlockText, blocks_of, question_key
from app.curriculum.field_types import Strict, Text
from app.curriculum.folder import Folder
from app.curriculum.loaded import LoadedModule, LoadedText
from app.curriculum.media import MediaName, What, kind_of
from app.curriculum.validation import check_yaml

Minutes = Annotated[int, Constraint(ge=1, le=300)]


class ImageKeys(Strict):
    file: MediaName
    alt: Text


class VideoKeys(Strict):
    file: MediaName | None = None
    captions: MediaName | None = None
    link: Text | None = None
    minutes: Minutes


class DownloadKeys(Strict):
    file: MediaName


_KEYS: Mapping[str, type[Strict]] = {"image": ImageKeys, "video": VideoKeys, "download": DownloadKeys}
_NEEDS = {
    "image": "“file: …” and “alt: …”",
    "video": "“file: …” and “captions: …”, or “link: …”, and “minutes: …”",
    "download": "“file: …”",
}
_ENDINGS: dict[What, str] = {
    "image": ".png, .jpg or .webp",
    "video": ".mp4 or .webm",
    "captions": ".vtt",
    "download": ".pdf, .docx, .xlsx, .csv or .txt",
}
IN_LESSONS = {*_KEYS, "reflect"}


def check_module(folder: Folder, module: LoadedModule) -> None:
    """The blocks of its lessons and its opening; and files that none of them uses."""
    used: set[str] = set()
    texts: list[LoadedText[Any]] = [*([module.head] if module.head else []), *module.lessons.values()]
    for text in texts:
        for block in _blocks(text):
            for line, sentence in _problems(folder, text, block, module, used):
                folder.problem(text.file, line, sentence)
        for line, sentence in _question_problems(text, is_lesson=text is not module.head):
            folder.problem(text.file, line, sentence)
    if len(module.lessons) == len(module.lesson_slugs):  # otherwise who uses what is not known yet
        for name in sorted(set(module.media) - used):
            sentence = "no text of this module uses this file; use it or remove it."
            folder.problem(f"{module.folder}/media/{name}", 1, sentence)


def _question_problems(text: LoadedText[Any], *, is_lesson: bool) -> Iterator[tuple[int, str]]:
    lines: dict[str, int] = {}
    for block in _blocks(text):
        if block.name != "reflect" or not block.title:
            continue
        key = question_key(block.title)
        if not is_lesson:
            yield block.line, "a “reflect” block belongs in a lesson."
        elif key in lines:
            yield block.line, f"this asks the same as line {lines[key]}; both would be one note."
        lines.setdefault(key, block.line)


def check_other(folder: Folder, text: LoadedText[Any]) -> None:
    """A document or a public page."""
    for block in _blocks(text):
        if block.name in IN_LESSONS:
            folder.problem(text.file, block.line, f"“{block.name}” blocks belong in lessons.")
        elif block.keys:
            folder.problem(text.file, block.line + 1, _no_keys(block))


def _blocks(text: LoadedText[Any]) -> Iterator[BlockText]:
    return blocks_of(enumerate(text.body.split("\n"), start=text.body_line))


def _no_keys(block: BlockText) -> str:
    return f"a “{block.name}” block has no keys; begin its text without indentation, or after an empty line."


def _problems(
    folder: Folder, text: LoadedText[Any], block: BlockText, module: LoadedModule, used: set[str]
) -> Iterator[tuple[int, str]]:
    if block.name in _KEYS:
        yield from _key_problems(folder, text, block, module, used)
    elif block.keys:
        yield block.line + 1, _no_keys(block)
    if block.name in ("video", "download", "reflect") and not block.title:
        what = "question" if block.name == "reflect" else "title"
        yield block.line, f"write its {what} in the first line: /// {block.name} | …"
    if block.name in ("image", "download", "reflect") and block.text:
        yield block.line, f"a “{block.name}” block holds no text; write it below the block."
    if block.name == "reflect" and len(block.title) > LONGEST_QUESTION:
        yield block.line, f"this question is too long; at most {LONGEST_QUESTION} characters."
    if block.name == "video" and not block.text:
        yield block.line, "a video needs its transcript: write what is said and shown inside the block."


def _key_problems(
    folder: Folder, text: LoadedText[Any], block: BlockText, module: LoadedModule, used: set[str]
) -> Iterator[tuple[int, str]]:
    first = block.line + 1
    if not block.keys:
        needs = _NEEDS[block.name]
        yield block.line, f"write {needs} right below this line, each indented by four spaces."
        return
    loaded = check_yaml(folder, text.file, block.keys, _KEYS[block.name], first)
    if loaded is None:
        return
    try:
        plain = yaml.safe_load(block.keys)
    except yaml.YAMLError:  # what draws the block reads its keys more strictly than we do
        yield first, "write each key of a block as “key: value”, with spaces and no tabs."
        return
    for key, value in plain.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            yield loaded.line(key), f"put the value of “{key}” in quotes; it would not be read as text."
    keys = loaded.value
    if isinstance(keys, VideoKeys):
        yield from ((loaded.line(*key), sentence) for key, sentence in _video_problems(keys))
    wanted: dict[str, What] = {"file": block.name, "captions": "captions"}  # type: ignore[dict-item]
    for key, what in wanted.items():
        name = getattr(keys, key, None)
        if name:
            used.add(name)
            yield from ((loaded.line(key), sentence) for sentence in _file_problems(name, what, module))


def _video_problems(keys: VideoKeys) -> Iterator[tuple[tuple[str, ...], str]]:
    if bool(keys.file) == bool(keys.link):
        yield (), "a video is either a “file” of this module or a “link” to another site: name one of them."
    elif keys.file and not keys.captions:
        yield (
            ("file",),
            "a video needs “captions”: a .vtt file with what is said, for those who cannot hear it.",
        )
    elif keys.link and keys.captions:
        yield ("captions",), "captions belong to a “file”; the other site has its own."
    if keys.link and not _is_secure(keys.link):
        yield ("link",), f"“{keys.link}” is no address of a video; it begins with https:// and a host."


def _is_secure(link: str) -> bool:
    try:
        found = urlsplit(link)
    except ValueError:
        return False
    return found.scheme == "https" and bool(found.hostname) and not found.username and " " not in link


def _file_problems(name: str, what: What, module: LoadedModule) -> Iterator[str]:
    if kind_of(name).what != what:
        yield f"“{name}” is of another kind; here stands a file that ends in {_ENDINGS[what]}."
    elif name not in module.media_names:
        yield f"there is no file {module.folder}/media/{name}."
