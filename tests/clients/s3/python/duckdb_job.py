"""DuckDB with its httpfs: Parquet written by COPY, in partitions, and read back by globs and ranges."""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import duckdb_ext

bucket = sys.argv[1]
at = urlsplit(os.environ["AWS_ENDPOINT_URL"])
(extension,) = Path(duckdb_ext.__path__[0]).rglob("httpfs.duckdb_extension")
with duckdb.connect() as db:
    db.execute(f"LOAD '{extension}'")
    db.execute(f"""CREATE SECRET (TYPE s3, KEY_ID 'test', SECRET 'test', REGION 'us-east-1', ENDPOINT '{at.netloc}', URL_STYLE 'path',
                   USE_SSL {str(at.scheme == "https").lower()})""")
    db.execute("CREATE TABLE numbers AS SELECT range AS n, range % 4 AS part, repeat('x', 20) || range AS text FROM range(200000)")
    db.execute(f"COPY numbers TO 's3://{bucket}/whole.parquet'")
    db.execute(f"COPY numbers TO 's3://{bucket}/parts' (FORMAT parquet, PARTITION_BY (part))")
    db.execute(f"COPY (SELECT n, text FROM numbers LIMIT 1000) TO 's3://{bucket}/some.csv' (HEADER)")
    ask = lambda text: list(db.execute(text).fetchone())  # noqa: E731
    print(json.dumps({
        "whole": ask(f"SELECT count(*), sum(n) FROM 's3://{bucket}/whole.parquet'"),
        "one": ask(f"SELECT text FROM 's3://{bucket}/whole.parquet' WHERE n = 123456"),
        "parts": ask(f"SELECT count(*), sum(n) FROM read_parquet('s3://{bucket}/parts/*/*.parquet', hive_partitioning = true) WHERE part = 3"),
        "files": ask(f"SELECT count(*) FROM glob('s3://{bucket}/**')"),
        "csv": ask(f"SELECT count(*), max(n) FROM read_csv('s3://{bucket}/some.csv')"),
    }))
