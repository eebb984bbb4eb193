/* Plane geometry on whole millimetres. See geometry.h. */
#include "model/geometry.h"

#include "base/check.h"

/* Twice the signed area of a, b, c: above 0 where they turn left. */
static int64_t turn_of(struct plenum_point a, struct plenum_point b, struct plenum_point c)
{
    return (b.x_mm - a.x_mm) * (c.y_mm - a.y_mm) - (b.y_mm - a.y_mm) * (c.x_mm - a.x_mm);
}

static int sign(int64_t value)
{
    return (value > 0) - (value < 0);
}

static bool between(int64_t a, int64_t b, int64_t value)
{
    return a < b ? a <= value && value <= b : b <= value && value <= a;
}

/* point, known to be on the line through a and b, lies on the segment. */
static bool in_box(struct plenum_point a, struct plenum_point b, struct plenum_point point)
{
    return between(a.x_mm, b.x_mm, point.x_mm) && between(a.y_mm, b.y_mm, point.y_mm);
}

static bool segments_meet(struct plenum_point a, struct plenum_point b, struct plenum_point c,
                          struct plenum_point d)
{
    int abc = sign(turn_of(a, b, c)), abd = sign(turn_of(a, b, d));
    int cda = sign(turn_of(c, d, a)), cdb = sign(turn_of(c, d, b));

    if (abc * abd < 0 && cda * cdb < 0) {
        return true;
    }
    return (abc == 0 && in_box(a, b, c)) || (abd == 0 && in_box(a, b, d)) ||
           (cda == 0 && in_box(c, d, a)) || (cdb == 0 && in_box(c, d, b));
}

/* Edges a-b and b-c run back over each other. */
static bool folds_back(struct plenum_point a, struct plenum_point b, struct plenum_point c)
{
    int64_t along = (b.x_mm - a.x_mm) * (c.x_mm - b.x_mm) + (b.y_mm - a.y_mm) * (c.y_mm - b.y_mm);

    return turn_of(a, b, c) == 0 && along <= 0;
}

int32_t polygon_crossing(const struct plenum_point *vertices, int32_t count)
{
    CHECK(count >= 3);
    for (int32_t i = 0; i < count; i++) {
        struct plenum_point a = vertices[i], b = vertices[(i + 1) % count];

        if (folds_back(a, b, vertices[(i + 2) % count])) {
            return i;
        }
        for (int32_t j = i + 2; j < count && (i > 0 || j < count - 1); j++) {
            if (segments_meet(a, b, vertices[j], vertices[(j + 1) % count])) {
                return i;
            }
        }
    }
    return PLENUM_NONE;
}

bool polygon_holds(const struct plenum_point *vertices, int32_t count, struct plenum_point point)
{
    bool inside = false;

    for (int32_t i = 0, j = count - 1; i < count; j = i++) {
        struct plenum_point a = vertices[j], b = vertices[i];
        int64_t turn = turn_of(a, b, point);

        if (turn == 0 && in_box(a, b, point)) {
            return true;
        }
        if ((a.y_mm > point.y_mm) != (b.y_mm > point.y_mm) &&
            (b.y_mm > a.y_mm ? turn > 0 : turn < 0)) {
            inside = !inside;
        }
    }
    return inside;
}
