/* material.h - the key material of keys: sealed, several of a key that was rotated. */
#pragma once
#include "key.h"

typedef enum MaterialState { MATERIAL_CURRENT, MATERIAL_NON_CURRENT, MATERIAL_PENDING_ROTATION } MaterialState;
typedef enum Rotation { ROTATION_NONE, ROTATION_AUTOMATIC, ROTATION_ON_DEMAND } Rotation;

typedef struct Material {
    Bytes id;     /* 64 hex digits; of an asymmetric key's "" */
    Bytes sealed; /* absent: of keys of older files, or imported material that is gone */
    uint32_t state, rotation;
    int64_t serial, rotated_ms;
    int64_t expires_ms; /* imported: 0 never; -1: it isn't imported, or no longer there */
    Bytes description;
} Material;

/* Of material that we make: by chance, so that a seeded run gives the same again. */
Bytes material_id_new(const Scope *scope);
/* Of imported bytes, under this key: the same again for the same. */
Bytes material_id_of(const Scope *scope, Bytes key_id, Bytes plain);
/* Sealed and added as the last of the key's, or in the place of the one with the same id. */
MUST_CHECK int material_put(const Scope *scope, Bytes key_id, Material *material, Bytes plain);
/* STORE_OK, STORE_NOT_FOUND, or below 0 */
MUST_CHECK int material_find(const Scope *scope, Bytes key_id, Bytes id, Material *ret_material);
MUST_CHECK int material_pending(const Scope *scope, Bytes key_id, Material *ret_material);
/* Those after a serial, up to limit, in their order. */
typedef struct MaterialPage {
    int64_t after;
    size_t limit;
    bool only_rotations;
} MaterialPage;
MUST_CHECK int material_list(const Scope *scope, Bytes key_id, const MaterialPage *page, Material *ret_materials,
                             size_t *ret_count);
MUST_CHECK int material_count_rotations(const Scope *scope, Bytes key_id, Rotation rotation, int64_t *ret_count);
MUST_CHECK int material_save(const Scope *scope, Bytes key_id, const Material *material);
MUST_CHECK int material_forget_expired(const Scope *scope, Bytes key_id);
/* From one region's key to another's. */
MUST_CHECK int material_copy(const Scope *from, Bytes key_id, Bytes to_region);

/* The bytes of the key's current material (id: key->material_id), or of an older one. false: it isn't there. */
MUST_CHECK int material_open(const Scope *scope, Bytes key_id, Bytes id, Bytes *ret_plain);
/* The same for a call, where it must be there: the state of the key says so. */
MUST_CHECK Status material_of(Call *call, const KmsKey *key, Bytes *ret_plain);
