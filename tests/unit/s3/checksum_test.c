/* checksum_test.c - checksums are those of their catalogues, and CRCs of parts make that of the whole. */
#include "checksum.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static Bytes sum_of(Arena *arena, ChecksumAlgorithm algorithm, Bytes bytes, size_t step)
{
    Checksum sum;
    checksum_begin(&sum, algorithm);
    for (size_t at = 0; at < bytes.len; at += step)
        checksum_add(&sum, bytes_slice(bytes, at, bytes.len - at < step ? bytes.len - at : step));
    return checksum_end(&sum, arena);
}

/* The CRC catalogue's check values, of "123456789": cbf43926, e3069283, ae8b14860a799888. */
static void crcs_are_those_of_the_catalogue(void **state)
{
    static const struct {
        ChecksumAlgorithm algorithm;
        uint64_t value;
    } checks[] = {
        {CHECKSUM_CRC32, 0xcbf43926}, {CHECKSUM_CRC32C, 0xe3069283}, {CHECKSUM_CRC64NVME, 0xae8b14860a799888}};
    Arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        Bytes text = sum_of(arena, checks[i].algorithm, TEXT("123456789"), 9);
        assert_true(checksum_is_valid(checks[i].algorithm, text));
        assert_int_equal(checksum_number(checks[i].algorithm, text), checks[i].value);
        assert_true(bytes_equal(text, checksum_of_number(arena, checks[i].algorithm, checks[i].value)));
    }
    arena_free(arena);
}

static void parts_make_the_whole(void **state)
{
    char data[1000];
    Arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i * i >> 3);
    for (ChecksumAlgorithm at = CHECKSUM_CRC32; at <= CHECKSUM_CRC64NVME; at++)
        for (size_t cut = 0; cut <= sizeof data; cut += 37) {
            Bytes whole = {data, sizeof data}, one = {data, cut}, other = {data + cut, sizeof data - cut};
            uint64_t joined = crc_joined(checksum_crc(at), checksum_number(at, sum_of(arena, at, one, 64)),
                                         checksum_number(at, sum_of(arena, at, other, 64)), other.len);
            assert_true(bytes_equal(checksum_of_number(arena, at, joined), sum_of(arena, at, whole, 17)));
        }
    arena_free(arena);
}

static void what_is_no_checksum_is_none(void **state)
{
    (void)state;
    assert_false(checksum_is_valid(CHECKSUM_CRC32, TEXT("AAAAAA=")));
    assert_false(checksum_is_valid(CHECKSUM_CRC32, TEXT("AAAAAAAA")));
    assert_false(checksum_is_valid(CHECKSUM_CRC32, TEXT("!!!!!!==")));
    assert_false(checksum_is_valid(CHECKSUM_SHA256, TEXT("")));
    assert_int_equal(checksum_of_header(TEXT("X-Amz-Checksum-Crc64nvme")), CHECKSUM_CRC64NVME);
    assert_int_equal(checksum_of_header(TEXT("x-amz-checksum-md5")), CHECKSUM_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crcs_are_those_of_the_catalogue),
        cmocka_unit_test(parts_make_the_whole),
        cmocka_unit_test(what_is_no_checksum_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
