/* The log and the wall clock: what the outside of the process sees of base. */
#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/wall.h"
#include "unit.h"

/* Sends stderr to a file while lines are written, and returns what came. */
static const char *logged(void (*write_lines)(void))
{
    static char text[8192];
    FILE *file = tmpfile();
    assert_non_null(file);
    int before = dup(STDERR_FILENO);
    assert_true(before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    write_lines();
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    rewind(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    return text;
}

static void write_all_levels(void)
{
    log_line(LOG_ERROR, "disk %s", "full");
    log_line(LOG_WARN, "%d W over", 5);
    log_line(LOG_INFO, "ready");
    log_line(LOG_DEBUG, "step %d", 1);
}

static void test_levels(void **state)
{
    (void)state;
    assert_string_equal(logged(write_all_levels),
                        "plenum: error: disk full\nplenum: warning: 5 W over\nplenum: ready\n");
    log_set_level(LOG_DEBUG);
    assert_string_equal(logged(write_all_levels),
                        "plenum: error: disk full\nplenum: warning: 5 W over\nplenum: ready\n"
                        "plenum: debug: step 1\n");
    log_set_level(LOG_ERROR);
    assert_string_equal(logged(write_all_levels), "plenum: error: disk full\n");
    log_set_level(LOG_INFO);
}

static void write_long_line(void)
{
    char text[4000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    log_line(LOG_INFO, "%s", text);
}

static void test_long_lines_are_cut(void **state)
{
    const char *text = logged(write_long_line);
    (void)state;
    assert_string_equal(text + strlen(text) - 5, "x...\n");
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void test_wall_clock_goes_on(void **state)
{
    const struct wall_clock *clock = &wall_clock_system;
    (void)state;
    int64_t start_ns = wall_now_ns(clock);
    clock->sleep_ns(clock->context, 2000000);
    int64_t end_ns = wall_now_ns(clock);
    assert_true(end_ns - start_ns >= 2000000);
    clock->sleep_ns(clock->context, 0);
    clock->sleep_ns(clock->context, -5);
    assert_true(wall_now_ns(clock) >= end_ns);
}

static int64_t fake_now_ns(void *context)
{
    return *(int64_t *)context;
}

static void fake_sleep_ns(void *context, int64_t ns)
{
    *(int64_t *)context += ns;
}

static void test_a_test_can_be_the_clock(void **state)
{
    int64_t now_ns = 5;
    const struct wall_clock clock = {fake_now_ns, fake_sleep_ns, &now_ns};
    (void)state;
    clock.sleep_ns(clock.context, INT64_C(3600000000000));
    assert_int_equal(wall_now_ns(&clock), INT64_C(3600000000005));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_long_lines_are_cut),
        cmocka_unit_test(test_wall_clock_goes_on),
        cmocka_unit_test(test_a_test_can_be_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
