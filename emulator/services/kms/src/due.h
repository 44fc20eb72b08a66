/* due.h - what happens to keys by the clock alone: they are deleted, rotated, their imported material expires. */
#pragma once
#include "key.h"

#define DAY_MS INT64_C(86400000)

/* A key that was written: may something of it be due sooner than all else? */
void due_look(Kms *kms, const KmsKey *key);
/* Nothing is known any more of what is due: looks itself, in the next turn. */
void due_look_again(Kms *kms);
/* By its id alone, also when its time is over. STORE_OK, STORE_NOT_FOUND, or below 0. */
MUST_CHECK int key_at(const Scope *scope, Bytes id, KmsKey *ret_key);
/* rotation.c: a new current material; of a multi-Region key in all of its regions. scope: the (primary) key's. */
MUST_CHECK int key_rotate(const Scope *scope, KmsKey *key, int rotation);
