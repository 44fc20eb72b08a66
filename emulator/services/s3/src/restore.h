/* restore.h - objects that are archived, and for how long they can be read. */
#pragma once
#include "object.h"

bool is_archived(const Object *object);
bool is_readable(Call *call, const Object *object, const ObjectHead *head);
/* x-amz-restore; absent: nothing is to tell. */
Bytes restore_told(Call *call, const Object *object, const ObjectHead *head);
