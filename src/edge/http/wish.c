/* A client's message to /v1/watch: see wish.h. */
#include "edge/http/wish.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

static bool refuse(struct plenum_error *error, const char *what, const char *expected)
{
    (void)plenum_fail(error, PLENUM_INPUT, "%s: expected %s", what, expected);
    return false;
}

static bool members_are_known(const json_t *object, const char *known, struct plenum_error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        const char *at = strstr(known, key);
        size_t length = strlen(key);
        bool found = at && at > known && at[-1] == ' ' && at[length] == ' ';
        if (!found || length == 0)
            return refuse(error, "a member", known);
    }
    return true;
}

static bool read_number(const json_t *object, const char *key, int64_t least, int64_t most,
                        int64_t *value, struct plenum_error *error)
{
    const json_t *member = json_object_get(object, key);
    if (!member)
        return true;
    int64_t number = json_is_integer(member) ? json_integer_value(member) : INT64_MIN;
    if (number >= least && number <= most) {
        *value = number;
        return true;
    }
    (void)plenum_fail(error, PLENUM_INPUT,
                      "%s: expected a whole number from %" PRId64 " to %" PRId64, key, least, most);
    return false;
}

static bool read_i32(const json_t *object, const char *key, int32_t *value,
                     struct plenum_error *error)
{
    int64_t wide = *value;
    bool read = read_number(object, key, INT32_MIN, INT32_MAX, &wide, error);
    *value = (int32_t)wide;
    return read;
}

/* All of the hall, where nothing else is said. */
static bool read_floor(const json_t *object, const struct plenum_site *site,
                       struct frame_view *view, struct plenum_error *error)
{
    static const char known[] = " watch hz hall x0 y0 x1 y1 width height ";
    if (!members_are_known(object, known, error) || !read_i32(object, "hall", &view->hall, error))
        return false;
    if (view->hall >= 0 && view->hall < site->hall_count) {
        view->x1 = site->halls[view->hall].width;
        view->y1 = site->halls[view->hall].height;
    }
    return read_i32(object, "x0", &view->x0, error) && read_i32(object, "y0", &view->y0, error) &&
           read_i32(object, "x1", &view->x1, error) && read_i32(object, "y1", &view->y1, error) &&
           read_i32(object, "width", &view->width, error) &&
           read_i32(object, "height", &view->height, error) && frame_view_fit(view, site, error);
}

static bool read_air(const json_t *object, struct frame_view *view, struct plenum_error *error)
{
    return members_are_known(object, " watch hz horizon_ms ", error) &&
           read_number(object, "horizon_ms", 0, FRAME_HORIZON_MAX_MS, &view->horizon_ms, error);
}

static bool read_object(const json_t *object, const struct plenum_site *site, struct wish *wish,
                        struct plenum_error *error)
{
    int64_t hz = WISH_HZ;
    const char *watch = json_string_value(json_object_get(object, "watch"));
    frame_view_init(&wish->view, site);
    if (!watch)
        return refuse(error, "watch", "\"state\", \"floor\", \"air\" or \"none\"");
    if (!read_number(object, "hz", 1, WISH_HZ_MAX, &hz, error))
        return false;
    wish->period_ns = 1000000000 / hz;
    if (strcmp(watch, "floor") == 0) {
        wish->picture = PICTURE_FLOOR;
        return read_floor(object, site, &wish->view, error);
    }
    if (strcmp(watch, "air") == 0) {
        wish->picture = PICTURE_AIR;
        return read_air(object, &wish->view, error);
    }
    wish->picture = PICTURE_NONE;
    if (strcmp(watch, "state") != 0 && strcmp(watch, "none") != 0)
        return refuse(error, "watch", "\"state\", \"floor\", \"air\" or \"none\"");
    return members_are_known(object, " watch ", error);
}

bool wish_read(const char *text, size_t length, const struct plenum_site *site, struct wish *wish,
               struct plenum_error *error)
{
    json_error_t trouble;
    struct wish read = *wish;
    json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &trouble);
    if (!object) {
        (void)plenum_fail(error, PLENUM_INPUT, "at byte %d: %s", trouble.position, trouble.text);
        return false;
    }
    bool good = read_object(object, site, &read, error);
    json_decref(object);
    if (good)
        *wish = read;
    return good;
}
