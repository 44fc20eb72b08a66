/* encryption.h - what of server-side encryption is done: AES256, which every object has. */
#pragma once
#include "errors.h"

/* Of what keys of KMS or of the customer would do, says that it isn't built. */
MUST_CHECK Status encryption_check(Call *call, Bytes asked, Bytes customer_algorithm);
bool encryption_is_known(Bytes algorithm);
