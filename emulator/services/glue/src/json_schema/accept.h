/* accept.h - one walk down two schemas: what the parts of it share. */
#pragma once
#include "json_schema.h"

#define DEPTH_MAX 100 /* of schemas in schemas */

/* Of a oneOf a branch was taken: nothing holds to the others. */
typedef struct Excluded {
    const struct Excluded *next;
    const SchemaList *list;
    size_t taken;
} Excluded;

/* What has been written, as far as schemas tell: values that hold to each of `all`, and are of one of `types`. */
typedef struct Written {
    SchemaList all; /* references followed, allOf taken apart */
    size_t room;
    unsigned types; /* 0: no such value can be written */
    const Excluded *excluded;
    size_t split; /* the anyOf and oneOf in `all` that a branch was taken of: 2 a schema */
} Written;

/* The last refusal: of alternatives there may be many. */
typedef struct Told {
    char path[MISMATCH_PATH_MAX], what[500];
    size_t path_len, what_len;
} Told;

typedef struct Check {
    Told *told;
    Effort effort; /* copies and searches take as many steps as they have members */
    int depth;
    const struct Pending *pending; /* the pairs above: a recursive schema holds as far as it is looked at */
} Check;

void written_add(Check *check, Written *written, const JsonSchema *schema); /* NULL: anything */
Written written_new(void);
Written written_copy(Check *check, const Written *from);
/* What can be in its ranges; also what lists of required members and closed content models say of numbers of members.
 */
Range written_range(const Written *written, RangeKind kind);
/* Takes away the types of which no value is left. */
void written_settle(Check *check, Written *written);
/* The member of that name; the item at that place; what stands behind all the items that are listed. */
Written written_member(Check *check, const Written *written, Bytes name);
Written written_item(Check *check, const Written *written, size_t at);
size_t written_tuple(const Written *written); /* the longest list of items */
/* Is there surely no such value? */
bool written_is_empty(Check *check, const Written *written);
/* The same, looked at no closer than for members that are required and cannot be. */
bool written_lacks(Check *check, const Written *written);
/* The values that enum or const list, in *room where need be; NULL: they list none. */
const JsonValue *written_values(const Written *written, JsonValue *room);
/* Can this very value be written? */
bool written_has(Check *check, const Written *written, const JsonValue *value);
bool written_requires(Check *check, const Written *written, Bytes name);
/* The schema's own answer for a value. */
bool check_validates(Check *check, const JsonSchema *schema, const JsonValue *value);

/* Each refusal tells where and why, and answers false. */
bool not_read(Check *check, const Step *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool too_large(Check *check, const Step *at);
bool accepts(Check *check, const JsonSchema *reader, const Written *written, const Step *at);
bool accepts_schema(Check *check, const JsonSchema *reader, const JsonSchema *writer, const Step *at);
/* The keywords of a node that is no reference, by the type they speak of. */
bool accepts_range(Check *check, const JsonSchema *reader, const Written *written, const Step *at);
bool accepts_array(Check *check, const JsonSchema *reader, const Written *written, const Step *at);
bool accepts_object(Check *check, const JsonSchema *reader, const Written *written, const Step *at);
bool accepts_combined(Check *check, const JsonSchema *reader, const Written *written, const Step *at);
