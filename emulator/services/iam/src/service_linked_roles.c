/* service_linked_roles.c - the roles that services make for themselves. Which there are, managed/service_roles.txt
 * tells; of a service it does not name, the role is named after its host name's first label. aws: IAM API Reference,
 * CreateServiceLinkedRole, DeleteServiceLinkedRole. */
#include "asset.h"
#include "attached.h"
#include "uuid.h"

extern const Asset managed_files[];

typedef struct ServiceRole {
    Bytes name, policy, description;
    bool takes_suffix;
} ServiceRole;

static Bytes default_name(Call *call, Bytes service)
{
    Bytes rest = service;
    Bytes label = bytes_cut(&rest, '.');
    char *text = (char *)arena_text(call->arena, "AWSServiceRoleFor" BYTES_FMT, BYTES_ARG(label)).ptr;
    if (text[17] >= 'a' && text[17] <= 'z')
        text[17] = (char)(text[17] - 32);
    return (Bytes){text, 17 + label.len};
}

static ServiceRole role_of(Call *call, Bytes service)
{
    Bytes text = managed_files[1].bytes;
    while (present(text) && text.len) {
        Bytes line = bytes_cut(&text, '\n');
        if (!bytes_equal(bytes_cut(&line, '\t'), service))
            continue;
        ServiceRole role = {.name = bytes_cut(&line, '\t')};
        role.takes_suffix = bytes_is(bytes_cut(&line, '\t'), "suffix");
        role.policy = bytes_cut(&line, '\t');
        role.description = bytes_is(line, "-") ? (Bytes){0} : line;
        return role;
    }
    return (ServiceRole){.name = default_name(call, service), .takes_suffix = true};
}

static Bytes trust_of(Call *call, Bytes service)
{
    return arena_text(call->arena,
                      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
                      "{\"Service\":\"" BYTES_FMT "\"},\"Action\":\"sts:AssumeRole\"}]}",
                      BYTES_ARG(service));
}

OPERATION(IamCreateServiceLinkedRole, create_service_linked_role, WRITES);
static Status create_service_linked_role(Call *call, const IamCreateServiceLinkedRoleInput *in,
                                         IamCreateServiceLinkedRoleOutput *out)
{
    Entity there;
    ServiceRole known = role_of(call, in->aws_service_name);
    if (present(in->custom_suffix) && !known.takes_suffix)
        return fail(call, &IAM_INVALID_INPUT, "Custom suffix is not allowed for " BYTES_FMT,
                    BYTES_ARG(in->aws_service_name));
    Bytes name = known.name;
    if (present(in->custom_suffix))
        name = arena_text(call->arena, BYTES_FMT "_" BYTES_FMT, BYTES_ARG(name), BYTES_ARG(in->custom_suffix));
    int code = entity_look_up(&call->scope, ENTITY_ROLE, name, &there);
    if (code == STORE_OK)
        return fail(call, &IAM_INVALID_INPUT,
                    "Service role name " BYTES_FMT " has been taken in this account, please try a different suffix.",
                    BYTES_ARG(name));
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    TRY(entity_check_new(call, ENTITY_ROLE, name));

    Entity role = {.kind = ENTITY_ROLE,
                   .name = name,
                   .path = arena_text(call->arena, "/aws-service-role/" BYTES_FMT "/", BYTES_ARG(in->aws_service_name)),
                   .document = trust_of(call, in->aws_service_name),
                   .description = present(in->description) ? in->description : known.description,
                   .max_session_seconds = 3600};
    TRY(expect_ok(call, entity_insert(&call->scope, &role)));
    if (present(known.policy))
        TRY(expect_ok(call,
                      attachment_insert(&call->scope, &role,
                                        arena_text(call->arena, "arn:" BYTES_FMT ":iam::aws:policy/" BYTES_FMT,
                                                   BYTES_ARG(arn_partition(call->region)), BYTES_ARG(known.policy)))));

    out->role = arena_new_of(call->arena, IamRole);
    return role_tell(call, &role, out->role);
}

OPERATION(IamDeleteServiceLinkedRole, delete_service_linked_role, WRITES);
static Status delete_service_linked_role(Call *call, const IamDeleteServiceLinkedRoleInput *in,
                                         IamDeleteServiceLinkedRoleOutput *out)
{
    Entity role;
    TRY(entity_find(call, ENTITY_ROLE, in->role_name, &role));
    if (!bytes_starts_with(role.path, TEXT("/aws-service-role/")))
        return fail(call, &IAM_NO_SUCH_ENTITY, "The role with name " BYTES_FMT " cannot be found.",
                    BYTES_ARG(in->role_name));
    Bytes task = uuid_new(call->arena, call->runtime->random);
    TRY(expect_ok(call, attachments_delete(&call->scope, &role)));
    TRY(expect_ok(call, entity_delete(&call->scope, &role)));
    /* /aws-service-role/<service>/ */
    out->deletion_task_id = arena_text(call->arena, "task" BYTES_FMT BYTES_FMT "/" BYTES_FMT, BYTES_ARG(role.path),
                                       BYTES_ARG(role.name), BYTES_ARG(task));
    return OK;
}

/* A deletion is over when it is asked for: only what a role's path and name do not fit is still there. */
OPERATION(IamGetServiceLinkedRoleDeletionStatus, get_service_linked_role_deletion_status, READS);
static Status get_service_linked_role_deletion_status(Call *call, const IamGetServiceLinkedRoleDeletionStatusInput *in,
                                                      IamGetServiceLinkedRoleDeletionStatusOutput *out)
{
    if (!bytes_starts_with(in->deletion_task_id, TEXT("task/aws-service-role/")))
        return fail(call, &IAM_INVALID_INPUT, "The deletion task id " BYTES_FMT " is not valid.",
                    BYTES_ARG(in->deletion_task_id));
    out->status = IAM_DELETION_TASK_STATUS_TYPE_SUCCEEDED;
    return OK;
}
