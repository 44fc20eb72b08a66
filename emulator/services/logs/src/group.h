/* group.h - log groups: their rows and names. */
#pragma once
#include "state.h"

typedef struct LogGroup {
    int64_t id;
    Bytes account, region, name;
    Bytes class_name; /* "STANDARD" */
    int64_t created_ms;
    int32_t retention_days; /* 0: for ever */
    Bytes key_arn;          /* absent: none */
    bool is_protected;
    int64_t stored_bytes; /* of messages, and 26 for each: as they are billed */
    int64_t span_ms;      /* no chunk of it reaches over more */
} LogGroup;

/* STORE_OK, STORE_NOT_FOUND, or below 0. */
MUST_CHECK int log_group_find(const Scope *scope, Bytes name, LogGroup *ret_group);
MUST_CHECK int log_group_load(const Scope *scope, int64_t id, LogGroup *ret_group);
/* ResourceNotFoundException. */
MUST_CHECK Status log_group_for(Call *call, Bytes name, LogGroup *ret_group);
/* identifier: a name or an ARN, with or without ":*"; only one of the two may be present, in words of AWS's. */
MUST_CHECK Status log_group_named(Call *call, Bytes name, Bytes identifier, LogGroup *ret_group);
/* The name in an identifier; the ARN's account and region must be the call's. */
MUST_CHECK Status log_group_name_of(Call *call, Bytes identifier, Bytes *ret_name);

/* Sets its id. */
MUST_CHECK int log_group_insert(const Scope *scope, LogGroup *group);
/* Only what operations change: retention, key, protection. */
MUST_CHECK int log_group_write(const Scope *scope, const LogGroup *group);
/* Only stored_bytes, by what is added, and span_ms. */
MUST_CHECK int log_group_write_stored(const Scope *scope, const LogGroup *group);
/* With all that is its own; what it stores goes in steps. */
MUST_CHECK int log_group_remove(const Scope *scope, const LogGroup *group);

/* By name, those behind `after`; those before `prefix` are passed over. Either may be absent. */
Statement *log_groups_after(const Scope *scope, Bytes after, Bytes prefix);
void log_group_read(Arena *arena, Statement *row, LogGroup *ret_group);

/* "arn:…:log-group:<name>"; what the older API tells has ":*" behind it. */
Bytes log_group_arn(Arena *arena, const LogGroup *group);
Bytes log_group_arn_star(Arena *arena, const LogGroup *group);
/* Events of before are gone, or as good as. */
int64_t log_group_horizon_ms(const LogGroup *group, int64_t now_ms);
