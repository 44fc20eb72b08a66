/* outlet.h - one object that a delivery is making: its name, the compressor, and bytes that nobody sees yet. */
#pragma once
#include "conversion/conversion.h"
#include "deliveries.h"
#include "java_time.h"

typedef struct Outlet {
    struct Outlet *next;
    Bytes bucket, key;
    struct Compressor *compressor;
    ParquetWriter *writer; /* where records are converted, instead of the compressor */
    struct S3Deposit *deposit;
    int64_t since_ms;  /* arrival of its oldest record */
    bool is_converted; /* then it has a writer, if there are columns to write */
    int64_t bytes, records;
} Outlet;

/* How an object is named and made, of whichever part of a destination. */
typedef struct OutletSettings {
    Bytes bucket;
    Bytes prefix;         /* evaluated */
    Bytes compression;    /* of the model's enumeration */
    Bytes file_extension; /* empty: that of the compression */
    int64_t since_ms;
    struct Conversion *conversion; /* NULL: records stay as they are */
    bool is_one_of_many;           /* its compressor shall be small */
} OutletSettings;

JavaTime outlet_time(const Delivery *delivery, int64_t at_ms);
/* Codes of the store. */
MUST_CHECK int outlet_open(Delivery *delivery, const OutletSettings *settings, Outlet **ret_outlet);
Outlet *outlet_free(Outlet *outlet); /* and those behind it; returns NULL */
/* What was added to an outlet goes to its deposit no later than when another is added to, or by outlets_settle. */
MUST_CHECK int outlet_add(Delivery *delivery, Outlet *outlet, Bytes bytes);
/* A record that is converted; what cannot be is told by a fault, and is not there. Rows of another may have to leave.
 */
MUST_CHECK int outlet_add_record(Delivery *delivery, Outlet *outlet, Bytes record, RowFault *ret_fault);
bool outlet_is_empty(const Outlet *outlet); /* it was made for records that could not be converted: it is no object */
MUST_CHECK int outlets_settle(Delivery *delivery);
/* The last of its bytes. */
MUST_CHECK int outlet_end(Delivery *delivery, Outlet *outlet);
/* (turn) It is an object. */
MUST_CHECK int outlet_keep(const Scope *scope, Outlet *outlet);
