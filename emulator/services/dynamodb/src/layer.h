/* layer.h - AWS checks requests in two layers, which say the same in other words: since the middle of 2026 most
 * operations have a new one. aws: observed answers, paritysuite/dynamodb-conformance (captures of 2026-09 and 2026-10
 * from 33 regions). */
#pragma once
#include "call.h"

typedef enum Layer {
    LAYER_OLDER,    /* BatchWriteItem, Scan, TransactGetItems, TransactWriteItems, PartiQL */
    LAYER_CURRENT,  /* BatchGetItem, GetItem, Query, and whatever came later */
    LAYER_ENVELOPED /* PutItem, UpdateItem, DeleteItem: as the current one, behind "1 validation error detected: " */
} Layer;

#define ENVELOPE "1 validation error detected: "

Layer layer_of(const Call *call);
