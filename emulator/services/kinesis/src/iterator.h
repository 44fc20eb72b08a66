/* iterator.h - shard iterators: a place in a shard, and when it was told. */
#pragma once
#include "shard.h"

Bytes iterator_make(Call *call, const Shard *shard, uint64_t from);
/* Where it leads: an error of the API when it is expired, forged, or its shard is gone. */
MUST_CHECK Status iterator_follow(Call *call, Bytes iterator, Shard **ret_shard, uint64_t *ret_from);
