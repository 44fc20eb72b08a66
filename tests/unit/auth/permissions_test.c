/* permissions_test.c - every operation of every service says what it asks of policies, and names members that its input
 * has. */
#include "permission.h"
#include "services.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka wants those before it */
#include <cmocka.h>

static void every_operation_has_its_row(void **state)
{
    size_t missing = 0;
    (void)state;
    for (size_t i = 0; ALL_SERVICES[i]; i++) {
        const Service *service = ALL_SERVICES[i];
        if (!service->permissions) { /* each would ask for an action of its name, on anything */
            fprintf(stderr, "%s has no permissions.c (call/permission.h)\n", service->model->title);
            missing++;
            continue;
        }
        for (const Operation *const *at = service->operations; *at; at++)
            if (!permission_of(service->permissions, (*at)->model->name)) {
                fprintf(stderr, "%s: %s has no row in its permissions.c (call/permission.h)\n", service->model->title,
                        (*at)->model->name);
                missing++;
            }
    }
    assert_int_equal(missing, 0);
}

static const Operation *operation_of(const Service *service, const char *name)
{
    const Operation *const *at = service->operations;
    while (*at && strcmp((*at)->model->name, name))
        at++;
    return *at;
}

static const Shape *member_of(const Shape *shape, Bytes name)
{
    if (name.len > 2 && name.ptr[name.len - 1] == ']')
        name.len -= 2;
    for (size_t i = 0; i < shape->fields_count; i++)
        if (bytes_equal_ignoring_case(bytes_of(shape->fields[i].path), name) ||
            bytes_equal_ignoring_case(shape->fields[i].name, name))
            return shape->fields[i].shape;
    return NULL;
}

static bool has_path(const Shape *shape, Bytes path)
{
    while (shape && present(path) && path.len) {
        if (shape->kind == KIND_LIST)
            shape = shape->member;
        shape = member_of(shape, bytes_cut(&path, '.'));
    }
    return shape != NULL;
}

/* One of the alternatives may name what another operation of the row's kind has; not all may. */
static bool some_alternative_fits(const Operation *operation, Bytes templates)
{
    bool some = false;
    while (present(templates)) {
        Bytes rest = bytes_cut(&templates, ' ');
        bool fits = true;
        (void)bytes_cut(&rest, '{');
        while (present(rest)) {
            Bytes name = bytes_cut(&rest, '}');
            fits = fits && (*name.ptr == '@' || has_path(operation->model->input, name));
            if (present(rest))
                (void)bytes_cut(&rest, '{');
        }
        some = some || fits;
    }
    return some;
}

static void rows_name_members_that_are_there(void **state)
{
    (void)state;
    for (size_t i = 0; ALL_SERVICES[i]; i++) {
        const Service *service = ALL_SERVICES[i];
        for (const Permission *row = service->permissions ? service->permissions->rows : NULL; row && row->operation;
             row++) {
            const Operation *operation = operation_of(service, row->operation);
            if (!operation)
                fail_msg("%s: %s is no operation", service->model->title, row->operation);
            if (row->resource && !some_alternative_fits(operation, bytes_of(row->resource)))
                fail_msg("%s: %s: %s", service->model->title, row->operation, row->resource);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_has_its_row),
        cmocka_unit_test(rows_name_members_that_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
