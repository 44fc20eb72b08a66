/* members.h - JSON texts that clients write (dashboards, widgets), held against tables of what AWS documents. The words
 * are those of the JSON schema validator that AWS's answers show. */
#pragma once
#include "call.h"
#include "cloudwatch_model.h"
#include <jansson.h>

typedef struct Body {
    Arena *arena;
    CloudwatchDashboardValidationMessages errors, warnings;
} Body;

void body_complain(Body *body, Bytes path, const char *message);
Bytes path_under(const Body *body, Bytes path, const char *name);
Bytes path_item(const Body *body, Bytes path, size_t at);

typedef enum MemberType { TEXT_MEMBER, INTEGER_MEMBER, TRUTH_MEMBER, OBJECT_MEMBER, ARRAY_MEMBER } MemberType;

typedef struct Member {
    const char *name;
    MemberType type;
    bool is_required;
    json_int_t least, most; /* of an integer, of how many items */
    const char *const *allowed;
} Member;

void members_check(Body *body, Bytes path, const Member *members, const json_t *object);
/* What a later version of AWS may know is no error. */
void members_warn_of_others(Body *body, Bytes path, const Member *members, json_t *object);

/* NULL: it is no JSON. Lives as long as the arena, which is charged for it. */
json_t *body_read(Arena *arena, Bytes text);
/* Recorded from AWS: the places as JSON, indented by two. */
const char *body_errors_text(Body *body);
