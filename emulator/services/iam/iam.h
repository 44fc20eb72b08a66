/* iam.h - Identity and Access Management: who is who, and which policies are whose. */
#pragma once
#include "call.h"

typedef struct Iam Iam;

extern const Service iam_service;
