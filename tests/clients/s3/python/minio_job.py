"""minio-py: buckets, objects of a length unknown, parts put together of objects, tags, versions, signed addresses and forms."""

import io
import json
import os
import sys
import urllib.request
from datetime import timedelta
from urllib.parse import urlsplit

from minio import Minio, S3Error
from minio.commonconfig import ComposeSource, CopySource, Tags
from minio.deleteobjects import DeleteObject
from minio.versioningconfig import VersioningConfig

bucket, big = sys.argv[1], os.urandom(12 << 20)
at = urlsplit(os.environ["AWS_ENDPOINT_URL"])
client = Minio(endpoint=at.netloc, access_key="test", secret_key="test", secure=at.scheme == "https")


def whole(key, **how):
    answer = client.get_object(bucket_name=bucket, object_name=key, **how)
    try:
        return answer.read()
    finally:
        answer.close()
        answer.release_conn()


client.make_bucket(bucket_name=bucket)
client.put_object(bucket_name=bucket, object_name="big", data=io.BytesIO(big), length=-1, part_size=5 << 20)
tags = Tags.new_object_tags()
tags["colour"] = "red"
client.put_object(bucket_name=bucket, object_name="sm all/+ö", data=io.BytesIO(b"small"), length=5, content_type="text/plain", tags=tags)
client.copy_object(bucket_name=bucket, object_name="copy", source=CopySource(bucket_name=bucket, object_name="sm all/+ö"))
client.compose_object(bucket_name=bucket, object_name="composed", sources=[ComposeSource(bucket_name=bucket, object_name="big"), ComposeSource(bucket_name=bucket, object_name="copy")])
client.set_bucket_versioning(bucket_name=bucket, config=VersioningConfig(status="Enabled"))
first = client.put_object(bucket_name=bucket, object_name="v", data=io.BytesIO(b"1"), length=1).version_id
client.put_object(bucket_name=bucket, object_name="v", data=io.BytesIO(b"2"), length=1)
with urllib.request.urlopen(client.presigned_get_object(bucket_name=bucket, object_name="copy", expires=timedelta(minutes=5))) as answer:
    signed = answer.read().decode()
try:
    client.stat_object(bucket_name=bucket, object_name="missing")
    missing = ""
except S3Error as error:
    missing = error.code
told = {
    "big": whole("big") == big,
    "range": whole("big", offset=6_000_000, length=10) == big[6_000_000:6_000_010],
    "composed": whole("composed") == big + b"small",
    "version": [whole("v", version_id=first).decode(), whole("v").decode()],
    "type": client.stat_object(bucket_name=bucket, object_name="sm all/+ö").content_type,
    "tags": dict(client.get_object_tags(bucket_name=bucket, object_name="sm all/+ö")),
    "listed": [one.object_name for one in client.list_objects(bucket_name=bucket)],
    "signed": signed,
    "missing": missing,
}
every = [DeleteObject(one.object_name, one.version_id) for one in client.list_objects(bucket_name=bucket, recursive=True, include_version=True)]
told["deleted"] = len(every)
told["errors"] = len(list(client.remove_objects(bucket_name=bucket, delete_object_list=every)))
client.remove_bucket(bucket_name=bucket)
told["left"] = client.bucket_exists(bucket_name=bucket)
print(json.dumps(told))
