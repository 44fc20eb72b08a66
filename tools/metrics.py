#!/usr/bin/env python3
"""Writes docs/metrics.md: what services measure of themselves, with its unit and dimensions. Read from the tables in the
sources; nothing here is kept by hand but what AWS documents and nobody measures here.

    tools/metrics.py            write the page
    tools/metrics.py --check    exit 1 where the page is not what would be written"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "metrics.md"
HEAD = """# Metrics that services publish

What each service measures of itself, minute by minute of the emulator's clock, under AWS's names. Written by `tools/metrics.py`
from the sources, compared by the ctest `metrics_page`: do not edit.

The dimensions are the sets under which a service keeps such metrics, with a semicolon between two; a metric comes under those
that fit it: of Kinesis, a consumer has no IncomingBytes, and a shard's metrics come where enhanced monitoring is on.

"""
# aws: each service's page "Monitoring … with Amazon CloudWatch".
MISSING = {
    "AWS/Kinesis": ["SubscribeToShard.RateExceeded: subscriptions are refused, not counted"],
    "AWS/DynamoDB": ["AccountMaxReads, AccountProvisionedReadCapacityUtilization and their like: the account has no capacity",
                     "ReplicationLatency: replicas are written at once", "PendingReplicationCount, AgeOfOldestUnreplicatedRecord: the same",
                     "TransactionConflict: transactions follow each other"],
    "AWS/Firehose": ["DeliveryToRedshift.*, DeliveryToAmazonOpenSearchService.*, DeliveryToSplunk.*, DeliveryToSnowflake.*: these destinations are not here"],
    "AWS/S3": ["BucketSizeBytes, NumberOfObjects, request metrics"],
}
ENTRY = r'\{"([\w.]+)",\s*"([\w/]+)"\}'


def read_service(path):
    """Namespace, then rows: metric, unit, its sets of dimensions."""
    text = path.read_text()
    space = re.search(r'meters_open\([\w>.-]+, "([^"]+)"\)', text).group(1)
    tables = {name: re.findall(ENTRY, body) for name, body in re.findall(r"static const MeterMetric (\w+)\[\w*\] = \{(.*?)\};", text, re.S)}
    rows = {}
    for dimensions, table in re.findall(r"static const MeterKind \w+ = \{\{([^}]*)\}, (\w+)", text):
        names = ", ".join(re.findall(r'"(\w+)"', dimensions)) or "–"
        for metric, unit in tables[table]:
            rows.setdefault((metric, unit), []).append(names)
    return space, rows


def page():
    measured = dict(read_service(path) for path in ROOT.glob("emulator/services/*/src/*metrics.c") if "meters_open(" in path.read_text())
    out = [HEAD]
    for space in sorted(measured | MISSING):
        out.append(f"## {space}\n\n")
        if space in measured:
            out.append("| metric | unit | dimensions |\n| --- | --- | --- |\n")
            out += [f"| {metric} | {unit} | {'; '.join(kinds)} |\n" for (metric, unit), kinds in sorted(measured[space].items())]
            out.append("\n")
        out += [f"Not measured: {reason}.\n\n" for reason in MISSING.get(space, [])]
    return "".join(out).rstrip() + "\n"


def main():
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(page())
    elif not PAGE.exists() or PAGE.read_text() != page():
        sys.exit("docs/metrics.md is not what the sources say: run tools/metrics.py")


main()
