/* token.h - ClientRequestToken of TransactWriteItems: the same request again within ten minutes is not done again.
 * aws: DynamoDB API Reference, TransactWriteItems, ClientRequestToken. */
#pragma once
#include "table.h"

/* *ret_is_done: this very request was done before. Another one under its token is refused. *ret_digest: what it means;
 * absent where it has no token. */
MUST_CHECK Status token_check(Call *call, const DynamodbTransactWriteItemsInput *in, Bytes *ret_digest,
                              bool *ret_is_done);
/* The same of ExecuteTransaction. */
MUST_CHECK Status token_check_statements(Call *call, const DynamodbExecuteTransactionInput *in, Bytes *ret_digest,
                                         bool *ret_is_done);
/* Remembers it (token absent: nothing); also forgets what is too old. */
MUST_CHECK int token_keep(Call *call, Bytes token, Bytes digest);
