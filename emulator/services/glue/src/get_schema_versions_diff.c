/* get_schema_versions_diff.c - GetSchemaVersionsDiff: "The difference between schemas as a string in JsonPatch format."
 */
#include "diff.h"
#include "schema.h"

OPERATION(GlueGetSchemaVersionsDiff, get_schema_versions_diff, READS);

static Status get_schema_versions_diff(Call *call, const GlueGetSchemaVersionsDiffInput *in,
                                       GlueGetSchemaVersionsDiffOutput *out)
{
    Schema schema;
    Version first, second;
    TRY(schema_find(call, in->schema_id, &schema));
    TRY(version_find(call, &schema, in->first_schema_version_number, &first));
    TRY(version_find(call, &schema, in->second_schema_version_number, &second));
    out->diff = diff_definitions(call->arena, first.definition, second.definition);
    return OK;
}
