/* shape_json.h - a shape's value as JSON and back, all its members wherever they travel: how the cases spell what a
 * request holds. Members are called as the model calls them; blobs are base64, times seconds, and doubles that JSON has
 * no number for the strings NaN, Infinity and -Infinity. */
#pragma once
#include "value.h"
#include <jansson.h>

json_t *shape_to_json(const Shape *shape, const void *value);
/* Into a zeroed value; false: the JSON does not fit the shape. */
bool shape_from_json(Arena *arena, const Shape *shape, const json_t *json, void *out);
bool json_same(const json_t *one, const json_t *other); /* 1 and 1.0 are; true and 1 are not */
