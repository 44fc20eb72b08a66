"""The benchmark itself still works: every operation is played for a moment and answered rightly. Nothing is said about speed."""

import subprocess
import sys
from pathlib import Path

from local_emulator import default_binary


def test_every_benchmark_gets_right_answers(tmp_path):
    bench = Path(__file__).resolve().parents[1] / "bench/bench.py"
    done = subprocess.run([sys.executable, bench, "--smoke", "--emulator", default_binary()], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "PutRecord", "PutRecords", "GetRecords", "PutItem", "GetItem", "UpdateItem", "Query (20 items)",
        "Scan", "BatchWriteItem", "TransactWriteItems (4)", "PutObject (1 KiB)", "GetObject (1 KiB)", "PutObject (1 MiB)", "GetObject (1 MiB)",
        "ListObjectsV2 (1,000 keys)", "ListObjectsV2 (1,000 prefixes)", "PutRecordBatch", "PutLogEvents (1,000 lines)",
        "GetCallerIdentity", "Encrypt (1 KiB)", "PutMetricData (1,000 values)"]
