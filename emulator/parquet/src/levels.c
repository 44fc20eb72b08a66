/* levels.c */
#include "levels.h"
#include "varint.h"

#define RUN_MIN    8
#define GROUPS_MAX 63 /* their count takes one byte then */

int bits_for(uint32_t largest)
{
    int bits = 0;
    while (largest >> bits)
        bits++;
    return bits;
}

LevelWriter levels_begin(Buffer *out, int bits)
{
    return (LevelWriter){.out = out, .bits = bits, .groups_at = SIZE_MAX};
}

static void end_groups(LevelWriter *writer)
{
    if (writer->groups_at != SIZE_MAX)
        writer->out->ptr[writer->groups_at] = (char)(writer->groups << 1 | 1);
    writer->groups_at = SIZE_MAX;
    writer->groups = 0;
}

static void write_group(LevelWriter *writer)
{
    uint64_t bits = 0;
    int held = 0;
    if (writer->groups == GROUPS_MAX)
        end_groups(writer);
    if (writer->groups_at == SIZE_MAX) {
        writer->groups_at = writer->out->len;
        buffer_append_char(writer->out, 0);
    }
    for (int i = 0; i < 8; i++) {
        bits |= (uint64_t)writer->group[i] << held;
        for (held += writer->bits; held >= 8; held -= 8, bits >>= 8)
            buffer_append_char(writer->out, (char)bits);
    }
    writer->groups++;
    writer->group_len = 0;
}

static void write_run(LevelWriter *writer)
{
    end_groups(writer);
    varint_append(writer->out, writer->run << 1);
    for (int bits = 0; bits < writer->bits; bits += 8)
        buffer_append_char(writer->out, (char)(writer->last >> bits));
    writer->run = 0;
}

/* What the run has is too little for one: it goes into groups, the last of which may stay open. */
static void run_into_groups(LevelWriter *writer)
{
    for (; writer->run; writer->run--) {
        writer->group[writer->group_len++] = writer->last;
        if (writer->group_len == 8)
            write_group(writer);
    }
}

static void settle(LevelWriter *writer)
{
    /* A group that is open is filled first: runs begin only behind whole groups. */
    while (writer->group_len && writer->run) {
        writer->group[writer->group_len++] = writer->last;
        writer->run--;
        if (writer->group_len == 8)
            write_group(writer);
    }
    if (writer->run >= RUN_MIN)
        write_run(writer);
    else
        run_into_groups(writer);
}

void levels_add(LevelWriter *writer, uint32_t value)
{
    if (writer->run && value != writer->last)
        settle(writer);
    writer->last = value;
    writer->run++;
}

void levels_end(LevelWriter *writer)
{
    settle(writer);
    if (writer->group_len) {
        while (writer->group_len < 8)
            writer->group[writer->group_len++] = 0;
        write_group(writer);
    }
    end_groups(writer);
}
