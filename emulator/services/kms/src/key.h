/* key.h - keys and the aliases that point to them. */
#pragma once
#include "kms.h"
#include "map.h"

struct Kms {
    Host *host;
    Map *furnished; /* "account/region" whose AWS-managed keys are known to be there */
};

typedef struct KmsAlias {
    Bytes name, key_id;
    int64_t created_ms;
} KmsAlias;

/* The keys AWS makes for its services are there before anybody lists or uses them. */
MUST_CHECK int keys_furnish(Kms *kms, Call *call);
/* Up to limit, by id (by name), after the one given (absent: from the first). */
MUST_CHECK int keys_list(Call *call, Bytes after, size_t limit, KmsKey *ret_keys, size_t *ret_count);
MUST_CHECK int aliases_list(Call *call, Bytes after, size_t limit, KmsAlias *ret_aliases, size_t *ret_count);
Bytes key_arn(Call *call, Bytes id);
Bytes alias_arn(Call *call, Bytes name);
