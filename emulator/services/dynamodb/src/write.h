/* write.h - what PutItem, UpdateItem and DeleteItem share: conditions, old and new, and what they tell of a refusal. */
#pragma once
#include "capacity.h"
#include "request.h"

/* aws: Developer Guide, Quotas, DynamoDB transactions: "cannot contain more than 4 MB of data" */
#define TRANSACTION_BYTES_MAX (4 * 1024 * 1024)
#define TRANSACTION_TOO_LARGE "Collection of items exceeds the maximum transaction size of 4 MB"

/* A transaction's items that take more than this together are not kept once they are judged: they are read, and made,
 * again when they are written. */
#define JUDGED_HELD_MAX ((size_t)16 * 1024 * 1024)

/* ConditionalCheckFailedException where it doesn't hold. before NULL: no such item; on_failure: what is told of it. */
MUST_CHECK Status condition_check(Call *call, const Node *condition, const Item *before, Bytes on_failure);
/* What is put has keys of indexes that fit. Its size request_check has looked at. */
MUST_CHECK Status put_check(Call *call, const Change *change);

/* An update may not touch the item's own key. */
MUST_CHECK Status update_check_keys(Call *call, const Table *table, const Expression *update);
/* change->after becomes *ret_after: `from`, the item or its key, as the update makes it, where that may be stored. */
MUST_CHECK Status change_update(Call *call, Change *change, const Item *from, const Expression *update,
                                Item *ret_after);
/* The item as it is, or NULL. */
MUST_CHECK Status item_before(Call *call, const Table *table, const Key *key, const Item **ret_item);

/* TransactionCanceledException: the reasons of all parts, in their order. */
MUST_CHECK Status transaction_cancel(Call *call, const DynamodbCancellationReasonList *reasons);
