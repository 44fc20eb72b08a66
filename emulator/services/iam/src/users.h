/* users.h - what users and groups have in common. */
#pragma once
#include "attached.h"

void users_tell(Call *call, const EntityList *users, IamuserListType *ret_list);
/* EntityAlreadyExists; absent: as it is. */
MUST_CHECK Status entity_rename(Call *call, Entity *entity, Bytes new_name, Bytes new_path);
