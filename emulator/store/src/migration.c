/* migration.c - numbered steps of a schema, each run once per file. */
#include "store_internal.h"

static const Query find_step = {"SELECT step FROM migration WHERE name = ?1"};
static const Query set_step = {
    "INSERT INTO migration (name, step) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET step = excluded.step"};

static int steps_done(Store *store, const Migration *migration, int64_t *ret_done)
{
    Statement *find = statement_begin(store, &find_step);
    bind_text(find, 1, bytes_of(migration->name));
    int found = statement_one(find);
    *ret_done = 0;
    if (found == STORE_ROW) {
        *ret_done = column_int64(find, 0);
        statement_end(find);
    }
    return found < 0 ? found : STORE_OK;
}

static int note_step(Store *store, const Migration *migration, int64_t step)
{
    Statement *set = statement_begin(store, &set_step);
    bind_text(set, 1, bytes_of(migration->name));
    bind_int64(set, 2, step);
    return statement_run(set);
}

int store_migrate(Store *store, const Migration *migration)
{
    int64_t done, step = 0;
    int code = steps_done(store, migration, &done);
    if (code != STORE_OK)
        return code;
    for (; migration->steps[step]; step++)
        if (step >= done && store_exec(store, migration->steps[step]))
            return STORE_BROKEN;
    if (step < done) {
        note_failure(store, "the file was made by a later version of evpoc-emu; it was left as it is");
        return STORE_TOO_NEW;
    }
    if (step != done)
        code = note_step(store, migration, step);
    return code == STORE_OK && !store->is_new ? check_schema(store, migration) : code;
}
