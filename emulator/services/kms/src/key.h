/* key.h - keys and the aliases that point to them. */
#pragma once
#include "kms.h"
#include "kms_model.h"
#include "map.h"
#include "spec.h"
#include "worker.h"

struct Kms {
    Runtime *runtime;
    Map *furnished; /* "account/region" whose AWS-managed keys are known to be there */
    uint64_t generation;
    bool has_secret;
    unsigned char secret[32]; /* vault.h */
    Timer *due;               /* due.h; NULL: nothing is due */
    int64_t due_ms;
    Workers *workers; /* key_making.h; NULL: none was needed yet */
    bool is_closing;
};

typedef struct KmsAlias {
    Bytes name, key_id;
    int64_t created_ms, updated_ms;
} KmsAlias;

/* The keys AWS makes for its services are there before anybody lists or uses them. */
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

/* policy: absent: AWS's default. public_der: absent: it isn't asymmetric, or has no material yet. */
MUST_CHECK int key_insert(const Scope *scope, const KmsKey *key, Bytes policy, Bytes public_der);
MUST_CHECK int key_save(const Scope *scope, const KmsKey *key);   /* all that can change of one that is there */
MUST_CHECK int key_delete(const Scope *scope, const KmsKey *key); /* with all that is its */
MUST_CHECK int key_public(const Scope *scope, const KmsKey *key, Bytes *ret_public_der); /* empty: it has none */
MUST_CHECK int key_set_public(const Scope *scope, const KmsKey *key, Bytes public_der);
/* The regions of the account that have a key of this id: its own first. */
typedef struct Regions {
    Bytes *items;
    size_t len;
} Regions;
MUST_CHECK int key_regions(const Scope *scope, const KmsKey *key, Regions *ret_regions);
MUST_CHECK int alias_insert(const Scope *scope, Bytes name, Bytes key_id);
MUST_CHECK int alias_find(const Scope *scope, Bytes name, KmsAlias *ret_alias); /* KMS_KEY_FOUND, KMS_KEY_ABSENT */
MUST_CHECK int alias_point(const Scope *scope, Bytes name, Bytes key_id);
MUST_CHECK int alias_delete(const Scope *scope, Bytes name);

/* managed.c: what is said of the key behind an alias that AWS has for a service; absent: it has none of that name. */
Bytes managed_description(Bytes alias);

/* By id, ARN, alias name or alias ARN; NotFoundException in AWS's words. */
MUST_CHECK Status key_find(Call *call, Bytes name, KmsKey *ret_key);
/* By id or ARN alone: operations that change a key take no alias. */
MUST_CHECK Status key_find_by_id(Call *call, Bytes name, KmsKey *ret_key);
/* One of the account's own, in a state that lets it be changed: not AWS's, not PENDING_DELETION. */
MUST_CHECK Status key_find_for_change(Call *call, Bytes name, KmsKey *ret_key);
MUST_CHECK Status key_check_managed_by_customer(Call *call, const KmsKey *key);
MUST_CHECK Status key_check_enabled(Call *call, const KmsKey *key);
/* One of the account's own that is enabled and has this usage. */
MUST_CHECK Status key_find_for_use(Call *call, Bytes name, Bytes usage, KmsKey *ret_key);
MUST_CHECK Status key_check_algorithm(Call *call, const KmsKey *key, Bytes algorithm);
MUST_CHECK Status key_check_origin(Call *call, const KmsKey *key, Bytes origin);
/* Refuses where that is all that was asked for. */
MUST_CHECK Status kms_check_dry_run(Call *call, bool is_dry_run);
MUST_CHECK Status kms_check_no_recipient(Call *call, const KmsRecipientInfo *recipient);
Bytes key_state_text(KmsKeyState state);
MUST_CHECK Status key_metadata(Call *call, const KmsKey *key, KmsKeyMetadata **ret_metadata);
Bytes key_old_spec(const KmsKey *key); /* CustomerMasterKeySpec; absent: it has none */
Bytes alias_arn(Call *call, Bytes name);
Bytes key_arn_in(const Scope *scope, Bytes region, Bytes id);
/* A list of a model whose items are texts, of a list that ends with NULL. */
Bytes *kms_texts_of(Arena *arena, const char *const *texts, size_t *ret_len);

/* tags.c */
MUST_CHECK Status key_tags_check(Call *call, const KmsTagList *tags);
MUST_CHECK int key_tags_put(const Scope *scope, Bytes key_id, const KmsTagList *tags);
/* key_policy.c: absent where the key has AWS's default. */
MUST_CHECK Status key_policy_check(Call *call, Bytes policy);
Bytes key_default_policy(Call *call);
/* The one in force. */
MUST_CHECK int key_policy_of(const Scope *scope, const KmsKey *key, Bytes *ret_policy);
/* grant_token.c */
MUST_CHECK Status grant_tokens_check(Call *call, const KmsGrantTokenList *tokens);
/* Of what hangs on a key: account, region and `third` are ?1 to ?3. */
Statement *key_part_begin(const Scope *scope, const Query *query, Bytes third);
