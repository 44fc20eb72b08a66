"""The worst requests known (tests/worst) against the build under test: it lives, others are answered, and memory stays within its bound.

CPU is held to its bound by ./dev worst, in the release build alone: sanitizers and debug builds take what they take."""

import pytest
import run as worst
from local_emulator import default_binary

STEPS = {"generated": 11, "dynamodb": 3, "cloudwatch": 2, "glue": 4, "s3": 2}  # each so many-th of a module's; ./dev worst plays all
FEWER = 3 if {"asan", "tsan"} & set(default_binary().parts) else 1  # sanitizers take three to ten times as long


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("module", worst.modules())
def test_the_worst_requests_hurt_nobody(module):
    binary = default_binary()
    step = FEWER * STEPS.get(module, 1)
    wrong = [f"{worst.row(result)}: {result.problems}" for case in worst.cases_of(module, step) if (result := worst.play(case, binary)).problems]
    assert not wrong, "\n".join(wrong)


def test_a_case_over_a_bound_is_noticed():
    case = next(worst.cases_of("sts"))
    bounds = worst.Bounds(cpu=True, memory=True)
    assert worst.over(worst.Result(case, 200, cpu_ms=99, memory_mib=63), bounds) == []
    assert worst.over(worst.Result(case, 200, cpu_ms=101, memory_mib=65), bounds) == ["101 ms of CPU", "65 MiB beyond its body"]
    assert worst.over(worst.Result(case, 200, cpu_ms=101, memory_mib=65), worst.Bounds(cpu=False, memory=False)) == []
