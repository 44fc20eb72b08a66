"""obstore, Rust's object_store: puts on conditions, parts, ranges, lists, renames, signed addresses."""

import json
import os
import sys
import urllib.request
from datetime import timedelta

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError
from obstore.store import S3Store

bucket, big = sys.argv[1], os.urandom(13 << 20)
store = S3Store(bucket, endpoint=os.environ["AWS_ENDPOINT_URL"], region="us-east-1", client_options={"allow_http": True})


def refused(**how):
    try:
        obstore.put(store, "once", b"second", **how)
    except (AlreadyExistsError, PreconditionError) as error:
        return type(error).__name__
    return "taken"


first = obstore.put(store, "once", b"first", mode="create")
told = {"again": refused(mode="create"), "stale": refused(mode={"e_tag": '"0"'}),
        "fresh": refused(mode={"e_tag": first["e_tag"]})}
obstore.put(store, "big", big, use_multipart=True, chunk_size=5 << 20, attributes={"Content-Type": "image/png", "colour": "red"})
for number in range(30):
    obstore.put(store, f"many/{number % 3}/{number:02} ö+", str(number).encode())
obstore.copy(store, "big", "copy")
obstore.rename(store, "copy", "renamed")
listed = obstore.list_with_delimiter(store, "many")
signed = obstore.sign(store, "GET", "once", timedelta(minutes=5))
with urllib.request.urlopen(signed) as answer:
    told["signed"] = answer.read().decode()
told |= {
    "whole": bytes(obstore.get(store, "renamed").bytes()) == big,
    "ranges": [bytes(one) for one in obstore.get_ranges(store, "big", starts=[0, 6_000_000], ends=[5, 6_000_007])] == [big[:5], big[6_000_000:6_000_007]],
    "listed": sum(len(batch) for batch in obstore.list(store)),
    "after": sum(len(batch) for batch in obstore.list(store, "many", offset="many/1")),
    "prefixes": listed["common_prefixes"],
    "type": obstore.get(store, "big").attributes.get("Content-Type"),
}
obstore.delete(store, [one["path"] for batch in obstore.list(store) for one in batch])
told["left"] = sum(len(batch) for batch in obstore.list(store))
print(json.dumps(told))
