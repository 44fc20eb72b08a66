/* match.h - what a test expects beside what came: <any>, "...", and {{names}} for what is remembered. */
#pragma once
#include "buffer.h"
#include <jansson.h>

/* Each {{name}} of a text becomes its value. A JSON string that is one {{name}} alone becomes the value itself. */
void fill_text(const json_t *names, Bytes text, Buffer *ret_text);
json_t *fill_json(const json_t *names, const json_t *value);

/* False: why says where, and what stood there. A name that has no value yet gets one. */
bool match_json(json_t *names, const json_t *expected, const json_t *got, Buffer *why);
bool match_text(json_t *names, Bytes expected, Bytes got);
