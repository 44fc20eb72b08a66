"""What CONTRIBUTING.md says of adding an operation and a service is all there is to do."""

import subprocess
import sys

import pytest
from local_emulator import ROOT


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.timeout(900)
def test_an_operation_and_a_service_are_added_as_the_manual_says() -> None:
    done = subprocess.run([sys.executable, ROOT / "tests" / "contributing" / "follow.py"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
