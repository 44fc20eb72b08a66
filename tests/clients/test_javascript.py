"""The SDK for JavaScript v3: HTTP/2 without asking, a connection a request, and GOAWAY while a subscription is open."""

import pytest
from sdk import answer_of, built, check, environment_of, run, tool

pytestmark = pytest.mark.xdist_group("javascript")


@pytest.fixture(scope="module")
def program():
    npm = tool("npm")
    folder = built("javascript", lambda into: run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=into))
    return [tool("node"), folder / "kinesis.js"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_put_get_and_subscribe(program, scheme, emulator, kinesis, unique, tmp_path):
    stream = unique("javascript")
    answer = answer_of(program, stream, environment_of(emulator, scheme, tmp_path))
    check(answer, stream, kinesis)
