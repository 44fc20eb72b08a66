/* v4.c - the canonical request, what is signed of it, and the signature. */
#include "digest.h"
#include "encoding.h"
#include <stdlib.h>

static Bytes encoded(Arena *arena, Bytes text)
{
    Buffer out = {0};
    encoding_append(&out, text, ENCODING_OF_PARAMETER);
    return encoding_taken(arena, &out);
}

/* Sorted by name, then by value; without the signature itself. */
static void append_query(Arena *arena, Buffer *out, Bytes query)
{
    Bytes rest = query;
    EncodingPair *pairs = arena_new_array(arena, EncodingPair, encoding_count(query, '&'));
    size_t count = 0;
    while (present(rest)) {
        Bytes value = bytes_cut(&rest, '&'), name = bytes_cut(&value, '=');
        if (!name.len && !present(value))
            continue;
        EncodingPair pair = {encoded(arena, name), encoded(arena, present(value) ? value : TEXT(""))};
        if (!bytes_is(pair.name, "X-Amz-Signature"))
            pairs[count++] = pair;
    }
    if (count)
        qsort(pairs, count, sizeof *pairs, encoding_compare);
    for (size_t i = 0; i < count; i++)
        buffer_append_format(out, "%s" BYTES_FMT "=" BYTES_FMT, i ? "&" : "", BYTES_ARG(pairs[i].name),
                             BYTES_ARG(pairs[i].value));
}

/* Without "." and "..", and without empty parts; then encoded as it stands. */
static void append_normal_path(Arena *arena, Buffer *out, Bytes path)
{
    Bytes *parts = arena_new_array(arena, Bytes, encoding_count(path, '/')), rest = path;
    size_t count = 0;
    bool ends_open = path.len > 1 && path.ptr[path.len - 1] == '/';
    while (present(rest)) {
        Bytes part = bytes_cut(&rest, '/');
        if (bytes_is(part, ".."))
            count -= count > 0;
        else if (part.len && !bytes_is(part, "."))
            parts[count++] = part;
    }
    for (size_t i = 0; i < count; i++) {
        buffer_append_char(out, '/');
        encoding_append_raw(out, parts[i]);
    }
    if (!count || ends_open)
        buffer_append_char(out, '/');
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Without white space around it, runs of it as one space. */
static void append_value(Buffer *out, Bytes value)
{
    bool is_behind_space = false, has_any = false;
    for (size_t i = 0; i < value.len; i++) {
        if (is_space(value.ptr[i])) {
            is_behind_space = true;
            continue;
        }
        if (is_behind_space && has_any)
            buffer_append_char(out, ' ');
        is_behind_space = false;
        has_any = true;
        buffer_append_char(out, value.ptr[i]);
    }
}

/* Over HTTP/2 some sign the host under the name it has there. */
static Bytes name_here(Bytes name)
{
    return bytes_is(name, ":authority") ? TEXT("host") : name;
}

static void append_headers(Buffer *out, const HttpHead *head, Bytes signed_headers)
{
    Bytes rest = signed_headers;
    while (present(rest)) {
        Bytes name = bytes_cut(&rest, ';');
        bool is_first = true;
        buffer_append(out, name);
        buffer_append_char(out, ':');
        for (size_t i = 0; i < head->headers_count; i++) {
            if (!bytes_equal_ignoring_case(head->headers[i].name, name_here(name)))
                continue;
            if (!is_first)
                buffer_append_char(out, ',');
            append_value(out, head->headers[i].value);
            is_first = false;
        }
        buffer_append_char(out, '\n');
    }
}

static Bytes canonical_request(Arena *arena, const SignatureQuestion *question)
{
    const HttpHead *head = question->head;
    Buffer out = {0};
    buffer_append(&out, head->method);
    buffer_append_char(&out, '\n');
    if (question->path == SIGNATURE_PATH_ONCE)
        encoding_append(&out, head->path.len ? head->path : TEXT("/"), ENCODING_OF_PATH);
    else
        append_normal_path(arena, &out, head->path);
    buffer_append_char(&out, '\n');
    append_query(arena, &out, head->query);
    buffer_append_char(&out, '\n');
    append_headers(&out, head, question->signature->signed_headers);
    buffer_append_format(&out, "\n" BYTES_FMT "\n" BYTES_FMT, BYTES_ARG(question->signature->signed_headers),
                         BYTES_ARG(question->payload_hash));
    return encoding_taken(arena, &out);
}

bool signature_v4_check(Arena *arena, const SignatureQuestion *question, SignatureProof *ret_proof)
{
    const Signature *signature = question->signature;
    ret_proof->canonical = canonical_request(arena, question);
    ret_proof->to_sign =
        arena_text(arena, "AWS4-HMAC-SHA256\n" BYTES_FMT "\n" BYTES_FMT "\n" BYTES_FMT, BYTES_ARG(signature->time),
                   BYTES_ARG(signature->scope), BYTES_ARG(signature_hash(arena, ret_proof->canonical)));
    Digest key = signing_key(arena, signature, question->secret);
    ret_proof->wanted = v4_signature(arena, &key, ret_proof->to_sign);
    return signature_texts_equal(ret_proof->wanted, signature->signature);
}

bool signature_v4_of_text(Arena *arena, const Signature *signature, Bytes secret, Bytes text)
{
    Digest key = signing_key(arena, signature, secret);
    return signature_texts_equal(v4_signature(arena, &key, text), signature->signature);
}
