"""Blocks with a file in them: image, video, download; and the place of a private note."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement

from pymdownx.blocks.block import Block, type_integer, type_string

from app.curriculum.blocks import question_key
from app.curriculum.media import MediaFile, size_words

_NAME = ("", type_string)


class _WithFile(Block):
    """A block that names files of the module. Without its file it stays text; `check` has said so before."""

    ARGUMENT: bool | None = None
    CONFIG: ClassVar[dict[str, Any]] = {"media": {}, "language": "en"}
    NEEDS: ClassVar[tuple[str, ...]] = ("file",)

    def on_validate(self, parent: Element) -> bool:
        return all(self.options[key] in self.config["media"] for key in self.NEEDS)

    def media(self, key: str) -> MediaFile:
        found: Mapping[str, MediaFile] = self.config["media"]
        return found[self.options[key]]


class Image(_WithFile):
    """A picture with its size, so that nothing moves when it arrives."""

    NAME = "image"
    OPTIONS: ClassVar[dict[str, Any]] = {"file": _NAME, "alt": _NAME}

    def on_create(self, parent: Element) -> Element:
        file = self.media("file")
        figure = SubElement(parent, "figure", {"class": "figure"})
        size = {"width": str(file.width), "height": str(file.height)}
        SubElement(
            figure, "img", {"src": file.address, "alt": self.options["alt"], "loading": "lazy", **size}
        )
        if self.argument:
            SubElement(figure, "figcaption").text = self.argument
        return figure


class Video(_WithFile):
    """A film of ours with captions, or a card that leads to one elsewhere; with its transcript. Nothing is embedded."""

    NAME = "video"
    ARGUMENT = True
    OPTIONS: ClassVar[dict[str, Any]] = {
        "file": _NAME,
        "captions": _NAME,
        "link": _NAME,
        "minutes": (0, type_integer),
    }

    def on_validate(self, parent: Element) -> bool:
        link = self.options["link"]
        if link:
            return link.startswith("https://") and bool(urlsplit(link).hostname)
        return (
            self.options["file"] in self.config["media"] and self.options["captions"] in self.config["media"]
        )

    def on_create(self, parent: Element) -> Element:
        card = SubElement(parent, "div", {"class": "video"})
        title = SubElement(card, "p", {"class": "video__title"})
        minutes = self.options["minutes"]
        length = f"Video, {minutes} minute{'' if minutes == 1 else 's'}"
        if self.options["link"]:
            host = (urlsplit(self.options["link"]).hostname or "").removeprefix("www.")
            SubElement(title, "a", {"href": self.options["link"]}).text = self.argument
            length += f", opens at {host}"
        else:
            SubElement(title, "b").text = self.argument
            self._player(card)
        SubElement(title, "span").text = length
        transcript = SubElement(card, "details", {"class": "transcript"})
        SubElement(transcript, "summary").text = "Transcript"
        self._text = SubElement(transcript, "div")
        return card

    def _player(self, card: Element) -> None:
        film, captions = self.media("file"), self.media("captions")
        player = SubElement(
            card, "video", {"controls": "controls", "preload": "none", "aria-label": self.argument}
        )
        SubElement(player, "source", {"src": film.address, "type": film.content_type})
        track = {"kind": "captions", "src": captions.address, "srclang": self.config["language"]}
        SubElement(player, "track", {**track, "label": "Captions", "default": "default"})

    def on_add(self, block: Element) -> Element:
        return self._text


class Download(_WithFile):
    """A file to take along."""

    NAME = "download"
    ARGUMENT = True
    OPTIONS: ClassVar[dict[str, Any]] = {"file": _NAME}

    def on_create(self, parent: Element) -> Element:
        file = self.media("file")
        line = SubElement(parent, "p", {"class": "download"})
        SubElement(line, "a", {"href": file.address}).text = self.argument
        SubElement(line, "span").text = f"{file.kind.words}, {size_words(file.size)}"
        return line


class Reflect(Block):
    """Where a private note stands. Its form is each person's own, so the page puts it here."""

    NAME = "reflect"
    ARGUMENT = True

    def on_create(self, parent: Element) -> Element:
        return SubElement(parent, "div", {"id": f"note-{question_key(self.argument)}"})
