/* mfa.c - devices that make one-time passwords: virtual ones, whose codes are checked by the emulator's clock, and
 * whatever else has a serial number, of which any code is taken. aws: IAM API Reference, CreateVirtualMFADevice and its
 * like. */
#include "credential.h"
#include "totp.h"

#define SEED_LETTERS 64
#define STEP_MS      30000
#define STEPS_BACK   2 /* how old the first of two codes may be */

static bool is_virtual(Bytes serial)
{
    return bytes_starts_with(serial, TEXT("arn:"));
}

static Status find_virtual(Call *call, Bytes serial, Entity *ret_device)
{
    if (is_virtual(serial))
        return entity_find_by_arn(call, ENTITY_MFA, serial, ret_device);
    return fail(call, &IAM_NO_SUCH_ENTITY, "VirtualMFADevice with serial number " BYTES_FMT " doesn't exist.",
                BYTES_ARG(serial));
}

OPERATION(IamCreateVirtualMFADevice, create_virtual_mfa_device, WRITES);
static Status create_virtual_mfa_device(Call *call, const IamCreateVirtualMFADeviceInput *in,
                                        IamCreateVirtualMFADeviceOutput *out)
{
    Bytes seed = TEXT("");
    TRY(entity_check_new(call, ENTITY_MFA, in->virtual_mfa_device_name));
    TRY(entity_tags_check(call, &in->tags));
    while (seed.len < SEED_LETTERS)
        seed = arena_text(call->arena, BYTES_FMT BYTES_FMT, BYTES_ARG(seed), BYTES_ARG(iam_id_new(&call->scope, "")));
    seed.len = SEED_LETTERS;
    Entity device = {
        .kind = ENTITY_MFA, .name = in->virtual_mfa_device_name, .path = PATH_OR_ROOT(in->path), .document = seed};
    TRY(expect_ok(call, entity_insert(&call->scope, &device)));
    TRY(expect_ok(call, entity_tags_put(&call->scope, &device, &in->tags)));

    out->virtual_mfa_device = arena_new_of(call->arena, IamVirtualMFADevice);
    *out->virtual_mfa_device = (IamVirtualMFADevice){
        .serial_number = entity_arn(&call->scope, &device), .base32_string_seed = seed, .tags = in->tags};
    return OK;
}

OPERATION(IamDeleteVirtualMFADevice, delete_virtual_mfa_device, WRITES);
static Status delete_virtual_mfa_device(Call *call, const IamDeleteVirtualMFADeviceInput *in,
                                        IamDeleteVirtualMFADeviceOutput *out)
{
    Entity device;
    Credential enabled;
    (void)out;
    TRY(find_virtual(call, in->serial_number, &device));
    int code = credential_look_up(&call->scope, CREDENTIAL_MFA, in->serial_number, &enabled);
    if (code == STORE_OK)
        return fail(call, &IAM_DELETE_CONFLICT, "MFA VirtualDevice in use. Must deactivate first.");
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    return expect_ok(call, entity_delete(&call->scope, &device));
}

/* Two codes that follow each other, the first of them no older than two steps and no younger than one. */
static bool are_codes(const Call *call, Bytes seed, Bytes first, Bytes second)
{
    uint32_t before, after;
    int64_t wanted[2] = {-1, -1};
    (void)bytes_to_int64(first, &wanted[0]);
    (void)bytes_to_int64(second, &wanted[1]);
    for (int back = STEPS_BACK; back >= -1; back--) {
        int64_t at = call->now_ms - (int64_t)back * STEP_MS;
        if (totp_code(seed, at, &before) && totp_code(seed, at + STEP_MS, &after) && before == wanted[0] &&
            after == wanted[1])
            return true;
    }
    return false;
}

static Status check_codes(Call *call, Bytes serial, Bytes first, Bytes second)
{
    Entity device;
    if (!is_virtual(serial))
        return OK;
    TRY(find_virtual(call, serial, &device));
    if (!are_codes(call, device.document, first, second))
        return fail(call, &IAM_INVALID_AUTHENTICATION_CODE, "Authentication code for device is not valid.");
    return OK;
}

OPERATION(IamEnableMFADevice, enable_mfa_device, WRITES);
static Status enable_mfa_device(Call *call, const IamEnableMFADeviceInput *in, IamEnableMFADeviceOutput *out)
{
    Entity user;
    Credential there;
    (void)out;
    TRY(find_user(call, in->user_name, &user));
    TRY(check_codes(call, in->serial_number, in->authentication_code1, in->authentication_code2));
    int code = credential_look_up(&call->scope, CREDENTIAL_MFA, in->serial_number, &there);
    if (code == STORE_OK)
        return fail(call, &IAM_ENTITY_ALREADY_EXISTS, "MFA Device is already in use.");
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    TRY(credential_check_room(call, CREDENTIAL_MFA, &user, (Bytes){0}));
    Credential enabled = {.owner = user.key,
                          .kind = CREDENTIAL_MFA,
                          .id = in->serial_number,
                          .status = TEXT("Active"),
                          .created_ms = call->now_ms / 1000 * 1000};
    return expect_ok(call, credential_put(&call->scope, &enabled));
}

OPERATION(IamResyncMFADevice, resync_mfa_device, READS);
static Status resync_mfa_device(Call *call, const IamResyncMFADeviceInput *in, IamResyncMFADeviceOutput *out)
{
    Credential enabled;
    (void)out;
    TRY(credential_find(call, CREDENTIAL_MFA, in->user_name, in->serial_number, &enabled));
    return check_codes(call, in->serial_number, in->authentication_code1, in->authentication_code2);
}

