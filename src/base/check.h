/* CHECK: an assert that stays on in release. A failed CHECK is a programmer's error: it prints
 * where and what, and aborts. Never use it for bad input. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#define CHECK(condition)                                                                           \
    ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, __func__, #condition))

_Noreturn void check_failed(const char *file, int line, const char *function,
                            const char *condition);

#endif
