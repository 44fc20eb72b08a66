/* access_key.h - the ids of access keys that we issue. As AWS's do, they hold their account, so that whose call it is
 * needs no look-up; three letters of their own tell them from keys of AWS, which mean the default account. */
#pragma once
#include "arena.h"
#include "random.h"

#define ACCESS_KEY_BYTES 20
#define ACCOUNT_BYTES    12

/* prefix: "AKIA" of users, "ASIA" of sessions. account: 12 digits. */
Bytes access_key_new(Arena *arena, Random *random, const char *prefix, Bytes account);
/* False: not one of ours. */
bool access_key_account(Bytes key, char ret_account[ACCOUNT_BYTES]);
/* Forty characters. */
Bytes secret_key_new(Arena *arena, Random *random);
