/* words.h - names, and what is said of input that isn't right. */
#pragma once
#include "state.h"

#define NAME_MAX_LEN 512

bool is_group_name(Bytes name);
bool is_stream_name(Bytes name);
bool name_contains(Bytes name, Bytes part);
/* aws: recorded */
MUST_CHECK Status fail_token(Call *call);
/* Service.judge */
MUST_CHECK Status logs_judge(Call *call, const void *in, const Complaints *complaints);
