/* s3.h - what other services and main may ask of the Simple Storage Service. */
#pragma once
#include "call.h"

extern const Service s3_service;
