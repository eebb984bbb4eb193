/* Client: asks the server of a running site, over HTTP, one question at a time.
 *
 * What is always true:
 *   C1  an answer is a whole JSON document with a status of 200 to 299; anything else is an error
 *       with a sentence for people, in the server's words where it has some.
 *   C2  what asks for a change carries a key that no other does (Idempotency-Key): where the
 *       connection is lost it is asked again, and is done once.
 *   C3  nothing that a server sends can take more than CLIENT_ANSWER_MAX bytes, or more time than
 *       was given.
 *   C4  no proxy is asked and no redirection followed: the server named is the one that answers.
 *
 * Only one client at a time: libcurl is begun and ended with it. */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include <plenum/error.h>

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

enum { CLIENT_ANSWER_MAX = 256 << 20, CLIENT_URL_MAX = 512, CLIENT_TOKEN_MAX = 256 };

struct client_options {
    const char *server;     /* URL; NULL: PLENUM_SERVER, or http://127.0.0.1:7070 */
    const char *token_file; /* NULL: PLENUM_TOKEN, or none */
    const char *ca_file;    /* PEM; NULL: the system's */
    int64_t timeout_ms;     /* for an answer */
};

struct client {
    void *easy; /* CURL * */
    char server[CLIENT_URL_MAX], token[CLIENT_TOKEN_MAX];
    int64_t timeout_ms;
    const volatile sig_atomic_t *stop; /* becomes non-zero: the answer is awaited no more */
    json_t *problem;                   /* RFC 9457, as sent with the last error; or NULL */
};

/* A path of the server, and a query that grows. Both of numbers and of words of ours. */
struct target {
    char text[CLIENT_URL_MAX];
};
void target_init(struct target *target, const char *format, ...) PLENUM_PRINTF(2, 3);
void target_add(struct target *target, const char *name, int64_t value);
void target_flag(struct target *target, const char *name); /* is true */

/* PLENUM_INPUT: the server's URL is none; PLENUM_IO: the token or the CA cannot be read. The
 * client is to be finished in any case. */
enum plenum_status client_init(struct client *client, const struct client_options *options,
                               struct plenum_error *error) PLENUM_MUST_USE;
void client_finish(struct client *client);

/* PLENUM_OK with *document, the caller's to release. PLENUM_IO: no answer; PLENUM_MISMATCH: one
 * that makes no sense; PLENUM_REFUSED: the ledger or the server says no; PLENUM_INPUT: the server
 * says that the question is wrong; PLENUM_STOPPED. */
enum plenum_status client_get(struct client *client, const struct target *target, json_t **document,
                              struct plenum_error *error) PLENUM_MUST_USE;
/* The same, for a change. body is borrowed. */
enum plenum_status client_post(struct client *client, const struct target *target,
                               const json_t *body, json_t **document,
                               struct plenum_error *error) PLENUM_MUST_USE;

#endif
