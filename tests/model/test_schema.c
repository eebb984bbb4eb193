/* The JSON Schema and the tables of keys say the same: keys, which must stand there, types, ranges,
 * words and defaults. */
#include "base/instant.h"
#include "model/read.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static json_t *schema;

static int load(void **state)
{
    (void)state;
    schema = json_load_file(SCHEMA, 0, NULL);
    return schema == NULL ? -1 : 0;
}

static int unload(void **state)
{
    (void)state;
    json_decref(schema);
    return 0;
}

static json_t *definition(const char *name)
{
    return strcmp(name, "site") == 0 ? schema
                                     : json_object_get(json_object_get(schema, "$defs"), name);
}

static void check_refers(const json_t *key, const char *name)
{
    char path[64];

    snprintf(path, sizeof path, "#/$defs/%s", name);
    const char *found = json_string_value(json_object_get(key, "$ref"));
    assert_non_null(found);
    assert_string_equal(found, path);
}

static void check_type(const json_t *key, const char *type)
{
    assert_string_equal(json_string_value(json_object_get(key, "type")), type);
}

/* A default stands in the schema where there is one in the table that a person could write. */
static void check_whole(const json_t *key, const struct field *field)
{
    const json_t *without = json_object_get(key, "default");

    check_type(key, "integer");
    assert_true(json_integer_value(json_object_get(key, "minimum")) == field->low);
    assert_true(json_integer_value(json_object_get(key, "maximum")) == field->high);
    if (field->required || field->fallback < field->low) {
        assert_null(without);
    } else {
        assert_non_null(without);
        assert_true(json_integer_value(without) == field->fallback);
    }
}

static void check_duration(const json_t *key, const struct field *field)
{
    const char *without = json_string_value(json_object_get(key, "default"));
    char text[DURATION_TEXT];

    check_refers(key, "duration");
    if (field->required || field->fallback < field->low) {
        assert_null(without);
    } else {
        assert_non_null(without);
        assert_string_equal(without, duration_format(field->fallback, text));
    }
}

static void check_choice(const json_t *key, const struct field *field)
{
    const json_t *words = json_object_get(key, "enum");
    const char *without = json_string_value(json_object_get(key, "default"));
    size_t count = 0;

    for (; field->choices[count] != NULL; count++) {
        assert_string_equal(json_string_value(json_array_get(words, count)), field->choices[count]);
    }
    assert_int_equal(json_array_size(words), count);
    if (field->required) {
        assert_null(without);
    } else {
        assert_string_equal(without, field->choices[field->fallback]);
    }
}

static void check_bool(const json_t *key, const struct field *field)
{
    check_type(key, "boolean");
    assert_int_equal(json_is_true(json_object_get(key, "default")), field->fallback);
}

static void check_key(const json_t *key, const struct field *field)
{
    assert_non_null(json_object_get(key, "description"));
    switch (field->type) {
    case FIELD_WHOLE:
        check_whole(key, field);
        break;
    case FIELD_DURATION:
        check_duration(key, field);
        break;
    case FIELD_INSTANT:
        check_refers(key, "instant");
        break;
    case FIELD_CHOICE:
        check_choice(key, field);
        break;
    case FIELD_BOOL:
        check_bool(key, field);
        break;
    case FIELD_TEXT:
        check_refers(key, "text");
        break;
    case FIELD_REF:
        check_refers(key, "ref");
        break;
    case FIELD_OWN:
        break;
    }
}

static bool is_required(const json_t *map, const char *key)
{
    const json_t *required = json_object_get(map, "required");

    for (size_t i = 0; i < json_array_size(required); i++) {
        if (strcmp(json_string_value(json_array_get(required, i)), key) == 0) {
            return true;
        }
    }
    return false;
}

static void check_object(const struct object *object)
{
    const json_t *map = definition(object->name);
    const json_t *keys = json_object_get(map, "properties");
    size_t required = 0;

    if (map == NULL || json_object_size(keys) != object->count) {
        fail_msg("%s: %zu keys in the table, %zu in the schema", object->name, object->count,
                 json_object_size(keys));
    }
    assert_true(json_is_false(json_object_get(map, "additionalProperties")));
    for (size_t i = 0; i < object->count; i++) {
        const struct field *field = &object->fields[i];
        const json_t *key = json_object_get(keys, field->key);

        if (key == NULL || is_required(map, field->key) != field->required) {
            fail_msg("%s.%s: not in the schema, or not needed in both", object->name, field->key);
        }
        required += field->required;
        check_key(key, field);
    }
    assert_int_equal(json_array_size(json_object_get(map, "required")), required);
}

static void test_schema_and_tables_agree(void **state)
{
    (void)state;
#define X(name) check_object(&object_##name);
    MODEL_OBJECTS(X)
#undef X
}

/* A value by default must be one that could be written. */
static void test_fallbacks_are_in_range(void **state)
{
    (void)state;
    static const struct object *const objects[] = {
#define X(name) &object_##name,
        MODEL_OBJECTS(X)
#undef X
    };

    /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        for (size_t k = 0; k < objects[i]->count; k++) {
            const struct field *field = &objects[i]->fields[k];

            if (field->type == FIELD_WHOLE || field->type == FIELD_DURATION) {
                assert_true(field->low <= field->high);
                assert_true(field->required || field->fallback <= field->high);
            }
            if (field->type == FIELD_WHOLE) {
                assert_true(field->scale >= 1 && field->high <= INT64_MAX / field->scale);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema_and_tables_agree),
        cmocka_unit_test(test_fallbacks_are_in_range),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
