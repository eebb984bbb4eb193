/* UTF-8 (RFC 3629): shortest forms only, no surrogates, nothing over U+10FFFF. */
#ifndef MODEL_UTF8_H
#define MODEL_UTF8_H

#include <stddef.h>

/* The offset of the first byte that is not part of a well-formed letter, or length. */
size_t utf8_first_bad(const char *text, size_t length);

#endif
