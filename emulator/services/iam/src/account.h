/* account.h - what an account has one of. */
#pragma once
#include "entity.h"

/* *ret_is_there false: there is none, AWS's default holds. */
MUST_CHECK Status account_password_policy(Call *call, IamPasswordPolicy *ret_policy, bool *ret_is_there);