OPERATION(IamDeactivateMFADevice, deactivate_mfa_device, WRITES);
static Status deactivate_mfa_device(Call *call, const IamDeactivateMFADeviceInput *in,
                                    IamDeactivateMFADeviceOutput *out)
{
    Credential enabled;
    (void)out;
    TRY(credential_find(call, CREDENTIAL_MFA, in->user_name, in->serial_number, &enabled));
    return expect_ok(call, credential_delete(&call->scope, &enabled));
}

OPERATION(IamGetMFADevice, get_mfa_device, READS);
static Status get_mfa_device(Call *call, const IamGetMFADeviceInput *in, IamGetMFADeviceOutput *out)
{
    Credential enabled;
    TRY(credential_find(call, CREDENTIAL_MFA, in->user_name, in->serial_number, &enabled));
    out->user_name = enabled.user_name;
    out->serial_number = enabled.id;
    SET(out, enable_date, enabled.created_ms);
    return OK;
}

OPERATION(IamListMFADevices, list_mfa_devices, READS);
static Status list_mfa_devices(Call *call, const IamListMFADevicesInput *in, IamListMFADevicesOutput *out)
{
    Entity user;
    EntityPage page;
    CredentialList list;
    CredentialFilter filter = {.user = &user};
    TRY(find_user(call, in->user_name, &user));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, credentials_list(&call->scope, CREDENTIAL_MFA, &filter, &page, &list)));
    out->mfa_devices.items = arena_new_array(call->arena, IamMFADevice, list.len + 1);
    for (; out->mfa_devices.len < list.len; out->mfa_devices.len++) {
        IamMFADevice *device = &out->mfa_devices.items[out->mfa_devices.len];
        *device = (IamMFADevice){.user_name = user.name, .serial_number = list.items[out->mfa_devices.len].id};
        SET(device, enable_date, list.items[out->mfa_devices.len].created_ms);
    }
    PAGE_END(out, mfa_devices, .serial_number);
    return OK;
}

/* ListVirtualMFADevices: goes through the devices by name, and leaves out what has the other status. The seed is told
 * by Create alone. */

static Status tell_virtual(Call *call, const Entity *device, IamVirtualMFADevice *ret, bool *ret_is_assigned)
{
    Credential enabled;
    Entity user;
    *ret = (IamVirtualMFADevice){.serial_number = entity_arn(&call->scope, device)};
    int code = credential_look_up(&call->scope, CREDENTIAL_MFA, ret->serial_number, &enabled);
    *ret_is_assigned = code == STORE_OK;
    if (code == STORE_NOT_FOUND)
        return OK;
    TRY(expect_ok(call, code));
    TRY(expect_ok(call, entity_by_key(&call->scope, enabled.owner, &user)));
    ret->user = arena_new_of(call->arena, IamUser);
    user_tell(call, &user, ret->user);
    SET(ret, enable_date, enabled.created_ms);
    return OK;
}

static bool is_wanted(Bytes status, bool is_assigned)
{
    if (!present(status) || bytes_is(status, "Any"))
        return true;
    return bytes_is(status, "Assigned") == is_assigned;
}

OPERATION(IamListVirtualMFADevices, list_virtual_mfa_devices, READS);
static Status list_virtual_mfa_devices(Call *call, const IamListVirtualMFADevicesInput *in,
                                       IamListVirtualMFADevicesOutput *out)
{
    EntityPage page;
    EntityList devices;
    IamvirtualMFADeviceListType *list = &out->virtual_mfa_devices;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    /* aws: a page may hold fewer than MaxItems: here those of so many devices that have the status */
    TRY(expect_ok(call, entities_list(&call->scope, ENTITY_MFA, (Bytes){0}, &page, &devices)));
    SET(out, is_truncated, devices.len > page.limit);
    size_t count = out->is_truncated ? page.limit : devices.len;
    list->items = arena_new_array(call->arena, IamVirtualMFADevice, count + 1);
    for (size_t i = 0; i < count; i++) {
        bool is_assigned;
        TRY(tell_virtual(call, &devices.items[i], &list->items[list->len], &is_assigned));
        list->len += is_wanted(in->assignment_status, is_assigned);
    }
    if (out->is_truncated)
        out->marker = list_marker(&call->scope, devices.items[count - 1].name);
    return OK;
}

OPERATION(IamTagMFADevice, tag_mfa_device, WRITES);
static Status tag_mfa_device(Call *call, const IamTagMFADeviceInput *in, IamTagMFADeviceOutput *out)
{
    Entity device;
    (void)out;
    TRY(find_virtual(call, in->serial_number, &device));
    return entity_tag(call, &device, &in->tags);
}

OPERATION(IamUntagMFADevice, untag_mfa_device, WRITES);
static Status untag_mfa_device(Call *call, const IamUntagMFADeviceInput *in, IamUntagMFADeviceOutput *out)
{
    Entity device;
    (void)out;
    TRY(find_virtual(call, in->serial_number, &device));
    return entity_untag(call, &device, &in->tag_keys);
}

OPERATION(IamListMFADeviceTags, list_mfa_device_tags, READS);
static Status list_mfa_device_tags(Call *call, const IamListMFADeviceTagsInput *in, IamListMFADeviceTagsOutput *out)
{
    Entity device;
    EntityPage page;
    TRY(find_virtual(call, in->serial_number, &device));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(entity_tags_page(call, &device, &page, &out->tags));
    PAGE_END(out, tags, .key);
    return OK;
}
