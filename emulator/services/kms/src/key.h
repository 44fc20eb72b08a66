/* key.h - keys and the aliases that point to them. */
#pragma once
#include "kms.h"
#include "kms_model.h"
#include "map.h"

struct Kms {
    Runtime *runtime;
    Map *furnished; /* "account/region" whose AWS-managed keys are known to be there */
    uint64_t generation;
};

typedef struct KmsAlias {
    Bytes name, key_id;
    int64_t created_ms, updated_ms;
} KmsAlias;

/* The keys AWS makes for its services are there before anybody lists or uses them; those whose time has come are gone.
 */
MUST_CHECK int keys_furnish(const Scope *scope);
/* The same for a call: what it writes stays. */
MUST_CHECK Status keys_furnish_for(Call *call);
/* Up to limit, by id (by name), after the one given (absent: from the first). */
MUST_CHECK int keys_list(const Scope *scope, Bytes after, size_t limit, KmsKey *ret_keys, size_t *ret_count);
/* key_id: only its aliases; absent: all. */
typedef struct AliasPage {
    Bytes key_id, after;
    size_t limit;
} AliasPage;
MUST_CHECK int aliases_list(const Scope *scope, const AliasPage *page, KmsAlias *ret_aliases, size_t *ret_count);

MUST_CHECK int key_insert(const Scope *scope, const KmsKey *key, Bytes policy);
MUST_CHECK int key_set_state(const Scope *scope, const KmsKey *key, KmsKeyState state, int64_t deletion_ms);
MUST_CHECK int key_set_description(const Scope *scope, const KmsKey *key, Bytes description);
MUST_CHECK int alias_insert(const Scope *scope, Bytes name, Bytes key_id);
MUST_CHECK int alias_find(const Scope *scope, Bytes name, KmsAlias *ret_alias); /* KMS_KEY_FOUND, KMS_KEY_ABSENT */
MUST_CHECK int alias_point(const Scope *scope, Bytes name, Bytes key_id);
MUST_CHECK int alias_delete(const Scope *scope, Bytes name);

/* By id, ARN, alias name or alias ARN; NotFoundException in AWS's words. */
MUST_CHECK Status key_find(Call *call, Bytes name, KmsKey *ret_key);
/* By id or ARN alone: operations that change a key take no alias. */
MUST_CHECK Status key_find_by_id(Call *call, Bytes name, KmsKey *ret_key);
/* One of the account's own, in a state that lets it be changed: not AWS's, not PENDING_DELETION. */
MUST_CHECK Status key_find_for_change(Call *call, Bytes name, KmsKey *ret_key);
MUST_CHECK Status key_check_managed_by_customer(Call *call, const KmsKey *key);
Bytes key_state_text(KmsKeyState state);
KmsKeyMetadata *key_metadata(Call *call, const KmsKey *key);
Bytes alias_arn(Call *call, Bytes name);
Bytes material_id_new(Arena *arena, Random *random);

/* tags.c */
MUST_CHECK Status key_tags_check(Call *call, const KmsTagList *tags);
MUST_CHECK int key_tags_put(const Scope *scope, Bytes key_id, const KmsTagList *tags);
/* key_policy.c: absent where the key has AWS's default. */
MUST_CHECK Status key_policy_check(Call *call, Bytes policy);
