"""pyarrow and DuckDB on the files of a folder: what each sees in them, and that they see the same."""

import json
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet


def plain(value):
    """As JSON: maps are lists of pairs in one, dictionaries in the other."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, int | float) else value.decode() if isinstance(value, bytes) else str(value)


def whole(table):
    return [{name: plain(value) for name, value in row.items()} for row in table.to_pylist(maps_as_pydicts="strict")]


answers = {}
for path in sorted(Path(sys.argv[1]).glob("*.parquet")):
    file = parquet.ParquetFile(path)
    column = file.metadata.row_group(0).column(0)
    seen = whole(file.read())
    # DuckDB has no nanoseconds: what it reads is compared without its times.
    with duckdb.connect() as db:
        rows = db.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [one[0] for one in rows.description]
        theirs = [{name: plain(value) for name, value in zip(names, row, strict=True) if name != "ts"} for row in rows.fetchall()]
    assert theirs == [{name: value for name, value in row.items() if name != "ts"} for row in seen], path
    answers[path.stem] = {"rows": seen, "schema": {field.name: str(field.type) for field in file.schema_arrow}, "codec": column.compression,
                          "encodings": sorted(column.encodings), "groups": file.metadata.num_row_groups, "created_by": file.metadata.created_by}
print(json.dumps(answers))
