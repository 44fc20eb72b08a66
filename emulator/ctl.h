/* ctl.h - `evpoc-emu ctl PAGE [NAME] [member=value]...`: the admin API from the command line. */
#pragma once
#include "config.h"

typedef struct CtlRequest {
    const char *page;           /* NULL: none was named */
    const char *const *members; /* "advance=7d"; a bare word is name=word; members_count of them */
    size_t members_count;
    bool is_delete, as_json, follows;
} CtlRequest;

int ctl_run(const Config *config, const CtlRequest *request);
