"""A sheet of paper for the demo: one page of PDF with a title and lines of text, made from nothing but this file."""

from __future__ import annotations

from dataclasses import dataclass

from app.files import storage
from app.files.intake import Incoming, take
from app.files.rules import FILE_TYPES

TITLE = "HB-014: complete sample file (invented)"
RECORDS = (
    "1  Referral or clearance   received before day 1, limits signed",
    "2  Release                 signed before day 1, ends with the program",
    "3  Consents                informed consent, service agreement, day 1",
    "4  History                 67, cane outdoors, wants the basement stairs",
    "5  Baseline                day 1: chair stand 7, 6-minute walk 310 m",
    "6  Plan                    stairs with one rail in 15 s by week 8",
    "7  Session notes           24 notes, 23 of them on the same day",
    "8  Re-assessment           day 30: chair stand 10, 6-minute walk 345 m",
    "9  Report sent             day 30, one page, number verified",
    "10 Correspondence          day 33: no flexion limit, confirmed by fax",
    "11 Incidents               none",
    "12 Discharge               day 84, goals met, summary sent on day 88",
)


@dataclass(frozen=True)
class SampleFile:
    """A file that somebody in the demo sends."""

    file: Incoming
    digest: str


def stored() -> SampleFile:
    """The sheet, with its bytes in the store: to be done before the transaction that writes its row."""
    file = take("Sample file HB-014.pdf", sample_file(), FILE_TYPES)
    return SampleFile(file, storage.put(file.data))


def sample_file() -> bytes:
    """The twelve records of an invented client, as PDF."""
    drawn = [b"BT /F1 15 Tf 60 770 Td (%s) Tj ET" % _escaped(TITLE)]
    drawn += [
        b"BT /F2 10 Tf 60 %d Td (%s) Tj ET" % (730 - 22 * number, _escaped(line))
        for number, line in enumerate(RECORDS)
    ]
    page = b"\n".join(drawn)
    fonts = b"/F1 <</Type/Font/Subtype/Type1/BaseFont/Times-Bold>> /F2 <</Type/Font/Subtype/Type1/BaseFont/Courier>>"
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<<%s>>>>>>" % fonts,
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(page), page),
    )


def _escaped(text: str) -> bytes:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("latin-1")


def _pdf(*objects: bytes) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
