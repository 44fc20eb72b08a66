/* listing.c - pages of what a query gives, and what is refused of a batch. */
#include "budget.h"
#include "catalogue.h"

#define LISTED_AT_FIRST 16

static bool page_is_full(const Listing *listing, size_t bytes)
{
    return listing->len == listing->limit || (listing->len && bytes > PAGE_BYTES);
}

static void add(Arena *arena, Listing *listing, size_t *capacity, Bytes json)
{
    if (listing->len == *capacity) {
        size_t size = *capacity * sizeof(Bytes);
        *capacity = *capacity ? *capacity * 2 : LISTED_AT_FIRST;
        listing->jsons = size ? arena_grown(arena, listing->jsons, size, *capacity * sizeof(Bytes))
                              : arena_take(arena, *capacity * sizeof(Bytes));
    }
    listing->jsons[listing->len++] = json;
}

Status listing_read(Call *call, Statement *rows, Listing *listing)
{
    size_t capacity = 0, bytes = 0;
    Bytes last = {0};
    int code;
    while ((code = statement_step(rows)) == STORE_ROW) {
        budget_work(call->arena, 20);
        if (listing->takes && !listing->takes(listing->context, rows))
            continue;
        if (page_is_full(listing, bytes)) {
            statement_end(rows);
            listing->next_token = last;
            return OK;
        }
        last = arena_copy(call->arena, column_bytes(rows, 0));
        add(call->arena, listing, &capacity, arena_copy(call->arena, column_bytes(rows, 1)));
        bytes += listing->jsons[listing->len - 1].len;
    }
    return expect_ok(call, code);
}

Status refused(Call *call, int code, const Refusal *refusal)
{
    if (code != STORE_OK || !refusal->error)
        return expect_ok(call, code);
    return fail(call, refusal->error, BYTES_FMT, BYTES_ARG(refusal->message));
}

struct GlueErrorDetail *refusal_detail(Arena *arena, const Refusal *refusal)
{
    GlueErrorDetail *detail = arena_new_of(arena, GlueErrorDetail);
    detail->error_code = bytes_of(refusal->error->code);
    detail->error_message = refusal->message;
    return detail;
}
