/* names.h - the three forms of a setting's name, and the right one nearest to a wrong one. */
#pragma once
#include "config.h"

#define NAME_MAX_LEN 64

typedef enum NameForm {
    NAME_IS_FLAG,
    NAME_IS_VARIABLE,
    NAME_IS_KEY
} NameForm; /* --log-level, EVPOC_LOG_LEVEL, log-level */

void name_write(SettingId id, NameForm form, char out[static NAME_MAX_LEN]);
bool name_find(Bytes name, NameForm form, SettingId *ret_id);
/* False: none is near. */
bool name_nearest(Bytes name, NameForm form, char out[static NAME_MAX_LEN]);
