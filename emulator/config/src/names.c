/* names.c */
#include "names.h"
#include <stdio.h>

#define DISTANCE_MAX 3

void name_write(SettingId id, NameForm form, char out[static NAME_MAX_LEN])
{
    const char *prefix = form == NAME_IS_FLAG ? "--" : form == NAME_IS_VARIABLE ? "EVPOC_" : "";
    snprintf(out, NAME_MAX_LEN, "%s%s", prefix, settings[id].name);
    if (form != NAME_IS_VARIABLE)
        return;
    for (char *c = out; *c; c++)
        *c = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
}

bool name_find(Bytes name, NameForm form, SettingId *ret_id)
{
    char known[NAME_MAX_LEN];
    for (int id = 0; id < SETTINGS; id++) {
        name_write((SettingId)id, form, known);
        if (bytes_is(name, known)) {
            *ret_id = (SettingId)id;
            return true;
        }
    }
    return false;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's: how many letters must be put in, taken out or changed. */
static size_t distance(Bytes a, Bytes b)
{
    size_t row[NAME_MAX_LEN + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            diagonal = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

bool name_nearest(Bytes name, NameForm form, char out[static NAME_MAX_LEN])
{
    size_t best = DISTANCE_MAX + 1;
    for (int id = 0; id < SETTINGS && name.len < NAME_MAX_LEN; id++) {
        char known[NAME_MAX_LEN];
        name_write((SettingId)id, form, known);
        size_t far = distance(name, bytes_of(known));
        if (far >= best)
            continue;
        best = far;
        memcpy(out, known, sizeof known);
    }
    return best <= DISTANCE_MAX;
}
