/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for AWS Glue". */
#include "glue.h"
#include "glue_model.h"
#include "permission.h"
#include "tags.h"

extern const PermissionsOf glue_permissions;

static void create_schema_needs(Call *call, const void *in, NeedList *needs)
{
    const GlueCreateSchemaInput *input = in;
    const GlueRegistryId *id = input->registry_id;
    Bytes registry = id && present(id->registry_name) ? id->registry_name : TEXT("default-registry"), rest;
    if (id && present(id->registry_arn)) {
        rest = permission_name(id->registry_arn, "registry");
        registry = present(rest) ? rest : registry;
    }
    permission_need(call, &glue_permissions, needs,
                    arena_text(call->arena, "registry/" BYTES_FMT, BYTES_ARG(registry)));
    permission_need(
        call, &glue_permissions, needs,
        arena_text(call->arena, "schema/" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(registry), BYTES_ARG(input->schema_name)));
}

/* aws: Glue Developer Guide, "Specifying AWS Glue resource ARNs": also "all the ancestors of the resource". */
static void catalogue_needs(Call *call, const void *in, NeedList *needs)
{
    static const char *const tables[] = {"TableName", "TableInput.Name", "TablesToDelete", "Name"};
    bool is_of_database = !memmem(call->operation->model->name, strlen(call->operation->model->name), "Table", 5) &&
                          !memmem(call->operation->model->name, strlen(call->operation->model->name), "Partition", 9);
    Bytes database = permission_member(call, in, "DatabaseName");
    if (is_of_database && !present(database))
        database = permission_member(call, in, "Name");
    if (is_of_database && !present(database))
        database = permission_member(call, in, "DatabaseInput.Name");
    permission_need(call, &glue_permissions, needs, TEXT("catalog"));
    if (!present(database))
        return;
    permission_need(call, &glue_permissions, needs,
                    arena_text(call->arena, "database/" BYTES_FMT, BYTES_ARG(database)));
    for (size_t i = 0; !is_of_database && i < sizeof tables / sizeof *tables; i++) {
        PermissionTexts names = permission_members(call, in, tables[i]);
        for (size_t at = 0; at < names.len; at++)
            permission_need(call, &glue_permissions, needs,
                            arena_text(call->arena, "table/" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(database),
                                       BYTES_ARG(names.items[at])));
        if (names.len)
            return;
    }
}

static const Permission rows[] = {
    {"CreateRegistry", NULL, "registry/{RegistryName}", NULL},
    {"GetRegistry", NULL, "{RegistryId.RegistryArn} registry/{RegistryId.RegistryName} registry/default-registry",
     NULL},
    {"UpdateRegistry", NULL, "{RegistryId.RegistryArn} registry/{RegistryId.RegistryName} registry/default-registry",
     NULL},
    {"DeleteRegistry", NULL, "{RegistryId.RegistryArn} registry/{RegistryId.RegistryName} registry/default-registry",
     NULL},
    {"ListRegistries", NULL, NULL, NULL},
    {"CheckSchemaVersionValidity", NULL, NULL, NULL},
    {"ListSchemas", NULL, "{RegistryId.RegistryArn} registry/{RegistryId.RegistryName} registry/default-registry",
     NULL},
    {"CreateSchema", NULL, NULL, create_schema_needs},
    {"GetSchema", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"UpdateSchema", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"DeleteSchema", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"RegisterSchemaVersion", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"GetSchemaVersion", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"GetSchemaByDefinition", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"ListSchemaVersions", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"DeleteSchemaVersions", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"GetSchemaVersionsDiff", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"PutSchemaVersionMetadata", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"QuerySchemaVersionMetadata", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"RemoveSchemaVersionMetadata", NULL,
     "{SchemaId.SchemaArn} schema/{SchemaId.RegistryName}/{SchemaId.SchemaName} schema/default-registry/{SchemaId.SchemaName}",
     NULL},
    {"TagResource", NULL, "{ResourceArn}", NULL},
    {"UntagResource", NULL, "{ResourceArn}", NULL},
    {"GetTags", NULL, "{ResourceArn}", NULL},
    {"CreateDatabase", NULL, NULL, catalogue_needs},
    {"GetDatabase", NULL, NULL, catalogue_needs},
    {"UpdateDatabase", NULL, NULL, catalogue_needs},
    {"DeleteDatabase", NULL, NULL, catalogue_needs},
    {"CreateTable", NULL, NULL, catalogue_needs},
    {"GetTable", NULL, NULL, catalogue_needs},
    {"GetTables", NULL, NULL, catalogue_needs},
    {"UpdateTable", NULL, NULL, catalogue_needs},
    {"DeleteTable", NULL, NULL, catalogue_needs},
    {"BatchDeleteTable", NULL, NULL, catalogue_needs},
    {"GetTableVersion", NULL, NULL, catalogue_needs},
    {"GetTableVersions", NULL, NULL, catalogue_needs},
    {"DeleteTableVersion", NULL, NULL, catalogue_needs},
    {"BatchDeleteTableVersion", NULL, NULL, catalogue_needs},
    {"CreatePartition", NULL, NULL, catalogue_needs},
    {"BatchCreatePartition", NULL, NULL, catalogue_needs},
    {"GetPartitionIndexes", NULL, NULL, catalogue_needs},
    {"GetPartition", NULL, NULL, catalogue_needs},
    {"GetPartitions", NULL, NULL, catalogue_needs},
    {"BatchGetPartition", NULL, NULL, catalogue_needs},
    {"UpdatePartition", NULL, NULL, catalogue_needs},
    {"BatchUpdatePartition", NULL, NULL, catalogue_needs},
    {"DeletePartition", NULL, NULL, catalogue_needs},
    {"BatchDeletePartition", NULL, NULL, catalogue_needs},
    {"GetDatabases", NULL, NULL, catalogue_needs},
    {"SearchTables", NULL, NULL, catalogue_needs},
    {NULL, NULL, NULL, NULL},
};

const PermissionsOf glue_permissions = {
    .prefix = "glue",
    .rows = rows,
};
