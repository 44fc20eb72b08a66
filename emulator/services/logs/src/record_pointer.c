/* record_pointer.c */
#include "record_pointer.h"
#include "event_id.h"

Bytes record_pointer(Arena *arena, const LogGroup *group, const EventPlace *place)
{
    Bytes id = event_id(arena, place);
    return arena_text(arena, "%lld." BYTES_FMT, (long long)group->id, BYTES_ARG(id));
}

bool record_pointer_read(Bytes pointer, int64_t *ret_group_id, EventPlace *ret_place)
{
    Bytes group = bytes_cut(&pointer, '.');
    return present(pointer) && bytes_to_int64(group, ret_group_id) && event_id_parse(pointer, ret_place);
}
