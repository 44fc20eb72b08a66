/* protobuf.h - .proto files of proto2 and proto3: are they such, and can what was written with one be read with
 * another? Protocol Buffers Language Specification (proto2, proto3); Language Guide, "Updating A Message Type". aws:
 * Glue Developer Guide, "Schema Registry": "proto2 and proto3 without support for extensions or groups". */
#pragma once
#include "mismatch.h"

typedef enum ProtoKind {
    PROTO_NAMED, /* not resolved yet: while parsing only */
    PROTO_DOUBLE,
    PROTO_FLOAT,
    PROTO_INT32,
    PROTO_INT64,
    PROTO_UINT32,
    PROTO_UINT64,
    PROTO_SINT32,
    PROTO_SINT64,
    PROTO_FIXED32,
    PROTO_FIXED64,
    PROTO_SFIXED32,
    PROTO_SFIXED64,
    PROTO_BOOL,
    PROTO_STRING,
    PROTO_BYTES,
    PROTO_ENUM,
    PROTO_MESSAGE,
} ProtoKind;

typedef enum ProtoLabel { LABEL_NONE, LABEL_OPTIONAL, LABEL_REQUIRED, LABEL_REPEATED } ProtoLabel;

typedef struct ProtoMessage ProtoMessage;
typedef struct ProtoEnum ProtoEnum;
typedef struct ProtoField ProtoField;
typedef struct ProtoRange ProtoRange;
typedef struct ProtoName ProtoName;
typedef struct ProtoOneof ProtoOneof;

/* All lists are linked, in the order of the file. */
struct ProtoField {
    ProtoField *next;
    Bytes name, type_name;
    int64_t number;
    ProtoLabel label;
    ProtoKind kind;
    const ProtoMessage *message; /* of PROTO_MESSAGE; a map's is its entry, and the label LABEL_REPEATED */
    const ProtoOneof *oneof;     /* NULL: in none */
    bool is_map, has_default, says_packed;
    bool is_packed; /* how numbers that are repeated are written */
};

struct ProtoOneof {
    ProtoOneof *next;
    Bytes name;
};

struct ProtoRange {
    ProtoRange *next;
    int64_t first, last;
};

struct ProtoName {
    ProtoName *next;
    Bytes name;
    int64_t number; /* of an enum's value */
};

struct ProtoMessage {
    ProtoMessage *next, *above, *messages; /* inside which; those inside */
    ProtoEnum *enums;
    Bytes name, full_name;
    ProtoField *fields;
    ProtoOneof *oneofs;
    ProtoRange *reserved;
    ProtoName *reserved_names;
    bool is_known; /* of Google's own files: nothing but its name is known */
};

struct ProtoEnum {
    ProtoEnum *next;
    Bytes name, full_name;
    ProtoName *values;
    ProtoRange *reserved;
    ProtoName *reserved_names;
    bool allows_alias;
};

typedef struct ProtoFile {
    bool is_proto3;
    Bytes package;
    ProtoName *imports;
    ProtoMessage *messages;
    ProtoEnum *enums;
} ProtoFile;

/* NULL with the reason where it isn't a .proto file, or has an extension or a group, or imports what is not Google's
 * own. */
const ProtoFile *proto_parse(Arena *arena, Bytes definition, Bytes *ret_reason);
/* The words of a file that parses, with a space between two. */
Bytes proto_canonical(Arena *arena, Bytes definition);
/* Can each message of the writer's file be read with the message of that name in the reader's? */
bool proto_can_read(Arena *arena, const ProtoFile *reader, const ProtoFile *writer, Mismatch *ret_mismatch);
const char *proto_kind_name(ProtoKind kind);
