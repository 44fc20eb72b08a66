/* diff.h - from one definition to another as a JSON Patch (RFC 6902). */
#pragma once
#include "arena.h"

/* "[]" where nothing differs. Definitions that are not both JSON are taken as one text each; a patch that would be much
 * longer than both of them replaces the whole. */
Bytes diff_definitions(Arena *arena, Bytes from, Bytes to);
