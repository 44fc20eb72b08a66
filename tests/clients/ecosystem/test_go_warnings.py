"""The SDK for Go v2 warns where an answer isn't as AWS's: without a checksum, with headers that don't fit. It must say nothing."""

import os

import pytest
from job import exactly_once, first_half, second_half
from sdk import built, run, tool

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("go"), pytest.mark.timeout(600)]  # the compiler takes a minute, once


@pytest.fixture(scope="module")
def program():
    go = tool("go")
    folder = built("ecosystem/go_warnings", lambda into: run([go, "build", "-buildvcs=false", "-o", "warnings", "."], cwd=into))
    return folder / "warnings"


def test_a_round_through_the_services_warns_of_nothing(program, emulator, unique):
    said = run([program, unique("go"), unique("go")], env=os.environ, timeout=100)
    exactly_once(said.splitlines(), first_half() + second_half())
