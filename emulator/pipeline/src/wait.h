/* wait.h - calls that are answered later, and bodies that flow meanwhile. */
#pragma once
#include "exchange.h"

void exchange_wait(Call *call, const CallWait *wait);
void exchange_finish(Call *call, Status status);
void exchange_go_on(Call *call, Status (*go_on)(Call *call, void *context), void *context);
void exchange_body_go_on(Call *call);
void exchange_take_body(Exchange *exchange); /* it has begun */
