/* upload.c */
#include "upload.h"
#include "base64.h"
#include "hex.h"
#include "sealing.h"
#include "state.h"

#define STREAMING       "STREAMING-"
#define MD5_CROWD_BYTES (64 * 1024)

#define SEALED_BYTES ((size_t)64 * 1024)

void upload_seal(Upload *upload, const SealingKeys *keys)
{
    if (!keys->layers)
        return;
    Arena *arena = upload->call->arena;
    upload->sealing = arena_new_of(arena, Sealing);
    upload->sealed = arena_take_raw(arena, SEALED_BYTES);
    sealing_begin(upload->call, keys, upload->sealing);
}

static int write_sealed(Upload *upload, Bytes piece)
{
    int code = STORE_OK;
    while (piece.len && code == STORE_OK) {
        size_t len = piece.len < SEALED_BYTES ? piece.len : SEALED_BYTES;
        memcpy(upload->sealed, piece.ptr, len);
        sealing_turn(upload->sealing, blob_written(upload->writer), upload->sealed, len);
        code = blob_write(upload->writer, (Bytes){upload->sealed, len});
        piece = bytes_slice(piece, len, piece.len - len);
    }
    return code;
}

static void take(Upload *upload, Bytes piece)
{
    md5_stream_add(&upload->md5, piece);
    checksum_add(&upload->sum, piece);
    checksum_add(&upload->kept, piece);
    if (upload->has_sha256)
        sha256_update(&upload->sha256, piece.len, (const uint8_t *)piece.ptr);
    if (upload->code == STORE_OK)
        upload->code = upload->sealing ? write_sealed(upload, piece) : blob_write(upload->writer, piece);
}

static size_t upload_write(void *context, Bytes bytes)
{
    Upload *upload = context;
    Bytes rest = bytes, piece;
    if (!upload->is_chunked)
        take(upload, bytes);
    else
        while (present(piece = chunked_next(&upload->chunked, &rest)))
            take(upload, piece);
    return bytes.len;
}

static Status check_md5(Call *call, Upload *upload, Bytes base64)
{
    char digest[MD5_DIGEST_SIZE + 2];
    upload->content_md5 = base64;
    if (present(base64) &&
        (base64.len != base64_encoded_len(MD5_DIGEST_SIZE) || base64_decode(digest, base64) != MD5_DIGEST_SIZE))
        return deny_telling(call, &INVALID_DIGEST, .content_md5 = base64);
    return OK;
}

static bool is_checksum_header(Bytes name)
{
    return bytes_starts_with(name, TEXT("x-amz-checksum-")) && !bytes_is(name, "x-amz-checksum-type") &&
           !bytes_is(name, "x-amz-checksum-mode") && !bytes_is(name, "x-amz-checksum-algorithm");
}

/* Of a kind we don't have: it is not taken unlooked at. */
static Status check_known(Call *call)
{
    for (size_t i = 0; i < call->head->headers_count; i++) {
        Bytes name = call->head->headers[i].name;
        if (is_checksum_header(name) && !checksum_of_header(name))
            return deny_telling(call, &NOT_IMPLEMENTED, .header = name);
    }
    return OK;
}

