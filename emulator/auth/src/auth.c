/* auth.c - its setting, its root keys, and its end. */
#include "config.h"
#include "soft.h"
#include <stdlib.h>

/* "ACCESS:SECRET" or "ACCESS:SECRET:ACCOUNT", with commas between. */
void root_keys_read(Auth *auth, const char *list)
{
    Bytes rest = arena_copy(auth->arena, bytes_of(list));
    while (present(rest) && auth->root_keys_count < ROOT_KEYS_MAX) {
        Bytes account = bytes_cut(&rest, ','), access_key = bytes_cut(&account, ':');
        if (!access_key.len || !present(account))
            continue;
        Bytes secret = bytes_cut(&account, ':');
        auth->root_keys[auth->root_keys_count++] = (RootKey){access_key, secret, account};
    }
}

Auth *auth_new(Runtime *runtime)
{
    Auth *auth = calloc(1, sizeof *auth);
    if (!auth)
        abort();
    auth->runtime = runtime;
    auth->arena = arena_new();
    auth->notes = notes_new();
    auth->guard.form = authenticate_form;
    auth->guard.act = authorize_act;
    if (!runtime->config)
        return auth;
    auth_set_mode(auth, (AuthMode)config_choice(runtime->config, SETTING_AUTH));
    root_keys_read(auth, config_text(runtime->config, SETTING_ROOT_KEYS));
    return auth;
}

Auth *auth_free(Auth *auth)
{
    if (auth) {
        auth->runtime->guard = NULL;
        arena_free(auth->arena);
        notes_free(auth->notes);
    }
    free(auth);
    return NULL;
}

void auth_set_mode(Auth *auth, AuthMode mode)
{
    auth->mode = mode;
    auth->runtime->guard = mode == AUTH_OFF ? NULL : &auth->guard;
}
