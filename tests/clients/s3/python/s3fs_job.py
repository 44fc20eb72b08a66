"""s3fs: files written at once and in parts, read in ranges, moved and found."""

import json
import os
import sys

import s3fs

bucket, big = sys.argv[1], os.urandom(12 << 20)
fs = s3fs.S3FileSystem(endpoint_url=os.environ["AWS_ENDPOINT_URL"], client_kwargs={"verify": os.environ.get("AWS_CA_BUNDLE")})
fs.mkdir(bucket)
with fs.open(f"{bucket}/a/big", "wb", block_size=5 << 20) as file:
    file.write(big)
fs.pipe({f"{bucket}/a/b/{number}": str(number).encode() for number in range(20)})
with fs.open(f"{bucket}/a/big", "rb", block_size=1 << 20) as file:
    file.seek(7_000_000)
    part = file.read(1000)
fs.pipe_file(f"{bucket}/typed", b"text", ContentType="text/plain")
fs.setxattr(f"{bucket}/typed", colour="red")
fs.copy(f"{bucket}/a/big", f"{bucket}/copy", )
fs.mv(f"{bucket}/typed", f"{bucket}/moved/to")
told = {
    "read": fs.cat_file(f"{bucket}/copy") == big,
    "range": part == big[7_000_000:7_001_000],
    "ranges": fs.cat_ranges([f"{bucket}/a/big"] * 3, [0, 5, -3], [3, 9, None]) == [big[:3], big[5:9], big[-3:]],
    "listed": sorted(path.partition("/")[2] for path in fs.ls(f"{bucket}/a", detail=False)),
    "found": len(fs.find(bucket)),
    "globbed": len(fs.glob(f"{bucket}/a/b/1*")),
    "used": fs.du(f"{bucket}/a/b"),
    "colour": fs.metadata(f"{bucket}/moved/to"),
    "is": [fs.isdir(f"{bucket}/a"), fs.isfile(f"{bucket}/a/big"), fs.exists(f"{bucket}/typed")],
}
fs.rm(bucket, recursive=True)
told["left"] = fs.exists(bucket)
print(json.dumps(told))
