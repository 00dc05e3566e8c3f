"""Pictures, videos and files of the curriculum: what a release says about each. The bytes are in the store."""

from typing import Annotated, Literal, NamedTuple

from pydantic import StringConstraints

from app.curriculum.field_types import Strict

What = Literal["image", "video", "captions", "download"]
MB = 1024 * 1024
LIMITS: dict[What, int] = {"image": MB, "captions": MB, "video": 200 * MB, "download": 10 * MB}  # bytes
MOST_PIXELS = 4_000  # of a side of a picture


class Kind(NamedTuple):
    what: What
    content_type: str
    words: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "png": Kind("image", "image/png", "PNG picture"),
    "jpg": Kind("image", "image/jpeg", "JPEG picture"),
    "webp": Kind("image", "image/webp", "WebP picture"),
    "mp4": Kind("video", "video/mp4", "MP4 video"),
    "webm": Kind("video", "video/webm", "WebM video"),
    "vtt": Kind("captions", "text/vtt", "WebVTT captions"),
    "pdf": Kind("download", "application/pdf", "PDF"),
    "docx": Kind("download", f"{_OFFICE}.wordprocessingml.document", "Word file"),
    "xlsx": Kind("download", f"{_OFFICE}.spreadsheetml.sheet", "Excel file"),
    "csv": Kind("download", "text/csv", "CSV table"),
    "txt": Kind("download", "text/plain", "Text file"),
}
MediaName = Annotated[
    str, StringConstraints(pattern=rf"^[a-z0-9]+(-[a-z0-9]+)*\.({'|'.join(KINDS)})$", max_length=100)
]


class MediaFile(Strict):
    """One file of a module. `size` is in bytes; pictures have `width` and `height`, in pixels."""

    name: MediaName
    content_type: str
    size: int
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    width: int | None = None
    height: int | None = None

    @property
    def kind(self) -> Kind:
        return kind_of(self.name)

    @property
    def address(self) -> str:
        """Where the site serves it; the address names the content, so it can be kept for good."""
        return f"/media/{self.sha256}/{self.name}"


def kind_of(name: str) -> Kind:
    return KINDS[name.rpartition(".")[2]]


def size_words(size: int) -> str:
    """A size in bytes as people read it: “24 KB”, “3.5 MB”."""
    if size >= MB:
        return f"{size / MB:.1f}".removesuffix(".0") + " MB"
    return f"{max(1, round(size / 1024))} KB"
