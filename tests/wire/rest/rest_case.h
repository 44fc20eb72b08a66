/* rest_case.h - one case of rest_json.json or rest_xml.json, as README.md has it. */
#pragma once
#include "shape_json.h"
#include "tables.h"

typedef struct RestCase {
    const Tables *tables;
    const Protocol *protocol;
    const UriTable *uris;
    json_t *json;
    const char *each; /* what stands for $ in this one of them, or NULL */
} RestCase;

/* What is wrong, with what was expected and what came; absent where the case holds. In the arena. */
Bytes case_request(Arena *arena, const RestCase *one);
Bytes case_refused(Arena *arena, const RestCase *one);
Bytes case_answer(Arena *arena, const RestCase *one);
Bytes case_error(Arena *arena, const RestCase *one);
