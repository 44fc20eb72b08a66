"""deltalake: a table that is made, and appended to by whoever else does (`append`), each commit an object that must be new."""

import json
import os
import sys

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

what, bucket = sys.argv[1:3]
where = f"s3://{bucket}/table"
options = {"AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"], "AWS_ALLOW_HTTP": "true", "conditional_put": "etag",
           "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def rows(writer: int, number: int):
    return pa.table({"writer": pa.array([writer], pa.int64()), "number": pa.array([number], pa.int64())})


if what == "append":
    writer, commits = map(int, sys.argv[3:])
    for number in range(commits):
        # Each writer begins with the table as it is; a library that gives up after its own number of conflicts is asked again.
        while True:
            try:
                write_deltalake(where, rows(writer, number), mode="append", storage_options=options)
                break
            except Exception as error:  # noqa: BLE001
                if "ommit" not in str(error):
                    raise
else:
    if what == "make":
        write_deltalake(where, rows(-1, 0), storage_options=options)
    table = DeltaTable(where, storage_options=options)
    read = table.to_pyarrow_table() if hasattr(table, "to_pyarrow_table") else pa.table(table.to_arrow())
    print(json.dumps({"version": table.version(), "rows": sorted(zip(read["writer"].to_pylist(), read["number"].to_pylist()))}))

# pyarrow's threads now and then end a process that ends by itself: "terminate called without an active exception".
sys.stdout.flush()
os._exit(0)
