/* key_making.h - key pairs, made beside the loop where that takes long. */
#pragma once
#include "key.h"
#include "key_pair.h"

/* Then `then` is called, in this turn or a later one, as a handler; pair is there as long as the call. Nothing was
 * written before; what was looked up may have changed. */
typedef Status KeyPairMade(Call *call, const KeyPair *pair, void *context);
MUST_CHECK Status key_pair_for(Call *call, const Spec *spec, KeyPairMade *then, void *context);
void key_making_stop(Kms *kms); /* the service is closing */
