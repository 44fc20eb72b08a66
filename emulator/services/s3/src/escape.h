/* escape.h - text as in URLs: encoding-type=url, x-amz-tagging, x-amz-copy-source. */
#pragma once
#include "arena.h"
#include "buffer.h"

/* Letters, digits and "-._*" and "/" stay; a space is +; the others are %XX. */
void escape_append(Buffer *out, Bytes text);
Bytes escaped(Arena *arena, Bytes text);
/* %XX, and + for a space; false: a % without its digits, or not UTF-8. */
MUST_CHECK bool unescape(Arena *arena, Bytes text, Bytes *ret);
/* The same where + is a plus. */
MUST_CHECK bool unescape_path(Arena *arena, Bytes text, Bytes *ret);
