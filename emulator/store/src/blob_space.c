/* blob_space.c - a treap of the free ranges by their place; each node knows the longest range below it, so that the
 * first one that is large enough is found on one way down. */
#include "blob_space.h"
#include <stdlib.h>

typedef struct Node {
    uint64_t place, length;
    uint64_t longest; /* of this and all below */
    uint32_t rank;    /* chance; no child's is higher */
    struct Node *left, *right;
} Node;

struct Space {
    Node *root;
    uint64_t end, free_bytes;
    uint64_t chance;
};

Space *space_new(void)
{
    Space *space = calloc(1, sizeof *space);
    if (!space)
        abort();
    space->chance = 0x9e3779b97f4a7c15u;
    return space;
}

static void free_nodes(Node *node)
{
    if (!node)
        return;
    free_nodes(node->left);
    free_nodes(node->right);
    free(node);
}

Space *space_free(Space *space)
{
    if (space)
        free_nodes(space->root);
    free(space);
    return NULL;
}

static Node *renew(Node *node)
{
    node->longest = node->length;
    if (node->left && node->left->longest > node->longest)
        node->longest = node->left->longest;
    if (node->right && node->right->longest > node->longest)
        node->longest = node->right->longest;
    return node;
}

/* All of `left` lies before all of `right`. */
static Node *merge(Node *left, Node *right)
{
    if (!left || !right)
        return left ? left : right;
    if (left->rank > right->rank) {
        left->right = merge(left->right, right);
        return renew(left);
    }
    right->left = merge(left, right->left);
    return renew(right);
}

/* Those before `place`, and the others. */
static void split(Node *node, uint64_t place, Node **ret_before, Node **ret_rest)
{
    if (!node) {
        *ret_before = *ret_rest = NULL;
    } else if (node->place < place) {
        *ret_before = node;
        split(node->right, place, &node->right, ret_rest);
        renew(node);
    } else {
        *ret_rest = node;
        split(node->left, place, ret_before, &node->left);
        renew(node);
    }
}

/* Off its front. */
static Node *cut(Node *node, uint64_t length)
{
    node->place += length;
    node->length -= length;
    if (node->length)
        return renew(node);
    Node *rest = merge(node->left, node->right);
    free(node);
    return rest;
}

static Node *take_first(Node *node, uint64_t length, uint64_t *ret_place)
{
    if (node->left && node->left->longest >= length) {
        node->left = take_first(node->left, length, ret_place);
        return renew(node);
    }
    if (node->length >= length) {
        *ret_place = node->place;
        return cut(node, length);
    }
    node->right = take_first(node->right, length, ret_place);
    return renew(node);
}

uint64_t space_take(Space *space, uint64_t length)
{
    uint64_t place = space->end;
    if (space->root && space->root->longest >= length) {
        space->root = take_first(space->root, length, &place);
        space->free_bytes -= length;
    } else {
        space->end += length;
    }
    return place;
}

static Node *take_at(Node *node, uint64_t place, uint64_t length, bool *ret_taken)
{
    if (!node)
        return NULL;
    if (node->place == place) {
        *ret_taken = node->length >= length;
        return *ret_taken ? cut(node, length) : node;
    }
    if (place < node->place)
        node->left = take_at(node->left, place, length, ret_taken);
    else
        node->right = take_at(node->right, place, length, ret_taken);
    return renew(node);
}

bool space_take_at(Space *space, uint64_t place, uint64_t length)
{
    bool is_taken = place == space->end;
    if (is_taken) {
        space->end += length;
        return true;
    }
    space->root = take_at(space->root, place, length, &is_taken);
    if (is_taken)
        space->free_bytes -= length;
    return is_taken;
}

/* The last of `before`, taken out where it ends at `place`. */
static Node *pop_neighbour(Node *node, uint64_t place, uint64_t *ret_length)
{
    if (!node)
        return NULL;
    if (node->right) {
        node->right = pop_neighbour(node->right, place, ret_length);
        return renew(node);
    }
    if (node->place + node->length != place)
        return node;
    *ret_length = node->length;
    Node *rest = node->left;
    free(node);
    return rest;
}

static Node *new_node(Space *space, uint64_t place, uint64_t length)
{
    Node *node = calloc(1, sizeof *node);
    if (!node)
        abort();
    space->chance ^= space->chance << 13, space->chance ^= space->chance >> 7, space->chance ^= space->chance << 17;
    *node = (Node){.place = place, .length = length, .longest = length, .rank = (uint32_t)(space->chance >> 32)};
    return node;
}

void space_give(Space *space, uint64_t place, uint64_t length)
{
    Node *before, *rest, *touching;
    uint64_t neighbour = 0;
    if (!length)
        return;
    split(space->root, place, &before, &rest);
    space->free_bytes += length;
    before = pop_neighbour(before, place, &neighbour);
    place -= neighbour;
    length += neighbour;
    split(rest, place + length + 1, &touching, &rest);
    if (touching) {
        length += touching->length;
        free(touching);
    }
    if (place + length == space->end) {
        space->end = place;
        space->free_bytes -= length;
        space->root = merge(before, rest);
    } else {
        space->root = merge(merge(before, new_node(space, place, length)), rest);
    }
}

uint64_t space_end(const Space *space)
{
    return space->end;
}

uint64_t space_free_bytes(const Space *space)
{
    return space->free_bytes;
}

bool space_is_free(const Space *space, uint64_t place, uint64_t length)
{
    const Node *found = NULL;
    for (const Node *node = space->root; node; node = node->place <= place ? node->right : node->left)
        if (node->place <= place)
            found = node;
    return found && place - found->place <= found->length && length <= found->length - (place - found->place);
}

bool space_next(const Space *space, uint64_t from, uint64_t *ret_place, uint64_t *ret_length)
{
    const Node *found = NULL;
    for (const Node *node = space->root; node; node = node->place >= from ? node->left : node->right)
        if (node->place >= from)
            found = node;
    if (!found)
        return false;
    *ret_place = found->place;
    *ret_length = found->length;
    return true;
}
