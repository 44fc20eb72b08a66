/* backup_test.c - a table is copied, gone back in time with, and indexed, in steps between which it changes, turns are
 * undone and the service is closed and opened again: what comes back is what was there at that moment, to the item,
 * also in its index; what is indexed is what is there. Held against a model; the steps are made one by one, so that
 * nothing depends on how fast they are. */
#include "dynamodb_operations.h"
#include "event.h"
#include "loop.h"
#include "table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka's: call.h has its own */

#define START_MS    INT64_C(1700000000000)
#define KEYS        2600
#define VALUE_BYTES 1500 /* a step is a megabyte: four of them, and as many for the restore */

typedef struct Model {
    int values[KEYS]; /* 0: no item */
} Model;

typedef struct Fixture {
    Runtime runtime;
    void *service;
    Arena *arena;
    Call call;
    Random *random;
    Model now;
    int last; /* value given */
    char directory[32];
} Fixture;

static void open_service(Fixture *fixture)
{
    const char *reason = NULL;
    assert_int_equal(store_open(fixture->directory, DURABILITY_COMMIT, &fixture->runtime.store, &reason), STORE_OK);
    fixture->service = dynamodb_service.open(&fixture->runtime);
    assert_non_null(fixture->service);
    assert_int_equal(store_commit(fixture->runtime.store), STORE_OK);
}

/* What is not committed is lost with it. */
static void close_service(Fixture *fixture)
{
    dynamodb_service.close(fixture->service);
    runtime_free_events(&fixture->runtime);
    store_close(fixture->runtime.store);
}

static int setup(void **state)
{
    Fixture *fixture = calloc(1, sizeof *fixture);
    Runtime *runtime = &fixture->runtime;
    runtime->clock = clock_new();
    clock_freeze(runtime->clock);
    clock_set_ms(runtime->clock, START_MS);
    runtime->scheduler = scheduler_new(runtime->clock);
    runtime->random = random_new_seeded(1);
    runtime->loop = loop_new();
    runtime->log = log_new(STDERR_FILENO, LOG_ERROR, LOG_HUMAN, runtime->clock);
    runtime->default_account = TEXT("000000000000");
    runtime->default_region = TEXT("us-east-1");
    strcpy(fixture->directory, "/tmp/evpoc-test-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    fixture->random = random_new_seeded(2);
    fixture->arena = arena_new();
    open_service(fixture);
    *state = fixture;
    return 0;
}

static void remove_directory(const char *path)
{
    static const char *const names[] = {"evpoc.db", "evpoc.db-wal", "evpoc.db-shm", "evpoc.blobs"};
    char file[64];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(file, sizeof file, "%s/%s", path, names[i]);
        unlink(file);
    }
    rmdir(path);
}

