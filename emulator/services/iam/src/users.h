/* users.h - what users and groups have in common. */
#pragma once
#include "attached.h"

/* As lists tell them: without tags and boundary. */
void user_tell(Call *call, const Entity *user, IamUser *ret_user);
void users_tell(Call *call, const EntityList *users, IamuserListType *ret_list);
/* EntityAlreadyExists; absent: as it is. */
MUST_CHECK Status entity_rename(Call *call, Entity *entity, Bytes new_name, Bytes new_path);
/* NoSuchEntity. Without a name: the user whose key the call bears. */
MUST_CHECK Status find_user(Call *call, Bytes name, Entity *ret_user);
