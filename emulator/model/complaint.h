/* complaint.h - constraints of a model that an input does not keep, found by the validation (wire.h) and told by the
 * pipeline, or by the service in words of its own (call.h, Service.judge). */
#pragma once
#include "arena.h"
#include "model.h"

/* aws: no more are counted. 501 records without a partition key are "10 validation errors detected: …" (kinesalite's
 * test of PutRecords, which its authors ran against AWS). */
#define COMPLAINTS_MAX 10

typedef struct Complaint {
    const char *member; /* of the input, in which it lies: "tableName" */
    Bytes text;         /* "Value '' at 'tableName' failed to satisfy constraint: Member must have length …" */
    Bytes value, path;  /* parts of the text: "''", or "null"; "tableName" */
    Bytes constraint;   /* "Member must have length …" */
} Complaint;

typedef struct Complaints {
    int count;
    Complaint items[COMPLAINTS_MAX];
} Complaints;

/* "2 validation errors detected: Value …; Value …" */
Bytes complaints_message(Arena *arena, const Complaints *complaints);
