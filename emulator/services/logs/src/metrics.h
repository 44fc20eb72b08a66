/* metrics.h - what the service measures. aws: User Guide, "Monitoring usage with CloudWatch metrics". */
#pragma once
#include "append.h"
#include "subscription.h"

void log_metrics_open(Logs *logs);
/* IncomingBytes and IncomingLogEvents: of the group, and of the account. */
void log_metrics_of_put(const Scope *scope, const LogGroup *group, Batch batch);
/* ForwardedBytes, ForwardedLogEvents or DeliveryErrors of a subscription. */
void log_metrics_of_delivery(const Scope *scope, const LogGroup *group, const Subscription *subscription, size_t events,
                             size_t bytes, bool is_taken);
