/* faults.h - rules that break things on purpose. */
#pragma once
#include "pipeline.h"

typedef struct Faults Faults;

Faults *faults_new(Runtime *runtime);
Faults *faults_free(Faults *faults);

/* What a request meets. */
typedef struct Meeting {
    const char *service, *operation;
    Bytes account, region;
    const Shape *shape;
    const void *in; /* of shape */
} Meeting;

/* The first rule that strikes it; NULL: none. It counts the hit. */
const FaultRule *faults_strike(Faults *faults, const Meeting *meeting);

int faults_add(Faults *faults, const FaultRule *rule);
bool faults_remove(Faults *faults, int id);
const FaultRule *faults_next(const Faults *faults, int after);
