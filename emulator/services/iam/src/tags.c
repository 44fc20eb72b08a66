/* tags.c - tags of roles, users, policies and instance profiles. aws: IAM User Guide, "Tags for IAM resources". */
#include "attached.h"
#include "tagging.h"

static const TagTable table = {TAG_QUERIES("iam_tag", "owner", "?4"), .has_id = true};

static TagOwner tags_of(const Entity *entity)
{
    return (TagOwner){.table = &table, .id = entity->key};
}

static bool is_double(const IamtagListType *tags, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (bytes_equal_ignoring_case(tags->items[i].key, tags->items[at].key))
            return true;
    return false;
}

Status entity_tags_check(Call *call, const IamtagListType *tags)
{
    Bytes key;
    for (size_t i = 0; i < tags->len && i <= TAGS_MAX; i++)
        if (is_double(tags, i))
            return fail(call, &IAM_INVALID_INPUT,
                        "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    switch (tags_judge(TAGS_OF(tags), &key)) {
    case TAGS_TOO_MANY:
        return fail(call, &IAM_LIMIT_EXCEEDED, "The number of tags has reached the maximum limit.");
    case TAGS_RESERVED:
        return fail(call, &IAM_INVALID_INPUT, "User provided tag keys beginning with 'aws:' are not allowed.");
    case TAGS_FINE:
    case TAGS_DOUBLE:
    case TAGS_BAD_CHARACTER:
        break;
    }
    return OK;
}

int entity_tags_put(const Scope *scope, const Entity *entity, const IamtagListType *tags)
{
    TagOwner owner = tags_of(entity);
    return tags_put(scope, &owner, TAGS_OF(tags));
}

int entity_tags(const Scope *scope, const Entity *entity, IamtagListType *ret_tags)
{
    Tags tags;
    TagOwner owner = tags_of(entity);
    int code = tags_list(scope, &owner, (Bytes){0}, TAGS_MAX, &tags);
    if (code == STORE_OK && tags.len) /* where there are none, nothing is told */
        TAGS_TELL(ret_tags, tags);
    return code;
}

Status entity_tag(Call *call, const Entity *entity, const IamtagListType *tags)
{
    size_t count;
    TagOwner owner = tags_of(entity);
    TRY(entity_tags_check(call, tags));
    TRY(expect_ok(call, tags_count_with(&call->scope, &owner, TAGS_OF(tags), &count)));
    if (count > TAGS_MAX)
        return fail(call, &IAM_LIMIT_EXCEEDED, "The number of tags has reached the maximum limit.");
    return expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(tags)));
}

Status entity_untag(Call *call, const Entity *entity, const IamtagKeyListType *keys)
{
    TagOwner owner = tags_of(entity);
    return expect_ok(call, tags_remove(&call->scope, &owner, keys->items, keys->len));
}

Status entity_tags_page(Call *call, const Entity *entity, const EntityPage *page, IamtagListType *ret_tags)
{
    Tags tags;
    TagOwner owner = tags_of(entity);
    TRY(expect_ok(call, tags_list(&call->scope, &owner, page->after, page->limit + 1, &tags)));
    TAGS_TELL(ret_tags, tags);
    return OK;
}

/* AWS's own policies bear no tags of ours. */
static Status find_policy(Call *call, Bytes arn, Entity *ret_policy)
{
    PolicyRef policy;
    TRY(policy_find(call, arn, false, &policy));
    if (policy.managed)
        return fail(call, &IAM_INVALID_INPUT, "Cannot tag an AWS managed policy " BYTES_FMT ".", BYTES_ARG(arn));
    *ret_policy = policy.own;
    return OK;
}

OPERATION(IamTagRole, tag_role, WRITES);
static Status tag_role(Call *call, const IamTagRoleInput *in, IamTagRoleOutput *out)
{
    Entity role;
    (void)out;
    TRY(entity_find_for_change(call, ENTITY_ROLE, in->role_name, &role));
    return entity_tag(call, &role, &in->tags);
}

OPERATION(IamUntagRole, untag_role, WRITES);
static Status untag_role(Call *call, const IamUntagRoleInput *in, IamUntagRoleOutput *out)
{
    Entity role;
    (void)out;
    TRY(entity_find_for_change(call, ENTITY_ROLE, in->role_name, &role));
    return entity_untag(call, &role, &in->tag_keys);
}

