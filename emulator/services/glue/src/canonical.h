/* canonical.h - a definition without what makes no difference: two that have the same are the same version.
 * aws: GetSchemaByDefinition: "The schema definition is sent to the Schema Registry, canonicalized, and hashed." How is
 * not said; white space and the order of members it must be, since the client libraries differ in both. */
#pragma once
#include "arena.h"

/* Absent: not JSON. */
Bytes canonical_json(Arena *arena, Bytes definition);
