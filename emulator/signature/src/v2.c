/* v2.c - S3's old signature. aws: S3 User Guide, "Signing and authenticating REST requests (AWS signature version 2)".
 */
#include "digest.h"
#include "encoding.h"
#include <stdlib.h>

/* aws: "The list of subresources that must be included …", sorted; and those that override headers of the answer. */
static const char *const subresources[] = {
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "delete",
    "encryption",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "partNumber",
    "policy",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
};

static bool has_name(const HttpHeader *header, const char *prefix)
{
    return bytes_starts_with(header->name, bytes_of(prefix));
}

static int compare_headers(const void *a, const void *b)
{
    const HttpHeader *const *one = a, *const *other = b;
    int order = bytes_compare((*one)->name, (*other)->name);
    return order ? order : (*one < *other ? -1 : 1); /* those of one name as they came */
}

static void append_amz_headers(Arena *arena, Buffer *out, const HttpHead *head)
{
    const HttpHeader **sorted = arena_new_array(arena, const HttpHeader *, head->headers_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < head->headers_count; i++)
        if (has_name(&head->headers[i], "x-amz-"))
            sorted[count++] = &head->headers[i];
    qsort(sorted, count, sizeof *sorted, compare_headers);
    for (size_t i = 0; i < count; i++) {
        bool is_more = i && bytes_equal(sorted[i - 1]->name, sorted[i]->name);
        bool has_more = i + 1 < count && bytes_equal(sorted[i + 1]->name, sorted[i]->name);
        if (!is_more)
            buffer_append_format(out, BYTES_FMT ":", BYTES_ARG(sorted[i]->name));
        buffer_append_format(out, "%s" BYTES_FMT "%s", is_more ? "," : "", BYTES_ARG(sorted[i]->value),
                             has_more ? "" : "\n");
    }
}

static bool is_override(Bytes name)
{
    return bytes_starts_with(name, TEXT("response-"));
}

static bool is_subresource(Bytes name)
{
    for (size_t i = 0; i < sizeof subresources / sizeof *subresources; i++)
        if (bytes_is(name, subresources[i]))
            return true;
    return false;
}

/* By their names as they are read (%61cl is acl), each as often as it is there: whatever the operation is asked for is
 * signed. */
static void append_resource(Arena *arena, Buffer *out, const SignatureQuestion *question)
{
    Bytes rest = question->head->query;
    EncodingPair *pairs = arena_new_array(arena, EncodingPair, encoding_count(rest, '&'));
    size_t count = 0;
    while (present(rest)) {
        Bytes value = bytes_cut(&rest, '&'), name = encoding_decoded(arena, bytes_cut(&value, '='));
        if (is_subresource(name))
            pairs[count++] = (EncodingPair){name, value};
    }
    if (count)
        qsort(pairs, count, sizeof *pairs, encoding_compare);
    buffer_append(out, question->resource_path.len ? question->resource_path : TEXT("/"));
    for (size_t i = 0; i < count; i++) {
        Bytes value = pairs[i].value;
        if (present(value) && is_override(pairs[i].name))
            value = encoding_decoded(arena, value);
        buffer_append_format(out, "%c" BYTES_FMT, i ? '&' : '?', BYTES_ARG(pairs[i].name));
        if (present(value))
            buffer_append_format(out, "=" BYTES_FMT, BYTES_ARG(value));
    }
}

static Bytes field(const HttpHead *head, const char *name)
{
    Bytes value = http_head_field(head, name);
    return present(value) ? value : TEXT("");
}

static Bytes string_to_sign(Arena *arena, const SignatureQuestion *question)
{
    const HttpHead *head = question->head;
    bool has_amz_date = present(http_head_field(head, "x-amz-date"));
    Bytes date = question->signature->form == SIGNATURE_V2_QUERY ? question->signature->expires
                 : has_amz_date                                  ? TEXT("")
                                                                 : field(head, "date");
    Buffer out = {0};
    buffer_append_format(&out, BYTES_FMT "\n" BYTES_FMT "\n" BYTES_FMT "\n" BYTES_FMT "\n", BYTES_ARG(head->method),
                         BYTES_ARG(field(head, "content-md5")), BYTES_ARG(field(head, "content-type")),
                         BYTES_ARG(date));
    append_amz_headers(arena, &out, head);
    append_resource(arena, &out, question);
    return encoding_taken(arena, &out);
}

bool signature_v2_check(Arena *arena, const SignatureQuestion *question, SignatureProof *ret_proof)
{
    ret_proof->canonical = (Bytes){0};
    ret_proof->to_sign = string_to_sign(arena, question);
    ret_proof->wanted = v2_signature(arena, question->secret, ret_proof->to_sign);
    return signature_texts_equal(ret_proof->wanted, question->signature->signature);
}

bool signature_v2_of_text(Arena *arena, Bytes secret, Bytes text, Bytes signature)
{
    return signature_texts_equal(v2_signature(arena, secret, text), signature);
}
