from __future__ import annotations

import gzip

import brotli
import pytest

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize(("asked", "given"), [("gzip, deflate, br", "br"), ("gzip", "gzip")])
def test_pages_and_style_sheets_are_packed_for_who_asks(client, cast, asked, given):
    for path in ("/sign-in", "/static/css/base.css", "/static/icons.svg"):
        plain = client.get(path)
        packed = client.get(path, headers={"Accept-Encoding": asked}, critical=False)
        assert plain.headers.get("Content-Encoding") is None
        assert packed.headers["Content-Encoding"] == given
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
        if path.startswith("/static"):
            assert UNPACK[given](packed.data) == plain.data


def test_fonts_and_small_answers_are_left_alone(client, cast):
    for path in ("/static/fonts/inter.woff2", "/healthz"):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.headers.get("Content-Encoding") is None


def test_a_conditional_request_is_still_answered_304(client, cast):
    first = client.get("/static/css/base.css")
    again = client.get("/static/css/base.css", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
