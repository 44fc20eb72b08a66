"""/_evpoc/: a page for people, of files that are part of the program."""

import gzip
import http.client
import re

import pytest


@pytest.fixture
def ask(emulator):
    def ask(path, method="GET", **headers):
        connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=30)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()
    return ask


def test_the_overview_and_all_that_it_loads_is_there(ask):
    answer, body = ask("/_evpoc/", sec_fetch_site="none")
    assert answer.status == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == "default-src 'self'"
    loaded = re.findall(rb'(?:href|src)="([^"]+)"', body)
    types = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
    assert len(loaded) == 2
    for path in loaded:
        answer, _ = ask(path.decode(), sec_fetch_site="same-origin")
        assert (answer.status, answer.headers["content-type"]) == (200, types[path.decode().rsplit(".")[-1]])
    asked = re.findall(rb'ask\("(\w+)"\)', ask("/_evpoc/overview/overview.js")[1])
    assert [ask(f"/_evpoc/{page.decode()}", sec_fetch_site="same-origin")[0].status for page in asked] == [200, 200]


@pytest.mark.parametrize("accepted, is_packed", [("gzip, deflate", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("identity", False)])
def test_a_file_is_packed_for_who_takes_it(ask, accepted, is_packed):
    _, plain = ask("/_evpoc/overview/overview.js")
    answer, body = ask("/_evpoc/overview/overview.js", accept_encoding=accepted)
    assert (answer.headers["content-encoding"] == "gzip") == is_packed and answer.headers["vary"] == "accept-encoding"
    assert (gzip.decompress(body) if is_packed else body) == plain


def test_who_has_a_file_is_told_so(ask):
    answer, _ = ask("/_evpoc/")
    tag = answer.headers["etag"]
    for tags in (tag, f'"other", W/{tag}', "*"):
        answer, body = ask("/_evpoc/", if_none_match=tags)
        assert (answer.status, body, answer.headers["etag"]) == (304, b"", tag)
    assert ask("/_evpoc/", if_none_match='"other"')[0].status == 200


def test_what_is_no_file_is_404_and_heads_have_no_body(ask):
    for path in ("nothing.js", "..%2fhealth", "index.html/x"):
        assert ask(f"/_evpoc/overview/{path}")[0].status == 404
    answer, body = ask("/_evpoc/", method="HEAD")
    assert answer.status == 200 and int(answer.headers["content-length"]) > 100 and body == b""
    assert ask("/_evpoc/", method="POST")[0].status == 405
