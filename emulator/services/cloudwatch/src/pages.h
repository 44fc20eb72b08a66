/* pages.h - our own pages about CloudWatch. */
#pragma once
#include "page.h"

/* GET /_evpoc/cloudwatch/actions: what alarms would have sent, the newest first. */
void alarm_actions_page(void *context, HttpRequest *request, HttpResponse *response);
