"""S3: documents as long as they may be, keys as long as they may be, and very many of them; parts, prefixes, ranges."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from case import Case

MIB = 1024 * 1024
XML = "application/xml"


def case(name: str, method: str, path: str, body: bytes = b"", setup: list[Any] | None = None, **headers: str) -> Case:
    """headers: x_amz_tagging="…"."""
    return Case(name, "s3", "", body, setup or [], XML, {key.replace("_", "-"): value for key, value in headers.items()}, path, method)


BUCKET = case("", "PUT", "/worst")
KEY = "k" * 1024
LONG = "/worst/" + KEY


def put(path: str, body: bytes = b"x", **headers: str) -> Case:
    return case("", "PUT", path, body, **headers)


def wrapped(root: str, item: str, count: int) -> bytes:
    return f"<{root}>{item * count}</{root}>".encode()


def documents() -> Iterator[Case]:
    keys = "".join(f"<Object><Key>{n:04}{'k' * 1020}</Key></Object>" for n in range(1000))
    yield case("1,000 keys of 1,024 bytes", "POST", "/worst?delete", f"<Delete>{keys}</Delete>".encode(), [BUCKET])
    escaped = "".join(f"<Object><Key>{n:04}{'&#x263a;' * 340}</Key><VersionId>{'v' * 1000}</VersionId></Object>" for n in range(700))
    yield case("700 keys of references to characters, and versions", "POST", "/worst?delete", f"<Delete>{escaped}</Delete>".encode(), [BUCKET])
    one = "<Object><Key>k</Key></Object>"
    for what, item in {"objects": one, "elements nobody knows": "<a/>", "errors": "<Object/>", "attributes": '<Object a="b" c="d"/>',
                       "comments": "<!-- -->", "sections": "<![CDATA[]]>"}.items():
        yield case(f"15 MB of {what}", "POST", "/worst?delete", wrapped("Delete", item, 15 * MIB // len(item)), [BUCKET])
    yield case("15 MB of depth", "POST", "/worst?delete", b"<a>" * (5 * MIB), [BUCKET])
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)) + b"]><Delete><Object><Key>&j;</Key></Object></Delete>"
    yield case("entities of entities", "POST", "/worst?delete", bomb, [BUCKET])
    tags = "".join(f"<Tag><Key>{n:02}{'k' * 126}</Key><Value>{'v' * 256}</Value></Tag>" for n in range(50))
    many = "".join(f"<Tag><Key>{n}</Key><Value>v</Value></Tag>" for n in range(20_000))
    for where in ("/worst?tagging", "/worst/k?tagging"):
        yield case("50 tags", "PUT", where, f"<Tagging><TagSet>{tags}</TagSet></Tagging>".encode(), [BUCKET, put("/worst/k")])
        yield case("20,000 tags", "PUT", where, f"<Tagging><TagSet>{many}</TagSet></Tagging>".encode(), [BUCKET, put("/worst/k")])
    origins = "".join(f"<AllowedOrigin>http://{n}.*.example.com</AllowedOrigin>" for n in range(100))
    rule = f"<CORSRule>{origins}{'<AllowedMethod>GET</AllowedMethod>' * 5}{'<AllowedHeader>*</AllowedHeader>' * 50}</CORSRule>"
    yield case("100 rules", "PUT", "/worst?cors", wrapped("CORSConfiguration", rule, 100), [BUCKET])
    rule = "<Rule><ID>{}</ID><Filter><And><Prefix>" + "p" * 900 + "</Prefix></And></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"
    rules = "".join(rule.format(n) for n in range(1000))
    yield case("1,000 rules", "PUT", "/worst?lifecycle", f"<LifecycleConfiguration>{rules}</LifecycleConfiguration>".encode(), [BUCKET])
    statement = '{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::worst/*"},'
    policy = '{"Version":"2012-10-17","Statement":[' + (statement * (20_000 // len(statement)))[:-1] + "]}"
    yield case("a policy of 20 KB", "PUT", "/worst?policy", policy.encode(), [BUCKET])
    yield case("a policy of lists in lists", "PUT", "/worst?policy", b'{"Statement":' + b"[" * 500_000, [BUCKET])


    route = "<RoutingRule><Condition><KeyPrefixEquals>" + "p" * 900 + "</KeyPrefixEquals></Condition><Redirect><ReplaceKeyWith>k</ReplaceKeyWith></Redirect></RoutingRule>"
    site = f"<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument><RoutingRules>{route * 1000}</RoutingRules></WebsiteConfiguration>"
    yield case("1,000 routing rules", "PUT", "/worst?website", site.encode(), [BUCKET])
    rules = "<FilterRule><Name>prefix</Name><Value>" + "v" * 900 + "</Value></FilterRule>"
    queue = f"<QueueConfiguration><Queue>arn:aws:sqs:us-east-1:000000000000:q</Queue>{'<Event>s3:ObjectCreated:*</Event>' * 20}<Filter><S3Key>{rules * 100}</S3Key></Filter></QueueConfiguration>"
    yield case("100 destinations of notifications", "PUT", "/worst?notification", wrapped("NotificationConfiguration", queue, 100), [BUCKET])
    metric = "<MetricsConfiguration><Id>a</Id><Filter><And><Prefix>p</Prefix>" + "<Tag><Key>k</Key><Value>v</Value></Tag>" * 10_000 + "</And></Filter></MetricsConfiguration>"
    yield case("10,000 tags of a metric's filter", "PUT", "/worst?metrics&id=a", metric.encode(), [BUCKET])
    fields = "".join(f'--b\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\n{"v" * 180}\r\n' for n in range(95))
    form = '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n' + fields + '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    yield case("a form of 96 fields, and 10 MB that nearly end it", "POST", "/worst", form.encode() + b"\r\n--a" * 2 * MIB + b"\r\n--b--", [BUCKET],
               Content_Type="multipart/form-data; boundary=b")


def sealed() -> Iterator[Case]:
    key = base64.b64encode(b"k" * 32).decode()
    asked = {"x_amz_server_side_encryption_customer_algorithm": "AES256", "x_amz_server_side_encryption_customer_key": key,
             "x_amz_server_side_encryption_customer_key_MD5": base64.b64encode(hashlib.md5(b"k" * 32).digest()).decode()}
    source = {name.replace("x_amz_", "x_amz_copy_source_"): value for name, value in asked.items()}
    there = [BUCKET, put(LONG, b"x" * 20 * MIB, **asked)]
    yield case("20 MB under a customer's key", "PUT", LONG, b"x" * 20 * MIB, [BUCKET], **asked)
    yield case("20 MB under a customer's key, read", "GET", LONG, b"", there, **asked)
    yield case("20 MB from one customer's key to another's", "PUT", "/worst/copy", b"", there, x_amz_copy_source=LONG, **asked, **source)
    yield case("20 MB under two keys", "PUT", LONG, b"x" * 20 * MIB, [BUCKET], x_amz_server_side_encryption="aws:kms:dsse")


def parts() -> Iterator[Case]:
    begun = [BUCKET, case("", "POST", LONG + "?uploads")]
    loaded = [*begun, *(put(f"{LONG}?partNumber={n}&uploadId={{upload}}") for n in range(1, 1001))]
    etag = hashlib.md5(b"x").hexdigest()

    def document(count: int, more: str = "") -> bytes:
        listed = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{etag}</ETag>{more}</Part>" for n in range(1, count + 1))
        return f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()

    path, sums = LONG + "?uploadId={upload}", "<ChecksumCRC32>AAAAAA==</ChecksumCRC32><ChecksumSHA256>" + "A" * 43 + "=</ChecksumSHA256>"
    yield case("1,000 parts, which are too small", "POST", path, document(1_000), loaded)
    yield case("10,000 parts that are missing", "POST", path, document(10_000), begun)
    yield case("10,000 parts with checksums", "POST", path, document(10_000, sums), loaded)
    yield case("100,000 parts", "POST", path, document(100_000), begun)
    yield case("1,000 parts", "GET", path, b"", loaded)
    yield case("an upload of 1,000 parts", "DELETE", path, b"", loaded)
    yield case("a bucket with 10,000 uploads", "DELETE", "/worst", b"", [BUCKET, *(case("", "POST", "/worst/k?uploads") for n in range(10_000))])
    uploads = [BUCKET, *(case("", "POST", f"/worst/{n:04}{'u' * 1000}?uploads") for n in range(1_500))]
    yield case("1,000 of 1,500 uploads of long keys", "GET", "/worst?uploads", b"", uploads)
    yield case("1,000 of 1,500 uploads of long keys, encoded", "GET", "/worst?uploads&encoding-type=url&delimiter=/", b"", uploads)


def listings() -> Iterator[Case]:
    long = [BUCKET, *(put(f"/worst/{n:04}{'%01' * 1000}", b"") for n in range(1_500))]
    deep = [BUCKET, *(put(f"/worst/{'d' * 900}/{n:04}/{'e' * 90}", b"") for n in range(1_500))]
    for version in ("", "list-type=2&"):
        yield case("1,000 long keys, encoded", "GET", f"/worst?{version}encoding-type=url", b"", long)
        yield case("1,000 long keys of control characters", "GET", f"/worst?{version}fetch-owner=true", b"", long)
        yield case("1,000 common prefixes of 906 bytes", "GET", f"/worst?{version}delimiter=/&prefix={'d' * 900}/", b"", deep)
        yield case("a delimiter of 1,000 bytes that nearly fits everywhere", "GET", f"/worst?{version}delimiter={'%01' * 995}a", b"", long)
    yield case("a prefix of 60 KB", "GET", f"/worst?list-type=2&prefix={'p' * 60_000}", b"", long)
    yield case("a token of 60 KB", "GET", f"/worst?list-type=2&continuation-token={'A' * 60_000}", b"", long)
    enabled = case("", "PUT", "/worst?versioning", b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
    versions = [BUCKET, enabled, *(put(LONG) for _ in range(1_500))]
    yield case("1,000 versions of one long key", "GET", "/worst?versions&encoding-type=url", b"", versions)
    yield case("1,000 versions of one long key, with a delimiter", "GET", f"/worst?versions&delimiter=k&key-marker={KEY[:-1]}", b"", versions)


def objects() -> Iterator[Case]:
    pairs = {f"x_amz_meta_{n:03}": "" for n in range(180)}
    tagging = "&".join(f"{n}{'%6b' * 120}={'%76' * 250}" for n in range(10))
    yield case("180 headers of metadata", "PUT", LONG, b"x", [BUCKET], **pairs)
    yield case("10 tags, encoded", "PUT", LONG, b"x", [BUCKET], x_amz_tagging=tagging)
    yield case("tags of 60 KB", "PUT", LONG, b"x", [BUCKET], x_amz_tagging="a=b&" * 15_000)
    ranges = "bytes=" + ",".join(f"{n}-{n}" for n in range(10_000))
    yield case("10,000 ranges", "GET", LONG, b"", [BUCKET, put(LONG)], Range=ranges)
    yield case("a range of many digits", "GET", LONG, b"", [BUCKET, put(LONG)], Range="bytes=" + "9" * 30_000 + "-")
    yield case("6,000 ETags", "GET", LONG, b"", [BUCKET, put(LONG)], If_None_Match=", ".join(f'"{n}"' for n in range(6_000)))
    yield case("20 MB, with a SHA-256 in the head", "PUT", LONG, b"x" * 20 * MIB, [BUCKET], x_amz_content_sha256="0" * 64)
    yield case("20 MB, with a SHA-1 beside it", "PUT", LONG, b"x" * 20 * MIB, [BUCKET], x_amz_checksum_sha1="A" * 27 + "=")
    chunks = b"1;chunk-signature=0\r\nx\r\n" * 300_000 + b"0\r\n\r\n"
    yield case("300,000 chunks of a byte", "PUT", LONG, chunks, [BUCKET], x_amz_content_sha256="STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
               x_amz_decoded_content_length="300000", content_encoding="aws-chunked")
    yield case("a chunk's head of 4 MB", "PUT", LONG, b"1;" + b"x" * 4 * MIB, [BUCKET], x_amz_content_sha256="STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
               x_amz_decoded_content_length="1")
    trailers = b"0\r\n" + b"x-amz-checksum-crc32:AAAAAA==\r\n" * 200_000 + b"\r\n"
    yield case("200,000 trailers", "PUT", LONG, trailers, [BUCKET], x_amz_content_sha256="STREAMING-UNSIGNED-PAYLOAD-TRAILER",
               x_amz_trailer="x-amz-checksum-crc32", x_amz_decoded_content_length="0")
    source = [BUCKET, put(LONG, b"x" * 20 * MIB)]
    yield case("20 MB, summed anew", "PUT", "/worst/copy", b"", source, x_amz_copy_source=LONG, x_amz_checksum_algorithm="SHA1")


def cases() -> Iterator[Case]:
    yield from documents()
    yield from sealed()
    yield from parts()
    yield from listings()
    yield from objects()
