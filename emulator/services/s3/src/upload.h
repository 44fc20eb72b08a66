/* upload.h - a body on its way into a blob: aws-chunked or plain, summed as it comes, judged when it is whole. Of an
 * object as of a part. Nothing of it is seen unless its owner keeps it. */
#pragma once
#include "call_blob.h"
#include "checksum.h"
#include "chunked.h"
#include "md5_stream.h"

#define OBJECT_BYTES_MAX (5LL << 30) /* of one PutObject or UploadPart */

struct Sealing;

typedef struct UploadRequest {
    Bytes content_md5;
    ChecksumGiven given;
    Bytes algorithm;         /* x-amz-sdk-checksum-algorithm */
    int64_t length;          /* Content-Length; -1: it wasn't sent */
    ChecksumAlgorithm usual; /* where the client sends none */
    ChecksumAlgorithm kept;  /* wanted in any case; NONE: nothing */
} UploadRequest;

typedef struct Upload {
    Call *call;
    BlobWriter *writer;
    int code; /* of the store, when it failed */
    bool is_chunked, has_sha256;
    bool is_part;   /* refusals tell the expected MD5 in base64, of objects in hex (recorded) */
    int64_t length; /* of the data, as promised; -1: nothing was */
    Bytes content_md5;
    Bytes expected;  /* checksum, by header; absent: by trailer, or none was sent */
    bool by_trailer; /* … */
    Bytes trailer;   /* its name */
    Md5Stream md5;
    struct sha256_ctx sha256; /* where x-amz-content-sha256 is one */
    Checksum sum, kept;
    Chunked chunked;
    struct Sealing *sealing; /* NULL: the bytes lie as they come */
    char *sealed;            /* a piece on its way */
    /* What came of it; set by upload_end. */
    Bytes etag;          /* 32 hex digits */
    Bytes checksum;      /* base64; absent: none was asked for */
    Bytes kept_checksum; /* of the algorithm that is wanted besides; else the same */
    Bytes md5_base64, sha256_hex;
    int64_t size;
} Upload;

#define UPLOAD_REQUEST(in)                                                                                             \
    {                                                                                                                  \
        .content_md5 = (in)->content_md5, .given = CHECKSUM_GIVEN(in), .algorithm = (in)->checksum_algorithm,          \
        .length = (in)->has_content_length ? (in)->content_length : -1                                                 \
    }
/* What can be refused by the head alone is. The upload is the sink's context. */
MUST_CHECK Status upload_begin(Call *call, const UploadRequest *request, HttpSink *ret_sink);
/* Before its first byte: the bytes lie sealed, and the ETag is another. No layers: nothing is done. */
struct SealingKeys;
void upload_seal(Upload *upload, const struct SealingKeys *keys);
/* It is what was promised: may be kept. */
MUST_CHECK Status upload_end(Call *call, Upload *upload);
