"""What a page weighs, what it asks for, and where it stands in the menu."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import html5lib
import pytest
from sqlalchemy import select

from app.assessment.models import Assessment
from app.cohorts.models import Cohort
from app.curriculum import media_folder
from app.curriculum.actions import publish
from app.curriculum.reader import read
from app.curriculum.rendering import rendered
from app.curriculum.schema import Program
from app.files import storage
from app.lib.compression import lightly, thoroughly
from app.lib.database import begin_write, db
from config import ROOT
from tests.cast import NOW
from tests.client import criticize
from tests.factories import assessment
from tests.house.canaries import ACTORS
from tests.house.doors import DOORS, Door
from tests.house.visits import House

FIRST_LOAD = (
    80 * 1024
)  # bytes on the wire: the page, its style sheets, scripts, pictures and the fonts it draws with
PAGE = 15 * 1024  # bytes on the wire of the page itself, all that comes after the first
ASSET = re.compile(r"""asset\(\s*(['"])(?P<path>[^'"]+)\1\s*\)""")
IN_CSS = re.compile(r"""url\(\s*['"]?([^'")]+)""")
FACE = re.compile(r"@font-face\s*\{([^}]*)\}")
# Another host may be linked to (a receipt at Stripe), never asked for something by the page itself.
ASKING = {"img": "src", "script": "src", "source": "src", "iframe": "src", "video": "src", "audio": "src",
          "embed": "src", "object": "data", "use": "href", "input": "src"}  # fmt: skip


@cache
def packed(path: Path) -> int:
    """Bytes of a static file on the wire; fonts are packed already."""
    data = path.read_bytes()
    return len(data) if path.suffix == ".woff2" else len(thoroughly(data))


def static(address: str) -> Path:
    return ROOT / urlsplit(address).path.removeprefix("/")


def asked_for(tree: Any) -> Iterator[tuple[str, str]]:
    """(element, address) of everything a browser fetches for a page by itself."""
    for node in tree.iter():
        if node.tag == "link" and node.get("rel") in (
            "stylesheet",
            "preload",
            "icon",
            "modulepreload",
            "manifest",
        ):
            yield f"link {node.get('rel')}", node.get("href")
        elif node.tag in ASKING and node.get(ASKING[node.tag]):
            yield node.tag, node.get(ASKING[node.tag])


# The floor lets pages for editing load their editor besides; it has a bound of its own.
EDITOR = {"beside.js", "choices.js", "copies.js", "files.js", "paste.js", "tables.js", "undo.js"}
EDITOR_BYTES = 16 * 1024


def imported(path: Path) -> set[Path]:
    """A script and what it imports, and that imports. What `import(…)` fetches comes later, when it is used."""
    found, waiting = set(), [path]
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found.add(here)
        for name in re.findall(r"""(?:from|import)\s*["'](\.{1,2}/[^"']+)["']""", here.read_text()):
            waiting.append((here.parent / name.split("?")[0]).resolve())
    return found


NO_PAGE = {"mail.body", "coaching.queue_list"}  # what another page takes in


def pages(house: House, actor: str) -> Iterator[tuple[Door, str]]:
    """Every HTML page this person may open, with its text."""
    browser = house.browser(actor)
    for door in DOORS:
        if door.method == "GET" and door.is_open_to(actor) and door.endpoint not in NO_PAGE:
            response = house.enter(door, actor, browser)
            if response.status_code == 200 and response.mimetype == "text/html":
                yield door, response.text


@pytest.mark.parametrize("actor", ACTORS)
def test_every_page(house: House, actor: str):
    """Valid and labelled; light; asks no other host for anything; knows its place in the menu."""
    wrong: list[str] = []
    seen = 0
    for door, html in pages(house, actor):
        seen += 1
        where = f"{door} as {actor}"
        try:
            criticize(html, str(door))
        except AssertionError as error:
            wrong.append(str(error))
        tree = html5lib.parse(html, namespaceHTMLElements=False)
        wrong += [f"{where}: {one}" for one in (*weight(tree, html), *strangers(tree), *places(tree))]
    assert seen
    assert not wrong, "\n".join(wrong)


def weight(tree: Any, html: str) -> Iterator[str]:
    """What is too heavy."""
    page = len(lightly(html.encode()))
    if page > PAGE:
        yield f"the page is {page} bytes, {PAGE} are allowed"
    files = {static(address) for _, address in asked_for(tree) if not address.startswith("data:")}
    for path in list(files):
        if path.suffix == ".js":
            files |= imported(path)
    pictures = [
        address for what, address in asked_for(tree) if what == "img" and address.startswith("/media/")
    ]
    editor = {path for path in files if path.name in EDITOR}
    if (besides := sum(map(packed, editor))) > EDITOR_BYTES:
        yield f"the editor is {besides} bytes, {EDITOR_BYTES} are allowed"
    total = page + sum(packed(path) for path in files - editor if path.is_file())
    total += sum(storage.path_of(address.split("/")[2]).stat().st_size for address in pictures)
    if total > FIRST_LOAD:
        each = ", ".join(f"{path.name} {packed(path)}" for path in sorted(files))
        yield f"the first load is {total} bytes, {FIRST_LOAD} are allowed: page {page}, {each}"


def strangers(tree: Any) -> Iterator[str]:
    """Addresses on other hosts that the page itself asks, and files that are not there."""
    for what, address in asked_for(tree):
        if address.startswith("data:"):
            continue
        found = urlsplit(urljoin("http://localhost/", address))
        if found.netloc != "localhost" or found.scheme != "http":
            yield f"asks another host: <{what}> {address}"
        elif not found.path.startswith(("/static/", "/dev/mail/", "/media/")):
            yield f"<{what}> is no file of ours: {address}"
        elif found.path.startswith("/static/") and not static(found.path).is_file():
            yield f"<{what}> is not there: {address}"
        elif "missing" in parse_qs(found.query).get("v", []):
            yield f"<{what}> has no version: {address}"


def places(tree: Any) -> Iterator[str]:
    """At most one entry of each menu is where one is."""
    for menu in tree.iter("nav"):
        current = [node for node in menu.iter("a") if node.get("aria-current") == "page"]
        if len(current) > 1:
            yield f"{len(current)} entries of the menu {menu.get('aria-label')!r} are current"


def test_every_asset_a_template_names_is_there():
    missing = [
        f"{template.relative_to(ROOT)}: {found['path']}"
        for template in (ROOT / "app/templates").rglob("*.*")
        for found in ASSET.finditer(template.read_text())
        if not (ROOT / "static" / found["path"]).is_file()
    ]
    assert not missing


def test_every_file_a_style_sheet_names_is_there():
    for sheet in (ROOT / "static").rglob("*.css"):
        for address in IN_CSS.findall(sheet.read_text()):
            if not address.startswith(("data:", "#")):
                assert not urlsplit(address).netloc, f"{sheet.name} asks another host: {address}"
                assert (sheet.parent / address.split("?")[0]).resolve().is_file(), f"{sheet.name}: {address}"


# Drawn ahead of the page they are for.
AHEAD = {"overview.css"}


def test_no_style_sheet_or_script_is_left_over():
    """What no page loads is carried by everybody who reads the code."""
    places = (("app", "html"), ("app", "py"), ("static/js", "js"), ("static/css", "css"))
    words = "\n".join(
        path.read_text() for folder, kind in places for path in (ROOT / folder).rglob(f"*.{kind}")
    )
    files = {path.name for kind in ("css", "js") for path in (ROOT / "static" / kind).rglob(f"*.{kind}")}
    unused = {name for name in files if name not in words}
    assert unused <= AHEAD, f"loaded nowhere: {unused - AHEAD}"


@pytest.fixture
def real_texts(house: House) -> Program:
    """The curriculum as METI publishes it, for the public and for the spring cohort."""
    program = rendered(read(ROOT / "curriculum"))
    media_folder.keep(ROOT / "curriculum", program)
    begin_write()
    release = publish(None, program, NOW)
    for cohort in db.session.scalars(select(Cohort)):
        cohort.release_id = release.id
    db.session.get_one(Cohort, house.world.cast.spring).starts_on = NOW.date() - timedelta(days=80)
    lowest = {one.key: 0 for one in program.assessment.statements()}  # everything there is to say is said
    for finished_at in (NOW - timedelta(days=1), NOW, None):
        assessment(
            user_id=house.world.cast.ana, release_id=release.id, answers=lowest, finished_at=finished_at
        )
    db.session.commit()
    return program


def test_pages_with_the_real_texts(house: House, real_texts: Program):
    """The longest texts there are: still light."""
    wrong: list[str] = []
    browser = house.browser("ana")
    for address in [*addresses(real_texts), *worksheets(house, real_texts), *assessed(house, real_texts)]:
        response = browser.get(address)  # the client criticizes it
        assert response.status_code == 200, address
        tree = html5lib.parse(response.text, namespaceHTMLElements=False)
        heavy = () if address.startswith("/systems/") else weight(tree, response.text)
        wrong += [f"{address}: {one}" for one in (*heavy, *strangers(tree), *places(tree))]
    assert not wrong, "\n".join(wrong)


def test_every_link_in_the_texts_leads_to_a_page(house: House, real_texts: Program):
    """The check knows modules, lessons, reasons and terms; the application knows every other address."""
    texts = [page.html for page in real_texts.pages]
    for module in real_texts.modules:
        texts += [module.opening_html, *(lesson.html for lesson in module.lessons)]
    links = {path for text in texts for path in re.findall(r'(?:href|src)="(/[^"#?]*)', text)}
    adapter = house.app.url_map.bind("localhost")
    assert {"/glossary"} < links
    assert not [path for path in links if not adapter.test(path, "GET")]


def addresses(program: Program) -> Iterator[str]:
    yield from (
        "/",
        "/reasons",
        "/program",
        "/glossary",
        "/cohorts",
        "/cohorts/summer-2026",
        "/assessment",
        "/dashboard",
        "/modules",
        "/calendar",
    )
    yield "/program/documents"
    for module in program.modules:
        if module.samples:
            yield from (f"/program/documents/{module.slug}/{one.slug}" for one in module.documents)
        yield f"/modules/{module.slug}"
        if program.page(f"reasons/{module.reason_slug}"):
            yield f"/reasons/{module.reason_slug}"
        yield from (f"/modules/{module.slug}/{lesson.slug}" for lesson in module.lessons)


def assessed(house: House, program: Program) -> Iterator[str]:
    yield from (f"/assessment/reasons/{one.reason}" for one in program.assessment.reasons)
    finished = select(Assessment.id).where(
        Assessment.user_id == house.world.cast.ana, Assessment.finished_at == NOW
    )
    yield f"/assessment/results/{db.session.scalar(finished)}"


def worksheets(house: House, program: Program) -> Iterator[str]:
    for module in program.modules:
        if module.worksheet is not None and module.slug != "systems":  # that one is Ana's already
            yield str(house.browser("ana").post(f"/modules/{module.slug}/start").location)


def test_fonts_say_who_made_them():
    """Each family may be given on with its license beside it."""
    licenses = {path.stem.removeprefix("OFL-") for path in (ROOT / "static/fonts").glob("OFL-*.txt")}
    assert licenses >= {"inter", "source-serif-4"}


def test_no_file_holds_both_sides_of_a_merge():
    """A style sheet and a template go on without a word where a marker stands, only other than they were meant."""
    files = [one for folder in ("app", "static", "curriculum") for one in (ROOT / folder).rglob("*.*")]
    texts = [one for one in files if one.suffix in {".css", ".html", ".js", ".md", ".py", ".txt", ".yaml"}]
    marked = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    assert [str(one) for one in texts if marked.search(one.read_text(encoding="utf-8"))] == []