static int teardown(void **state)
{
    Fixture *fixture = *state;
    Runtime *runtime = &fixture->runtime;
    close_service(fixture);
    remove_directory(fixture->directory);
    scheduler_free(runtime->scheduler);
    loop_free(runtime->loop);
    random_free(runtime->random);
    random_free(fixture->random);
    log_free(runtime->log);
    clock_free(runtime->clock);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static Status try_call(Fixture *fixture, const Operation *operation, const void *in, void *out)
{
    fixture->call = (Call){
        .arena = fixture->arena,
        .runtime = &fixture->runtime,
        .store = fixture->runtime.store,
        .service = fixture->service,
        .operation = operation,
        .account = TEXT("000000000000"),
        .region = TEXT("us-east-1"),
        .request_id = TEXT("r"),
        .now_ms = clock_now_ms(fixture->runtime.clock),
    };
    memset(out, 0, operation->model->output->size);
    return operation->run(&fixture->call, in, out);
}

static void call(Fixture *fixture, const Operation *operation, const void *in, void *out)
{
    Status status = try_call(fixture, operation, in, out);
    if (!is_ok(status) && fixture->call.error)
        print_error("%s: %.*s\n", fixture->call.error->code, (int)fixture->call.message.len, fixture->call.message.ptr);
    assert_true(is_ok(status));
}

static void end_turn(Fixture *fixture)
{
    assert_int_equal(store_commit(fixture->runtime.store), STORE_OK);
    tables_free_retired(fixture->service, NULL);
    arena_reset(fixture->arena);
}

static void create_table(Fixture *fixture)
{
    DynamodbKeySchemaElement key = {TEXT("k"), TEXT("HASH")}, index_key = {TEXT("v"), TEXT("HASH")};
    DynamodbAttributeDefinition definitions[] = {{TEXT("k"), TEXT("N")}, {TEXT("v"), TEXT("N")}};
    DynamodbProjection projection = {.projection_type = TEXT("KEYS_ONLY")};
    DynamodbGlobalSecondaryIndex index = {
        .index_name = TEXT("index"), .key_schema = {&index_key, 1}, .projection = &projection};
    DynamodbCreateTableInput in = {.table_name = TEXT("table"),
                                   .billing_mode = TEXT("PAY_PER_REQUEST"),
                                   .key_schema = {&key, 1},
                                   .attribute_definitions = {definitions, 2},
                                   .global_secondary_indexes = {&index, 1}};
    DynamodbCreateTableOutput out;
    call(fixture, &DynamodbCreateTable, &in, &out);
    end_turn(fixture);
}

static Value number(Fixture *fixture, int value)
{
    return (Value){.kind = VALUE_N, .n = arena_text(fixture->arena, "%d", value)};
}

static void put(Fixture *fixture, int key, int value)
{
    static char filler[VALUE_BYTES];
    memset(filler, 'x', sizeof filler);
    Attribute attributes[] = {{TEXT("k"), number(fixture, key)},
                              {TEXT("v"), number(fixture, value)},
                              {TEXT("filler"), {.kind = VALUE_S, .s = {filler, sizeof filler}}}};
    DynamodbPutItemInput in = {.table_name = TEXT("table")};
    DynamodbPutItemOutput out;
    *AS_ITEM(&in.item) = (Item){attributes, 3};
    call(fixture, &DynamodbPutItem, &in, &out);
}

static void remove_item(Fixture *fixture, int key)
{
    Attribute attribute = {TEXT("k"), number(fixture, key)};
    DynamodbDeleteItemInput in = {.table_name = TEXT("table")};
    DynamodbDeleteItemOutput out;
    *AS_ITEM(&in.key) = (Item){&attribute, 1};
    call(fixture, &DynamodbDeleteItem, &in, &out);
}

/* Some turns of changes all over the table; one in four is undone. */
static void change(Fixture *fixture, int turns)
{
    for (int turn = 0; turn < turns; turn++) {
        Model before = fixture->now;
        for (int i = 0; i < 20; i++) {
            int key = (int)random_below(fixture->random, KEYS);
            bool is_put = random_below(fixture->random, 3) > 0;
            fixture->now.values[key] = is_put ? ++fixture->last : 0;
            if (is_put)
                put(fixture, key, fixture->last);
            else
                remove_item(fixture, key);
        }
        if (random_below(fixture->random, 4) == 0) {
            store_rollback(fixture->runtime.store);
            fixture->now = before;
        }
        end_turn(fixture);
    }
}

static void fill(Fixture *fixture)
{
    create_table(fixture);
    for (int key = 0; key < KEYS; key++) {
        fixture->now.values[key] = key % 5 ? ++fixture->last : 0;
        if (fixture->now.values[key])
            put(fixture, key, fixture->last);
    }
    end_turn(fixture);
}

/* One step; now and then it is another process that makes the next. */
static void step(Fixture *fixture)
{
    if (random_below(fixture->random, 4) == 0) {
        close_service(fixture);
        open_service(fixture);
    }
    loop_poll(fixture->runtime.loop, 0);
    end_turn(fixture);
}

static int number_of(Fixture *fixture, const Item *item, const char *name)
{
    const Value *value = item_get(item, bytes_of(name));
    assert_non_null(value);
    return atoi(arena_cstr(fixture->arena, value->n));
}

/* index: the entries of "index"; absent: the table's items. */
static void expect(Fixture *fixture, Bytes table, Bytes index, const Model *model)
{
    Model found = {{0}};
    DynamodbScanInput in = {.table_name = table, .index_name = index};
    Item from = {0};
    do {
        DynamodbScanOutput out;
        *AS_ITEM(&in.exclusive_start_key) = from;
        call(fixture, &DynamodbScan, &in, &out);
        for (size_t i = 0; i < out.items.len; i++)
            found.values[number_of(fixture, AS_ITEM(&out.items.items[i]), "k")] =
                number_of(fixture, AS_ITEM(&out.items.items[i]), "v");
        from = *AS_ITEM(&out.last_evaluated_key);
    } while (from.len);
    end_turn(fixture);
    assert_memory_equal(&found, model, sizeof found);
}

/* The table is there; its own state, its index and its tally. */
static void expect_restored(Fixture *fixture, Bytes table, const Model *model)
{
    DynamodbDescribeTableInput in = {.table_name = table};
    DynamodbDescribeTableOutput out;
    int items = 0;
    for (int rounds = 0;; rounds++) {
        call(fixture, &DynamodbDescribeTable, &in, &out);
        if (bytes_is(out.table->table_status, "ACTIVE"))
            break;
        assert_true(rounds < 1000);
        end_turn(fixture);
        change(fixture, 1);
        step(fixture);
    }
    for (int key = 0; key < KEYS; key++)
        items += model->values[key] != 0;
    assert_int_equal(out.table->item_count, items);
    assert_int_equal(out.table->global_secondary_indexes.items[0].item_count, items);
    end_turn(fixture);
    expect(fixture, table, (Bytes){0}, model);
    expect(fixture, table, TEXT("index"), model);
}

static bool is_available(Fixture *fixture, Bytes arn)
{
    DynamodbDescribeBackupInput in = {.backup_arn = arn};
    DynamodbDescribeBackupOutput out;
    call(fixture, &DynamodbDescribeBackup, &in, &out);
    return bytes_is(out.backup_description->backup_details->backup_status, "AVAILABLE");
}

static void a_backup_is_the_table_as_it_was_whatever_changes_between_the_steps(void **state)
{
    Fixture *fixture = *state;
    Arena *arena = arena_new();
    fill(fixture);
    for (int round = 0; round < 4; round++) {
        DynamodbCreateBackupInput create = {.table_name = TEXT("table"), .backup_name = TEXT("backup")};
        DynamodbCreateBackupOutput created;
        Model then = fixture->now;
        call(fixture, &DynamodbCreateBackup, &create, &created);
        Bytes arn = arena_copy(arena, created.backup_details->backup_arn), name = arena_text(arena, "again-%d", round);
        end_turn(fixture);
        int steps = 0;
        for (; !is_available(fixture, arn); steps++) {
            change(fixture, 3);
            step(fixture);
        }
        assert_in_range(steps, 2, 100);
        DynamodbRestoreTableFromBackupInput in = {.backup_arn = arn, .target_table_name = name};
        DynamodbRestoreTableFromBackupOutput out;
        call(fixture, &DynamodbRestoreTableFromBackup, &in, &out);
        end_turn(fixture);
        expect_restored(fixture, name, &then);
    }
    expect(fixture, TEXT("table"), (Bytes){0}, &fixture->now);
    arena_free(arena);
}

#define MOMENTS 5

static void any_moment_comes_back_whatever_changes_between_the_steps(void **state)
{
    Fixture *fixture = *state;
    static Model then[MOMENTS];
    DynamodbPointInTimeRecoverySpecification on = {.point_in_time_recovery_enabled = true};
    DynamodbUpdateContinuousBackupsInput in = {TEXT("table"), &on};
    DynamodbUpdateContinuousBackupsOutput out;
    fill(fixture);
    call(fixture, &DynamodbUpdateContinuousBackups, &in, &out);
    end_turn(fixture);
    for (int i = 0; i < MOMENTS; i++) {
        then[i] = fixture->now; /* at START_MS + i */
        clock_advance_ms(fixture->runtime.clock, 1);
        change(fixture, 30);
    }
    clock_advance_ms(fixture->runtime.clock, 3600000);
    for (int i = MOMENTS; i--;) {
        char name[] = {'a', 't', '-', (char)('0' + i)};
        DynamodbRestoreTableToPointInTimeInput restore = {.source_table_name = TEXT("table"),
                                                          .target_table_name = {name, sizeof name},
                                                          .restore_date_time = START_MS + i,
                                                          .has_restore_date_time = true};
        DynamodbRestoreTableToPointInTimeOutput restored;
        call(fixture, &DynamodbRestoreTableToPointInTime, &restore, &restored);
        end_turn(fixture);
        expect_restored(fixture, restore.target_table_name, &then[i]);
    }
    expect(fixture, TEXT("table"), (Bytes){0}, &fixture->now);
}

static void update_indexes(Fixture *fixture, DynamodbGlobalSecondaryIndexUpdate update)
{
    DynamodbAttributeDefinition definition = {TEXT("v"), TEXT("N")};
    DynamodbUpdateTableInput in = {.table_name = TEXT("table"), .global_secondary_index_updates = {&update, 1}};
    DynamodbUpdateTableOutput out;
    in.attribute_definitions = (DynamodbAttributeDefinitions){&definition, update.create ? 1 : 0};
    call(fixture, &DynamodbUpdateTable, &in, &out);
    end_turn(fixture);
}

static void create_index(Fixture *fixture, const char *projection_type)
{
    DynamodbKeySchemaElement key = {TEXT("v"), TEXT("HASH")};
    DynamodbProjection projection = {.projection_type = bytes_of(projection_type)};
    DynamodbCreateGlobalSecondaryIndexAction create = {
        .index_name = TEXT("later"), .key_schema = {&key, 1}, .projection = &projection};
    update_indexes(fixture, (DynamodbGlobalSecondaryIndexUpdate){.create = &create});
}

static void delete_index(Fixture *fixture)
{
    DynamodbDeleteGlobalSecondaryIndexAction delete = {TEXT("later")};
    update_indexes(fixture, (DynamodbGlobalSecondaryIndexUpdate){.delete = &delete});
}

/* Of "later", which is not read while it is CREATING. *ret_items: as it counts them. */
static bool is_filled(Fixture *fixture, int64_t *ret_items)
{
    DynamodbDescribeTableInput in = {.table_name = TEXT("table")};
    DynamodbDescribeTableOutput out;
    call(fixture, &DynamodbDescribeTable, &in, &out);
    const DynamodbGlobalSecondaryIndexDescription *index = &out.table->global_secondary_indexes.items[1];
    bool is_active = bytes_is(index->index_status, "ACTIVE");
    *ret_items = index->item_count;
    assert_true(bytes_is(out.table->table_status, "ACTIVE"));
    assert_int_equal(index->backfilling, !is_active);
    DynamodbScanInput scan = {.table_name = TEXT("table"), .index_name = TEXT("later")};
    DynamodbScanOutput page;
    assert_int_equal(is_ok(try_call(fixture, &DynamodbScan, &scan, &page)), is_active);
    end_turn(fixture);
    return is_active;
}

static void an_index_has_what_the_table_has_whatever_changes_while_it_is_filled(void **state)
{
    Fixture *fixture = *state;
    const char *const projections[] = {"ALL", "KEYS_ONLY"};
    fill(fixture);
    for (int round = 0; round < 4; round++) {
        int steps = 0, items = 0;
        int64_t counted;
        create_index(fixture, projections[round % 2]);
        if (round == 2) { /* it goes while it is filled; another one of its name is made from the beginning */
            step(fixture);
            assert_false(is_filled(fixture, &counted));
            delete_index(fixture);
            create_index(fixture, "KEYS_ONLY");
        }
        for (; !is_filled(fixture, &counted); steps++) {
            change(fixture, 3);
            step(fixture);
        }
        assert_in_range(steps, 2, 100);
        for (int key = 0; key < KEYS; key++)
            items += fixture->now.values[key] != 0;
        assert_int_equal(counted, items);
        expect(fixture, TEXT("table"), TEXT("later"), &fixture->now);
        change(fixture, 10);
        expect(fixture, TEXT("table"), TEXT("later"), &fixture->now);
        delete_index(fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_backup_is_the_table_as_it_was_whatever_changes_between_the_steps, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(any_moment_comes_back_whatever_changes_between_the_steps, setup, teardown),
        cmocka_unit_test_setup_teardown(an_index_has_what_the_table_has_whatever_changes_while_it_is_filled, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
