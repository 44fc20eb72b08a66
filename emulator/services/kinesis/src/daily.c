#include "daily.h"

#define DAY_MS (24 * MS_PER_HOUR)

static Statement *begin(Call *call, const Query *query, const Stream *stream, int64_t at_ms)
{
    Statement *statement = statement_begin(call->store, query);
    bind_int64(statement, 1, stream->id);
    bind_int64(statement, 2, at_ms);
    return statement;
}

Status daily_check(Call *call, const Stream *stream, const Daily *daily)
{
    Statement *count = begin(call, &daily->count, stream, call->now_ms - DAY_MS);
    int64_t done = 0;
    TRY(expect_ok(call, statement_one_number(count, &done)));
    if (done < daily->max)
        return OK;
    return fail(call, &KINESIS_LIMIT_EXCEEDED, "Stream " BYTES_FMT " under account " BYTES_FMT " %s",
                BYTES_ARG(stream->name), BYTES_ARG(stream->account), daily->words);
}

int daily_note(Call *call, const Stream *stream, const Daily *daily)
{
    int code = statement_run(begin(call, &daily->forget, stream, call->now_ms - DAY_MS));
    return code == STORE_OK ? statement_run(begin(call, &daily->note, stream, call->now_ms)) : code;
}
