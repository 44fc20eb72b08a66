/* tree.h - a JSON document as a tree that knows where each value stands. */
#pragma once
#include "policy_document.h"

typedef enum TreeKind { TREE_OBJECT, TREE_ARRAY, TREE_STRING, TREE_NUMBER, TREE_TRUE, TREE_FALSE, TREE_NULL } TreeKind;

typedef struct Tree {
    TreeKind kind;
    Bytes name; /* of an object's member */
    Bytes text; /* of a string, without escapes; of a number or word, as it is spelled */
    struct Tree *first, *next;
    size_t count;
    PolicyPlace start, end; /* behind its first and behind its last character, as IAM counts */
} Tree;

/* NULL: no JSON, a name twice in an object, or deeper than POLICY_DEPTH_MAX. */
Tree *tree_read(Arena *arena, Bytes document);
