/* dynamodbstreams.h - DynamoDB Streams: how clients read the streams of tables. */
#pragma once
#include "call.h"

extern const Service dynamodbstreams_service;
