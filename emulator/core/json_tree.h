/* json_tree.h - a JSON document as a tree that knows where each value stands. */
#pragma once
#include "arena.h"

typedef enum TreeKind { TREE_OBJECT, TREE_ARRAY, TREE_STRING, TREE_NUMBER, TREE_TRUE, TREE_FALSE, TREE_NULL } TreeKind;

typedef struct TreePlace {
    uint32_t line, column; /* both from 1 */
} TreePlace;

typedef struct Tree {
    TreeKind kind;
    Bytes name; /* of an object's member */
    Bytes text; /* of a string, without escapes; of a number or word, as it is spelled */
    struct Tree *first, *next;
    size_t count;
    TreePlace start, end; /* behind its first and behind its last character, as IAM counts */
    const char *from;     /* its first character in the document */
    size_t length;        /* of all of it there */
} Tree;

typedef struct TreeRules {
    int depth_max;
    bool allows_twins; /* names that are twice in an object */
} TreeRules;

/* NULL: no JSON, or not by the rules. */
Tree *json_tree_read(Arena *arena, Bytes document, TreeRules rules);
/* The first of several: *documents is moved behind it and the white space there. NULL: as above; it is where it was. */
Tree *json_tree_read_first(Arena *arena, Bytes *documents, TreeRules rules);
