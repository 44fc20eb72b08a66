/* dynamodb.h - DynamoDB: tables, items, indexes, expressions. */
#pragma once
#include "call.h"

typedef struct Dynamodb Dynamodb;

extern const Service dynamodb_service;
