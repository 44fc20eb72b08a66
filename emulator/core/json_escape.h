/* json_escape.h - what backslashes take in strings of JSON (RFC 8259). */
#pragma once
#include <stddef.h>

/* *at: behind the backslash; it is moved behind the escape. Writes the character as UTF-8, which is never longer than
 * its escape, and returns the end; NULL: no escape, and *at is near what is wrong. */
char *json_escape_read(const char **at, const char *end, char *out);