OPERATION(IamListRoleTags, list_role_tags, READS);
static Status list_role_tags(Call *call, const IamListRoleTagsInput *in, IamListRoleTagsOutput *out)
{
    Entity role;
    EntityPage page;
    TRY(entity_find(call, ENTITY_ROLE, in->role_name, &role));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(entity_tags_page(call, &role, &page, &out->tags));
    PAGE_END(out, tags, .key);
    return OK;
}

OPERATION(IamTagUser, tag_user, WRITES);
static Status tag_user(Call *call, const IamTagUserInput *in, IamTagUserOutput *out)
{
    Entity user;
    (void)out;
    TRY(entity_find_for_change(call, ENTITY_USER, in->user_name, &user));
    return entity_tag(call, &user, &in->tags);
}

OPERATION(IamUntagUser, untag_user, WRITES);
static Status untag_user(Call *call, const IamUntagUserInput *in, IamUntagUserOutput *out)
{
    Entity user;
    (void)out;
    TRY(entity_find_for_change(call, ENTITY_USER, in->user_name, &user));
    return entity_untag(call, &user, &in->tag_keys);
}

OPERATION(IamListUserTags, list_user_tags, READS);
static Status list_user_tags(Call *call, const IamListUserTagsInput *in, IamListUserTagsOutput *out)
{
    Entity user;
    EntityPage page;
    TRY(entity_find(call, ENTITY_USER, in->user_name, &user));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(entity_tags_page(call, &user, &page, &out->tags));
    PAGE_END(out, tags, .key);
    return OK;
}

OPERATION(IamTagInstanceProfile, tag_instance_profile, WRITES);
static Status tag_instance_profile(Call *call, const IamTagInstanceProfileInput *in, IamTagInstanceProfileOutput *out)
{
    Entity instance_profile;
    (void)out;
    TRY(entity_find_for_change(call, ENTITY_PROFILE, in->instance_profile_name, &instance_profile));
    return entity_tag(call, &instance_profile, &in->tags);
}

OPERATION(IamUntagInstanceProfile, untag_instance_profile, WRITES);
static Status untag_instance_profile(Call *call, const IamUntagInstanceProfileInput *in,
                                     IamUntagInstanceProfileOutput *out)
{
    Entity instance_profile;
    (void)out;
    TRY(entity_find_for_change(call, ENTITY_PROFILE, in->instance_profile_name, &instance_profile));
    return entity_untag(call, &instance_profile, &in->tag_keys);
}

OPERATION(IamListInstanceProfileTags, list_instance_profile_tags, READS);
static Status list_instance_profile_tags(Call *call, const IamListInstanceProfileTagsInput *in,
                                         IamListInstanceProfileTagsOutput *out)
{
    Entity instance_profile;
    EntityPage page;
    TRY(entity_find(call, ENTITY_PROFILE, in->instance_profile_name, &instance_profile));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(entity_tags_page(call, &instance_profile, &page, &out->tags));
    PAGE_END(out, tags, .key);
    return OK;
}

OPERATION(IamTagPolicy, tag_policy, WRITES);
static Status tag_policy(Call *call, const IamTagPolicyInput *in, IamTagPolicyOutput *out)
{
    Entity policy;
    (void)out;
    TRY(find_policy(call, in->policy_arn, &policy));
    return entity_tag(call, &policy, &in->tags);
}

OPERATION(IamUntagPolicy, untag_policy, WRITES);
static Status untag_policy(Call *call, const IamUntagPolicyInput *in, IamUntagPolicyOutput *out)
{
    Entity policy;
    (void)out;
    TRY(find_policy(call, in->policy_arn, &policy));
    return entity_untag(call, &policy, &in->tag_keys);
}

OPERATION(IamListPolicyTags, list_policy_tags, READS);
static Status list_policy_tags(Call *call, const IamListPolicyTagsInput *in, IamListPolicyTagsOutput *out)
{
    Entity policy;
    EntityPage page;
    TRY(find_policy(call, in->policy_arn, &policy));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(entity_tags_page(call, &policy, &page, &out->tags));
    PAGE_END(out, tags, .key);
    return OK;
}
