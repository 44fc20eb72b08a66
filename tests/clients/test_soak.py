"""The soak still works, and finds nothing in its short form: tests/soak says what it does for half an hour."""

import pytest
import soak


@pytest.mark.soak
def test_a_short_soak_finds_no_wrong_answer_and_no_open_file(tmp_path):
    result = soak.run(8, tmp_path / "data", seed=2, sample_s=1, event_every_s=0.5)
    assert not result.problems, "\n".join(result.problems)
    assert result.total() > 500
    assert {"clock", "reshard", "faults", "reset"} <= set(result.events)


def test_the_soak_notices_what_grows():
    def samples(last: dict[str, float]) -> list[soak.Sample]:
        usual = {"rss_mib": 30.0, "files": 20, "file_mib": 100.0, "p50_ms": 1.0, "p99_ms": 5.0, "calls": 1}
        return [soak.Sample(at_s=at, **usual | (last if at >= 30 else {})) for at in range(40)]

    assert soak.judge(soak.Result(samples({}))) == []
    for last, word in (({"rss_mib": 45.0}, "memory"), ({"p99_ms": 15.0}, "p99"), ({"files": 60}, "files")):
        (problem,) = soak.judge(soak.Result(samples(last)))
        assert word in problem
