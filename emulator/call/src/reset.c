/* reset.c - removing rows of a namespace: what Service.reset functions share. */
#include "call.h"

int reset_rows(Store *store, const Query *const *queries, Bytes account, Bytes region)
{
    for (; *queries; queries++) {
        Statement *statement = statement_begin(store, *queries);
        bind_text(statement, 1, account);
        bind_text(statement, 2, region);
        int code = statement_run(statement);
        if (code != STORE_OK)
            return code;
    }
    return STORE_OK;
}
