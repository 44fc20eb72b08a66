"""pyarrow, whose file system is AWS's C++ SDK: a data set in partitions, and streams."""

import json
import os
import sys

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import fs

bucket, big = sys.argv[1], os.urandom(11 << 20)
arguments = {"tls_ca_file_path": os.environ["AWS_CA_BUNDLE"]} if "AWS_CA_BUNDLE" in os.environ else {}
s3 = fs.S3FileSystem(endpoint_override=os.environ["AWS_ENDPOINT_URL"], allow_bucket_creation=True, allow_bucket_deletion=True, **arguments)
s3.create_dir(bucket)
table = pa.table({"year": [2025] * 500 + [2026] * 500, "number": list(range(1000)), "name": [f"n{number}" for number in range(1000)]})
ds.write_dataset(table, f"{bucket}/set", filesystem=s3, format="parquet", partitioning=["year"], partitioning_flavor="hive")
data = ds.dataset(f"{bucket}/set", filesystem=s3, format="parquet", partitioning="hive")
with s3.open_output_stream(f"{bucket}/big", metadata={"Content-Type": "image/png", "colour": "red"}) as stream:
    stream.write(big)
with s3.open_input_file(f"{bucket}/big") as file:
    told_metadata = dict(file.metadata())
    part = file.read_at(1000, 9_000_000)
s3.move(f"{bucket}/big", f"{bucket}/other/big")
with s3.open_input_stream(f"{bucket}/other/big") as stream:
    whole = stream.read()
told = {
    "rows": data.to_table(filter=ds.field("year") == 2026).num_rows,
    "sum": sum(data.to_table(columns=["number"])["number"].to_pylist()),
    "range": part == big[9_000_000:9_001_000],
    "whole": whole == big,
    "type": told_metadata.get("Content-Type"),
    "listed": sorted(one.path.partition("/")[2] for one in s3.get_file_info(fs.FileSelector(bucket, recursive=True)) if one.is_file),
    "missing": s3.get_file_info(f"{bucket}/big").type.name,
}
s3.delete_dir(bucket)
told["left"] = s3.get_file_info(bucket).type.name
print(json.dumps(told, default=bytes.decode))

# pyarrow's threads now and then end a process that ends by itself: "terminate called without an active exception".
sys.stdout.flush()
os._exit(0)