/* Which checksum it has, and where it stands. */
static Status find_checksum(Call *call, const UploadRequest *request, Upload *upload)
{
    Bytes trailer = http_head_field(call->head, "x-amz-trailer");
    ChecksumAlgorithm algorithm = request->given.algorithm, asked = CHECKSUM_NONE;
    TRY(check_known(call));
    if (present(request->algorithm) && !(asked = checksum_named(request->algorithm)))
        return fail(call, &INVALID_REQUEST, "Value for x-amz-sdk-checksum-algorithm header is invalid.");
    if (request->given.count > 1)
        return fail(call, &INVALID_REQUEST,
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    if (algorithm && !checksum_is_valid(algorithm, request->given.value))
        return fail(call, &INVALID_REQUEST, "Value for " BYTES_FMT " header is invalid.",
                    BYTES_ARG(checksum_header(algorithm)));
    if (!algorithm && present(trailer)) {
        algorithm = checksum_of_header(trailer);
        upload->by_trailer = true;
        upload->trailer = trailer;
        if (!algorithm)
            return fail(call, &INVALID_REQUEST, "The value specified in the x-amz-trailer header is not supported");
    }
    if (asked && !algorithm)
        return fail(call, &INVALID_REQUEST,
                    "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
                    "x-amz-trailer headers were found.");
    upload->expected = request->given.value;
    checksum_begin(&upload->sum, algorithm ? algorithm : request->usual);
    checksum_begin(&upload->kept, request->kept == upload->sum.algorithm ? CHECKSUM_NONE : request->kept);
    return OK;
}

static Status find_length(Call *call, const UploadRequest *request, Upload *upload)
{
    Bytes sha256 = http_head_field(call->head, "x-amz-content-sha256");
    Bytes decoded = http_head_field(call->head, "x-amz-decoded-content-length");
    upload->is_chunked = bytes_starts_with(sha256, TEXT(STREAMING));
    upload->length = request->length;
    upload->chunked.chain = call->chain;
    if (upload->is_chunked && (!present(decoded) || !bytes_to_int64(decoded, &upload->length) || upload->length < 0))
        return deny(call, &MISSING_LENGTH);
    if (upload->length < 0 && !present(http_head_field(call->head, "transfer-encoding")))
        return deny(call, &MISSING_LENGTH);
    if (upload->length > OBJECT_BYTES_MAX)
        return deny_telling(call, &ENTITY_TOO_LARGE, .proposed_size = decimal(call, upload->length),
                            .max_size_allowed = decimal(call, OBJECT_BYTES_MAX));
    upload->has_sha256 = !upload->is_chunked && sha256.len == 2 * (size_t)SHA256_DIGEST_SIZE;
    return OK;
}

static void md5_is_done(void *stream)
{
    md5_stream_done(stream);
}

/* Short ones are there before there are others. */
static void begin_md5(Upload *upload)
{
    Call *call = upload->call;
    bool is_long = upload->length < 0 || upload->length >= MD5_CROWD_BYTES;
    md5_stream_begin(&upload->md5, is_long ? &((S3 *)call->service)->md5s : NULL);
    arena_defer(call->arena, md5_is_done, &upload->md5);
}

Status upload_begin(Call *call, const UploadRequest *request, HttpSink *ret_sink)
{
    Upload *upload = arena_new_of(call->arena, Upload);
    upload->call = call;
    TRY(find_length(call, request, upload));
    TRY(check_md5(call, upload, request->content_md5));
    TRY(find_checksum(call, request, upload));
    begin_md5(upload);
    sha256_init(&upload->sha256);
    int code =
        call_blob_begin(call, upload->length < 0 ? BLOB_LENGTH_UNKNOWN : (uint64_t)upload->length, &upload->writer);
    if (code == STORE_FULL)
        return deny(call, &NO_ROOM);
    TRY(expect_ok(call, code));
    *ret_sink = (HttpSink){.write = upload_write, .context = upload};
    return OK;
}

/* Once: a turn that is undone calls the handler again. */
static void sum_up(Upload *upload)
{
    Arena *arena = upload->call->arena;
    uint8_t md5[MD5_DIGEST_SIZE], sha256[SHA256_DIGEST_SIZE];
    if (present(upload->etag))
        return;
    md5_stream_end(&upload->md5, md5);
    md5_stream_done(&upload->md5);
    upload->etag = upload->sealing ? sealing_etag(arena, upload->sealing) : hex_text(arena, md5, sizeof md5);
    upload->checksum = checksum_end(&upload->sum, arena);
    upload->kept_checksum = upload->kept.algorithm ? checksum_end(&upload->kept, arena) : upload->checksum;
    upload->size = (int64_t)blob_written(upload->writer);
    upload->md5_base64 = base64_text(arena, (Bytes){(const char *)md5, sizeof md5});
    if (upload->has_sha256) {
        sha256_digest(&upload->sha256, sizeof sha256, sha256);
        upload->sha256_hex = hex_text(arena, sha256, sizeof sha256);
    }
}

static Status judge_digests(Call *call, const Upload *upload)
{
    Bytes sha256 = http_head_field(call->head, "x-amz-content-sha256");
    if (present(upload->content_md5) && !bytes_equal(upload->content_md5, upload->md5_base64)) {
        char expected[MD5_DIGEST_SIZE + 2] = {0};
        (void)!base64_decode(expected, upload->content_md5);
        Bytes hex = hex_text(call->arena, (const uint8_t *)expected, MD5_DIGEST_SIZE);
        return deny_telling(call, &BAD_DIGEST, .expected_digest = upload->is_part ? upload->content_md5 : hex,
                            .calculated_digest = upload->md5_base64);
    }
    if (upload->has_sha256 && !bytes_equal_ignoring_case(sha256, upload->sha256_hex))
        return deny_telling(call, &SHA256_MISMATCH, .client_sha256 = sha256, .our_sha256 = upload->sha256_hex);
    return OK;
}

static Status judge_checksum(Call *call, const Upload *upload)
{
    Bytes expected = upload->by_trailer ? chunked_trailer(&upload->chunked, upload->trailer) : upload->expected;
    if (upload->by_trailer && !present(expected))
        return deny(call, &MALFORMED_TRAILER);
    if (upload->by_trailer && !checksum_is_valid(upload->sum.algorithm, expected))
        return fail(call, &INVALID_REQUEST, "Value for " BYTES_FMT " trailing header is invalid.",
                    BYTES_ARG(upload->trailer));
    if (present(expected) && !bytes_equal(expected, upload->checksum))
        return fail(call, &BAD_DIGEST, "The " BYTES_FMT " you specified did not match the calculated checksum.",
                    BYTES_ARG(checksum_name(upload->sum.algorithm)));
    return OK;
}

Status upload_end(Call *call, Upload *upload)
{
    sum_up(upload);
    if (upload->code == STORE_FULL)
        return deny(call, &NO_ROOM);
    TRY(expect_ok(call, upload->code));
    if (upload->is_chunked && upload->chunked.state == CHUNKED_FORGED)
        return deny(call, &FORGED);
    if ((upload->is_chunked && upload->chunked.state != CHUNKED_END) ||
        (upload->length >= 0 && upload->size != upload->length))
        return deny(call, &INCOMPLETE_BODY);
    if (upload->size > OBJECT_BYTES_MAX)
        return deny_telling(call, &ENTITY_TOO_LARGE, .proposed_size = decimal(call, upload->size),
                            .max_size_allowed = decimal(call, OBJECT_BYTES_MAX));
    TRY(judge_digests(call, upload));
    return judge_checksum(call, upload);
}
