/* What a watcher says to the server: a wish that is read is one that can be shown, and one that is
 * not read leaves the last as it was. */
#include "fuzz.h"

#include "base/check.h"
#include "edge/http/wish.h"

#include <plenum/site.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plenum_hall halls[] = {{.width = 40, .height = 30}, {.width = 1, .height = 1}};
    struct plenum_site site = {.halls = halls, .hall_count = 2};
    struct plenum_error error = {0};
    struct wish wish, before;
    memset(&wish, 0, sizeof wish);
    memset(&before, 0, sizeof before);
    if (!wish_read((const char *)data, size, &site, &wish, &error)) {
        CHECK(error.text[0] != '\0');
        CHECK(memcmp(&wish, &before, sizeof wish) == 0);
        return 0;
    }
    CHECK(wish.period_ns >= 1000000000 / WISH_HZ_MAX && wish.period_ns <= 1000000000);
    if (wish.picture != PICTURE_FLOOR)
        return 0;
    const struct frame_view *view = &wish.view;
    CHECK(view->hall >= 0 && view->hall < site.hall_count);
    CHECK(view->x0 >= 0 && view->x0 < view->x1 && view->x1 <= halls[view->hall].width);
    CHECK(view->y0 >= 0 && view->y0 < view->y1 && view->y1 <= halls[view->hall].height);
    CHECK(view->width > 0 && view->height > 0);
    return 0;
}
