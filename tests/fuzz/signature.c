/* signature.c - heads that are signed, in the header or in the query: the first line is the path, the others are
 * headers. What is computed for a head is what is taken for it, and nothing else is. Layer: signature. */
#include "signature.h"
#include "fuzz.h"

#define HEADERS_MAX 64

static HttpHead read_head(Bytes rest, HttpHeader headers[static HEADERS_MAX])
{
    HttpHead head = {.method = TEXT("GET"), .headers = headers};
    head.query = bytes_cut(&rest, '\n');
    head.path = bytes_cut(&head.query, '?');
    while (present(rest) && head.headers_count < HEADERS_MAX) {
        Bytes value = bytes_cut(&rest, '\n'), name = bytes_cut(&value, ':');
        headers[head.headers_count++] = (HttpHeader){name, present(value) ? value : TEXT("")};
    }
    return head;
}

typedef bool Check(Arena *arena, const SignatureQuestion *question, SignatureProof *ret_proof);

static void check_twice(Arena *arena, Check *check, const SignatureQuestion *question, Signature *signature)
{
    SignatureProof first, again;
    (void)check(arena, question, &first);
    EXPECT(present(first.to_sign) && present(first.wanted));
    signature->signature = first.wanted;
    EXPECT(check(arena, question, &again) && bytes_equal(first.to_sign, again.to_sign));
    signature->signature = bytes_slice(first.wanted, 1, first.wanted.len - 1);
    EXPECT(!check(arena, question, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HttpHeader headers[HEADERS_MAX];
    HttpHead head = read_head((Bytes){(const char *)data, size}, headers);
    Arena *arena = arena_new();
    Signature signature = signature_read(arena, &head);
    SignatureQuestion question = {&head, &signature, TEXT("secret"), TEXT("UNSIGNED-PAYLOAD"), size % 2, head.path};
    EXPECT(signature.form != SIGNATURE_ABSENT || !present(signature.access_key));
    bool is_v4 = signature.form == SIGNATURE_V4_HEADER || signature.form == SIGNATURE_V4_QUERY;
    if (is_v4 && !present(signature.complaint))
        check_twice(arena, signature_v4_check, &question, &signature);
    check_twice(arena, signature_v2_check, &question, &signature);
    arena_free(arena);
    return 0;
}
