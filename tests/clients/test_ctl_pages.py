"""evpoc-emu ctl knows each page of the admin API."""

import json
import subprocess

import pytest
from admin import Refused, ask


@pytest.fixture
def ctl(emulator):
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([emulator.binary, "ctl", *words, "--port", str(emulator.port)], capture_output=True, text=True,
                              timeout=20, env=emulator.settings())

    return run


def pages(emulator) -> list[str]:
    with pytest.raises(Refused) as refused:
        ask(emulator.url, "nothing")
    names = [word.strip(",.").removeprefix("/_evpoc/") for word in refused.value.message.split() if word.startswith("/_evpoc/")]
    return [name for name in names if name and not name.startswith("overview/")]  # which are for browsers


def test_every_page_is_listed(emulator, ctl):
    listed = {line.split()[0] for line in ctl().stdout.splitlines()[1:]}
    assert listed == set(pages(emulator))


def test_every_page_that_only_tells_answers(emulator, ctl, stream):
    for page in set(pages(emulator)) - {"reset", "restore", "firehose/flush"}:
        for words in ([page], [page, "--json"]):
            said = ctl(*words, *([f"stream={stream}"] if page == "trace" else []))
            assert said.returncode == 0, said
    assert json.loads(ctl("limits", "--json").stdout)["limits"] == "off"


def test_following_what_cannot_be_followed_is_refused(ctl):
    said = ctl("clock", "--follow")
    assert (said.returncode, said.stderr) == (2, "evpoc-emu: --follow goes with requests and trace.\n")
