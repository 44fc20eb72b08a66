/* state.h - what admin's pages know. */
#pragma once
#include "admin.h"
#include "page.h"

struct Admin {
    AdminOptions options;
    int64_t opened_ns;
    bool is_ready;
};

PageFunction health_page, ready_page, ca_page, clock_page, reset_page, snapshot_page, restore_page, requests_page,
    metrics_page, faults_page, state_reset_page, version_page;
