/* dynamodb.h - DynamoDB: tables, items, indexes, expressions. */
#pragma once
#include "call.h"

typedef struct Dynamodb Dynamodb;

extern const Service dynamodb_service;

Dynamodb *dynamodb_open(Host *host);          /* NULL: the store is broken (store_error) */
Dynamodb *dynamodb_close(Dynamodb *dynamodb); /* NULL is fine; returns NULL */
