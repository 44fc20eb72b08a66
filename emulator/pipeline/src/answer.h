/* answer.h - what leaves after the commit. */
#pragma once
#include "exchange.h"

Bytes extended_id(Exchange *exchange); /* x-amz-id-2; absent where the service tells none */
void answer(Exchange *exchange);
