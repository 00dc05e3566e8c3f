"""Every address that a page or a mail is made with is one that there is, the rarest page included."""

from __future__ import annotations

import re

from flask import Flask

from config import ROOT

NAMED = re.compile(r"url_for\(\s*[\"']([\w.]+)[\"']")


def test_every_address_that_is_named_is_one_that_there_is(app: Flask):
    files = [one for one in (ROOT / "app").rglob("*.*") if one.suffix in {".html", ".txt", ".py"}]
    named = {(name, one.name) for one in files for name in NAMED.findall(one.read_text(encoding="utf-8"))}
    assert len(named) > 400
    assert sorted((name, file) for name, file in named if name not in app.view_functions) == []
