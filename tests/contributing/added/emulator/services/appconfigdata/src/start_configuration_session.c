/* start_configuration_session.c - StartConfigurationSession: a token for the first GetLatestConfiguration.
 * aws: AppConfig API Reference, StartConfigurationSession. */
#include "appconfigdata_model.h"
#include "call.h"

OPERATION(AppconfigdataStartConfigurationSession, start_configuration_session, READS);

static Status start_configuration_session(Call *call, const AppconfigdataStartConfigurationSessionInput *in,
                                          AppconfigdataStartConfigurationSessionOutput *out)
{
    out->initial_configuration_token =
        arena_text(call->arena, BYTES_FMT "/" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(in->application_identifier),
                   BYTES_ARG(in->environment_identifier), BYTES_ARG(in->configuration_profile_identifier));
    return OK;
}
