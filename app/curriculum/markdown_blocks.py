"""The `///` blocks of lessons: callout, example, checklist, mistake, action, build, side note; and those with files."""

from collections.abc import Mapping
from typing import Any, ClassVar
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block

from app.curriculum.markdown_media import Download, Image, Reflect, Video
from app.curriculum.media import MediaFile

BLOCKS = (
    "callout", "example", "checklist", "mistake", "action", "build", "side", "image", "video", "download", "reflect",
)  # fmt: skip


class CurriculumBlocks(BlocksExtension):
    """Registers the blocks; `labels` gives the label of a worksheet field by its id, `media` a file by its name."""

    def __init__(self, labels: Mapping[str, str], media: Mapping[str, MediaFile], language: str) -> None:
        super().__init__()
        self._labels = labels
        self._files = {"media": media, "language": language}

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: N802 - the library's name
        for block in (Callout, Mistake, Action, Checklist, Example, Side, Reflect):
            block_mgr.register(block, {})
        block_mgr.register(Build, {"labels": self._labels})
        for with_file in (Image, Video, Download):
            block_mgr.register(with_file, self._files)


class _Titled(Block):
    """A block with an optional title in bold above its text."""

    ARGUMENT = None
    TAG = "aside"
    CLASS = ""
    TITLE = ""

    def on_create(self, parent: Element) -> Element:
        box = SubElement(parent, self.TAG, {"class": self.CLASS})
        title = self.argument or self.TITLE
        if title:
            SubElement(box, "b").text = title
        return box


class Callout(_Titled):
    """What must not be missed."""

    NAME = "callout"
    CLASS = "callout"


class Mistake(_Titled):
    """A common mistake, told without blame."""

    NAME = "mistake"
    CLASS = "callout callout--mistake"
    TITLE = "A common mistake"


class Action(_Titled):
    """One small thing to do today."""

    NAME = "action"
    TAG = "div"
    CLASS = "exercise"
    TITLE = "Today"


class Checklist(_Titled):
    """Lines to go through."""

    NAME = "checklist"
    TAG = "div"
    CLASS = "checklist"


class Example(_Titled):
    """A worked example. A table in it becomes a ledger; the title becomes its caption."""

    NAME = "example"
    TAG = "div"
    CLASS = "ledger"

    def on_end(self, block: Element) -> None:
        children = list(block)
        if len(children) > 1 and children[0].tag == "b":
            if children[1].tag == "table":
                caption = Element("caption")
                caption.text = children[0].text
                children[1].insert(0, caption)
                block.remove(children[0])
            else:
                children[0].set("class", "ledger__title")


class Side(_Titled):
    """A remark in the margin."""

    NAME = "side"
    TAG = "div"
    CLASS = "side"


class Build(Block):
    """The card that leads from a lesson to the worksheet field it feeds."""

    NAME = "build"
    ARGUMENT = True
    CONFIG: ClassVar[dict[str, Any]] = {"labels": {}}

    def on_create(self, parent: Element) -> Element:
        self._field = self.argument.strip()
        card = SubElement(parent, "section", {"class": "build"})
        SubElement(card, "span", {"class": "next__label"}).text = "Build it now"
        SubElement(card, "h2").text = self.config["labels"].get(self._field, self._field)
        return card

    def on_end(self, block: Element) -> None:
        acts = SubElement(block, "div", {"class": "acts"})
        link = SubElement(acts, "a", {"class": "btn btn--quiet", "href": f"build:{self._field}"})
        link.text = f"Go to field {self._field}"
