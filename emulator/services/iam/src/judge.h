/* judge.h - what the model's constraints refuse, in IAM's words. */
#pragma once
#include "entity.h"

MUST_CHECK Status iam_judge(Call *call, const void *in, const Complaints *complaints);
