/* shapes.h - what the generator writes of a model, by hand, for the throw-away services. */
#pragma once
#include "call.h"
#include <stddef.h>

static const Shape text = {.name = "String", .kind = KIND_STRING, .size = sizeof(Bytes), .min = NO_MIN, .max = NO_MAX};
static const Shape blob = {.name = "Blob", .kind = KIND_BLOB, .size = sizeof(Bytes), .min = NO_MIN, .max = NO_MAX};
static const Shape number = {.name = "Long", .kind = KIND_LONG, .size = sizeof(int64_t), .min = NO_MIN, .max = NO_MAX};

#define FIELD(Type, member, shape_, ...)                                                                               \
    {                                                                                                                  \
        .name = {#member, sizeof #member - 1}, .path = #member, .shape = shape_, .offset = offsetof(Type, member),     \
        .has_offset = NO_OFFSET, __VA_ARGS__                                                                           \
    }
#define NUMBER_FIELD(Type, member, ...)                                                                                \
    {                                                                                                                  \
        .name = {#member, sizeof #member - 1}, .path = #member, .shape = &number, .offset = offsetof(Type, member),    \
        .has_offset = offsetof(Type, has_##member), __VA_ARGS__                                                        \
    }
#define STRUCTURE(Type, fields_)                                                                                       \
    {                                                                                                                  \
        .name = #Type, .kind = KIND_STRUCTURE, .size = sizeof(Type), .min = NO_MIN, .max = NO_MAX,                     \
        .fields_count = sizeof fields_ / sizeof *fields_, .fields = fields_                                            \
    }

#define MODEL(Name, in, out, method_, uri_)                                                                            \
    static const OperationModel Name##Model = {.name = #Name,                                                          \
                                               .input = &in,                                                           \
                                               .output = &out,                                                         \
                                               .has_output = true,                                                     \
                                               .method = method_,                                                      \
                                               .uri = uri_,                                                            \
                                               .status = 200}

/* objects.c */
extern const Service objects_service;
