/* text_value.h - a scalar as text: in forms, XML, paths, queries and header fields. */
#pragma once
#include "value.h"
#include "wire.h"

/* Into the member's value; false where the text is not of that kind. Blobs are base64; their bytes lie in the arena.
 * `usual`: the form of a time whose shape names none; TIME_USUAL: any of the three. */
MUST_CHECK bool text_read(Arena *arena, const Shape *shape, TimeFormat usual, Bytes text, void *out);
/* Numbers, booleans, times and base64; strings as they are, to be escaped by the caller where they must be. `usual`:
 * the form of a time whose shape names none. */
void text_append(Buffer *out, const Shape *shape, TimeFormat usual, const void *value);
/* The text may hold %xx; + is a space where plus_is_space. False: a % without its two digits. */
MUST_CHECK bool percent_decode(Arena *arena, Bytes text, bool plus_is_space, Bytes *ret);
