/* state.c */
#include "state.h"
#include "bucket.h"

static const char *const watched[WATCHED_COUNT] = {
    [WATCHED_LIFECYCLE] = "lifecycle", [WATCHED_ENCRYPTION] = "encryption", [WATCHED_CORS] = "cors"};

static const Query any = {"SELECT 1 FROM s3_config WHERE kind = ?1 LIMIT 1"};

Status some_bucket_has(Call *call, Watched kind, bool *ret_has)
{
    S3 *s3 = call->service;
    if (s3->known[kind] == KNOWN_NOT) {
        Statement *row = statement_begin(call->store, &any);
        bind_text(row, 1, bytes_of(watched[kind]));
        int code = statement_one(row);
        statement_end(row);
        if (code < 0)
            return fault(call, code);
        s3->known[kind] = code == STORE_ROW ? KNOWN_SOME : KNOWN_NONE;
    }
    *ret_has = s3->known[kind] == KNOWN_SOME;
    return OK;
}

void documents_changed(S3 *s3, const char *kind)
{
    for (size_t i = 0; s3 && i < WATCHED_COUNT; i++)
        if (!kind || !strcmp(kind, watched[i]))
            s3->known[i] = KNOWN_NOT;
}
