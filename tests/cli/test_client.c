/* The client against a server that answers with given bytes: tables are what they should be, and
 * what is broken is said clearly. */
#include "cli/cli.h"

#include "capture.h"
#include "fake_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD(status)      "HTTP/1.1 " status "\r\nContent-Type: application/json\r\n"
#define GOOD(body)        HEAD("200 OK") "Connection: close\r\n\r\n" body
#define BAD(status, body) HEAD(status) "Connection: close\r\n\r\n" body
#define STATE(seq)                                                                                 \
    GOOD("{\"seq\":" seq ",\"now_ms\":60000,\"now\":\"1970-01-01T00:01Z\","                        \
         "\"paused\":true,\"speed_milli\":60000}")
#define ROW(seq)                                                                                   \
    "{\"seq\":" seq ",\"now_ms\":0,\"time\":\"1970-01-01T00:00Z\",\"kind\":\"tick\","              \
    "\"actor\":\"clock\",\"taken\":true,\"reason\":\"none\",\"ops\":[]}"

static int dispatch(int argc, char **argv)
{
    return subcommand_dispatch(&cli_subcommands, argc, argv);
}

/* Runs "plenum LINE --server ..." against the answers; the server can be asked afterwards. */
static struct fake_server *run(const char *line, const char *const *answers, int *exit_code)
{
    char whole[512];
    struct fake_server *server = fake_server_create(answers);
    assert_true((size_t)snprintf(whole, sizeof whole, "plenum %s --server http://127.0.0.1:%d",
                                 line, fake_server_port(server)) < sizeof whole);
    *exit_code = capture(dispatch, whole);
    fake_server_stop(server);
    return server;
}

struct client_case {
    const char *line;
    int exit_code;
    const char *says; /* part of what is printed; all of it where it ends with a newline */
    const char *answers[FAKE_ANSWERS_MAX + 1];
};

static void check_case(const struct client_case *row)
{
    int exit_code;
    fake_server_destroy(run(row->line, row->answers, &exit_code));
    bool whole = row->says[strlen(row->says) - 1] == '\n';
    bool said = whole ? strcmp(captured, row->says) == 0 : strstr(captured, row->says) != NULL;
    if (exit_code != row->exit_code || !said)
        fail_msg("'%s' ended with %d, expected %d, and said:\n%s\nexpected:\n%s", row->line,
                 exit_code, row->exit_code, captured, row->says);
}

/* --- tables ----------------------------------------------------------------------------------- */

#define RACK(id, name, state)                                                                      \
    "{\"id\":" id ",\"name\":\"" name "\",\"model\":\"m\",\"position\":\"p" id                     \
    "\",\"state\":\"" state                                                                        \
    "\",\"since_ms\":60000,\"task\":null,\"delivery\":null,\"burn_ins\":0,\"failures\":2,"         \
    "\"fault\":0,\"part_ms\":0}"
#define CHANGE(kind, name, from_ms)                                                                \
    "{\"kind\":\"" kind "\",\"name\":\"" name "\",\"from_ms\":" from_ms                            \
    ",\"until_ms\":null,\"state\":\"built\",\"chip_name\":\"acc\",\"accelerators\":16,"            \
    "\"sold_accelerator_hours\":2.5}"
#define CAUSE(cause, count) "{\"cause\":\"" cause "\",\"accelerators\":" count "}"
#define NODE(id, name, under, w, lost)                                                             \
    "{\"id\":" id ",\"name\":\"" name "\",\"under\":" under ",\"feed\":\"a\",\"w\":" w             \
    ",\"limit_w\":100000,\"peak_w\":" w ",\"with_lost\":[" lost "]}"
#define OVERVIEW(alarms, stops)                                                                    \
    "{\"seq\":7,\"now_ms\":0,\"now\":\"1970-01-01T00:00Z\",\"paused\":false,\"speed_milli\":"      \
    "60000,"                                                                                       \
    "\"figures\":{\"power\":{\"w\":412000,\"limit_w\":1000000,\"headroom_w\":588000,"              \
    "\"headroom_feed_lost_w\":88000},\"accelerators\":{\"total\":1360,\"in_service\":1280,"        \
    "\"sold\":1200,\"free\":80},\"racks\":{\"total\":48,\"in_service\":46,\"failed\":1,"           \
    "\"coming\":1},\"robots\":{\"total\":206,\"busy\":99},\"drones\":{\"total\":8}},\"stops\":"    \
    "{" stops "},\"alarms\":[" alarms "]}"

static const struct client_case table_cases[] = {
    {"rack ls",
     0,
     "ID  NAME  STATE   SINCE              POSITION  MODEL  FAILURES  TASK  PART CAME\n"
     " 0  a     idle    1970-01-01T00:01Z  p0        m             2     -  -\n"
     "12  bcd   failed  1970-01-01T00:01Z  p12       m             2     -  -\n",
     {GOOD("{\"items\":[" RACK("0", "a", "idle") "],\"next\":12,\"count\":2}"),
      GOOD("{\"items\":[" RACK("12", "bcd", "failed") "],\"next\":null,\"count\":2}")}},
    {"rack ls --limit 1",
     0,
     "ID  NAME  STATE  SINCE              POSITION  MODEL  FAILURES  TASK  PART CAME\n"
     " 0  a     idle   1970-01-01T00:01Z  p0        m             2     -  -\n",
     {GOOD("{\"items\":[" RACK("0", "a", "idle") "],\"next\":12,\"count\":2}")}},
    {"rack ls --state failed --json",
     0,
     "\"name\": \"b\"",
     {GOOD("{\"items\":[" RACK("0", "a", "idle") "," RACK("1", "b", "failed") "],\"next\":null}")}},
    {"flight ls",
     0,
     "there are no flights\n"
     "ID  STATE  DRONE  FROM PAD  TO PAD  START  END  DELIVERY  ENERGY\n",
     {GOOD("{\"items\":[],\"next\":null,\"count\":0}")}},
    {"rack show b",
     0,
     "name      b\nmodel     m\nposition  p1\nstate     failed\nsince_ms  1970-01",
     {GOOD("{\"items\":[" RACK("0", "a", "idle") "," RACK("1", "b", "failed") "],\"next\":null}"),
      GOOD(RACK("1", "b", "failed")), BAD("404 Not Found", "{}")}},
    {"rack show alpha-2",
     1,
     "there is no rack 'alpha-2'; did you mean 'alpha-1'?",
     {GOOD("{\"items\":[" RACK("0", "alpha-1", "idle") "],\"next\":null}")}},
    {"power ls",
     0,
     "ID  NODE     LOAD     LIMIT  HEADROOM  PEAK CLAIMED  HEADROOM, FEED LOST  WORST IS\n"
     " 0  a     50.0 kW  100.0 kW   50.0 kW       50.0 kW                    -  -\n"
     " 2    a1  20.0 kW  100.0 kW   80.0 kW       20.0 kW              30.0 kW  c\n"
     " 1  b      0.1 kW  100.0 kW   99.9 kW        0.1 kW                    -  -\n"
     "\n"
     "ID  COOLING ZONE    HEAT    LIMIT\n"
     " 0  z             5.0 kW  10.0 kW\n",
     {GOOD("{\"items\":[" NODE("0", "a", "null", "50000", "") "," NODE(
         "1", "b", "null", "99", "") "," NODE("2", "a1", "0", "20000",
                                              "{\"feed\":\"b\",\"w\":60000,\"limit_w\":"
                                              "100000},"
                                              "{\"feed\":\"c\",\"w\":70000,\"limit_w\":"
                                              "100000}") "],\"next\":null,\"count\":3,"
                                                         "\"cooling_zones\":[{\"id\":0,"
                                                         "\"name\":\"z\",\"w\":5000,"
                                                         "\"limit_w\":10000}]}")}},
    {"status",
     0,
     "1970-01-01T00:00Z, running at 60x, row 7 of the journal\n"
     "\n"
     "no alarms\n"
     "\n"
     "power         412.0 kW  of 1,000.0 kW; headroom 588.0 kW, with a feed lost 88.0 kW\n"
     "accelerators     1,200  sold of 1,280 in service; 80 free, 1,360 in all\n"
     "racks               48  46 in service, 1 failed, 1 coming\n"
     "robots             206  99 busy\n"
     "drones               8\n",
     {GOOD(OVERVIEW("", "\"floor\":false,\"air\":false"))}},
    {"status",
     0,
     "row 7 of the journal\n"
     "\n"
     "critical  feed-a: may carry?[2J nothing\n"
     "          call (plenum power ls)",
     {GOOD(
         OVERVIEW("{\"severity\":\"critical\",\"code\":\"c\",\"subject\":\"feed-a\",\"reason\":"
                  "\"may carry\\u001b[2J nothing\",\"todo\":\"call\",\"cli\":\"plenum power ls\"}",
                  "\"floor\":true,\"air\":false"))}},
    {"alarm ls --json", 0, "\"code\": \"c\"", {GOOD("{\"alarms\":[{\"code\":\"c\"}]}")}},
    {"clock", 0, "1970-01-01T00:01Z, paused, speed 60x\n", {STATE("3")}},
    {"clock step 3", 0, "paused, speed 60x\n", {GOOD("{\"paused\":true,\"speed_milli\":60000}")}},
    {"floor stop",
     0,
     "taken, as row 9 of the journal\n",
     {GOOD("{\"taken\":true,\"again\":false,\"dry_run\":false,\"seq\":9}")}},
    {"floor stop --dry-run",
     0,
     "the ledger would take it; nothing was changed\n",
     {GOOD("{\"taken\":true,\"again\":false,\"dry_run\":true,\"seq\":null}")}},
    {"capacity offer --accelerators 64 --for 72h",
     0,
     "START              END                ACCELERATORS  SERVERS  CHIP     PRICE\n"
     "1970-01-01T00:01Z  1970-01-04T00:01Z            64        2  h1    1,234.50  dear\n"
     "\n"
     "why not sooner:\n"
     "  job 3 runs\n"
     "  no more of them\n",
     {GOOD("{\"offers\":[{\"start_ms\":60000,\"end_ms\":259260000,\"chip_name\":\"h1\",\"servers\":"
           "[{\"accelerators\":60},{\"accelerators\":4}],\"price_micro\":1234500000,\"why_price\":"
           "\"dear\"}],\"blockers\":[{\"at_ms\":30000,\"text\":\"job 3 runs\"},"
           "{\"at_ms\":null,\"text\":\"no more of them\"}]}")}},
    {"events --since 1",
     0,
     "2 1970-01-01T00:00Z tick clock taken\n3 1970-01-01T00:00Z tick clock taken\n",
     {STATE("3"), GOOD("{\"items\":[" ROW("2") "," ROW("3") "],\"next\":3}")}},
};

static void test_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table_cases / sizeof table_cases[0]; i++)
        check_case(&table_cases[i]);
}

/* --- trouble ---------------------------------------------------------------------------------- */

#define PROBLEM(type, title, status, detail)                                                       \
    "{\"type\":\"" type "\",\"title\":\"" title "\",\"status\":" status ",\"detail\":\"" detail    \
    "\"}"

static const struct client_case trouble_cases[] = {
    {"rack ls", 1, "is no whole JSON: at byte 10", {GOOD("{\"items\":[")}},
    {"rack ls", 1, "is no whole JSON", {GOOD("")}},
    {"rack ls", 1, "is no whole JSON", {GOOD("<html>hello</html>")}},
    {"rack ls", 1, "is no whole JSON", {GOOD("{\"items\":[]} more")}},
    {"rack ls", 1, "a list without items", {GOOD("{}")}},
    {"rack ls", 1, "a list without items", {GOOD("[]")}},
    {"rack ls",
     1,
     "a page that leads to itself",
     {GOOD("{\"items\":[],\"next\":5}"), GOOD("{\"items\":[],\"next\":5}")}},
    {"rack ls", 0, "ID", {GOOD("{\"items\":[1,null,\"x\",{}],\"next\":null}")}},
    {"power ls", 0, "ID", {GOOD("{\"items\":[{\"under\":0},{\"under\":1},{\"under\":9}]}")}},
    {"status", 0, "no alarms", {GOOD("{}")}},
    {"status", 0, "power", {GOOD("{\"figures\":[],\"alarms\":{},\"now\":3}")}},
    {"capacity offer --accelerators 1 --for 1h", 0, "no offer", {GOOD("{}")}},
    {"status",
     1,
     "the connection was lost before the answer was whole",
     {HEAD("200 OK") "Content-Length: 100\r\n\r\n{\"seq\":", "", ""}},
    {"status", 1, "the connection was lost", {"hello\n", "hello\n", "hello\n"}},
    {"status", 1, "the connection was lost", {"", "", ""}},
    {"status",
     1,
     "answered with status 500 and does not say why",
     {BAD("500 Internal Server Error", "<html>sorry</html>")}},
    {"status",
     1,
     "the server says: it broke?[2J (status 500)",
     {BAD("500 Oh", PROBLEM("about:blank", "Oh", "500", "it broke\\u001b[2J"))}},
    {"status",
     1,
     "answered with status 302",
     {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"}},
    {"status",
     1,
     "wants a token: give --token-file FILE, or set PLENUM_TOKEN",
     {BAD("401 Unauthorized", PROBLEM("about:blank", "No", "401", "no"))}},
    {"status",
     1,
     "cannot do this (nothing is at /v1/overview): it is another version's server",
     {BAD("404 Not Found", PROBLEM("about:blank", "No", "404", "nothing is at /v1/overview"))}},
    {"rack show 99",
     1,
     "the server says: there is no rack \"99\" (status 404)",
     {BAD("404 Not Found", PROBLEM("about:blank", "No", "404", "there is no rack \\\"99\\\""))}},
    {"drone ground --actor x",
     2,
     "the server says: actor: expected less (status 400)",
     {BAD("400 Bad Request", PROBLEM("about:blank", "No", "400", "actor: expected less"))}},
    {"drone ground",
     1,
     "plenum drone ground: refused by the ledger: it is grounded",
     {BAD("409 Conflict",
          PROBLEM("urn:plenum:problem:refused", "Refused", "409", "it is grounded"))}},
    {"drone ground --json",
     1,
     "\"status\": 409,",
     {BAD("409 Conflict",
          PROBLEM("urn:plenum:problem:refused", "Refused", "409", "it is grounded"))}},
    {"status --timeout 200ms", 1, "did not answer within 200ms", {"wait"}},
    {"status", 1, "is no whole JSON", {HEAD("200 OK")}},
    {"status --timeout 0s", 2, "--timeout: expected 1ms to 1h", {NULL}},
    {"status --ca-file /nothing.pem", 1, "/nothing.pem: no certificates", {NULL}},
    {"status --token-file /nothing", 1, "/nothing: no token can be read", {NULL}},
    {"events --since 5", 1, "the journal ends with row 3, expected 5 or more", {STATE("3")}},
    {"events --since 1",
     1,
     "sent row 3, expected 2",
     {STATE("3"), GOOD("{\"items\":[" ROW("3") "],\"next\":3}")}},
    {"events --since 1",
     1,
     "sent row 2, expected 3",
     {STATE("3"), GOOD("{\"items\":[" ROW("2") "," ROW("2") "],\"next\":3}")}},
    {"events --since 1", 1, "a page without rows", {STATE("3"), GOOD("{\"next\":3}")}},
    {"events --kind rock", 2, "found kind 'rock', expected one like", {NULL}},
    {"robot ls --state bussy", 2, "--state: found 'bussy', expected one of idle|busy|", {NULL}},
    {"clock speed fast", 2, "X: found 'fast', expected a number like 60x or 0.5, or max", {NULL}},
    {"clock speed", 2, "too little given", {NULL}},
    {"clock stop", 2, "unknown subcommand 'stop'; did you mean 'step'?", {NULL}},
    {"power limit feed-a 80kw", 2, "WATTS: found '80kw', expected watts like 80kW", {NULL}},
    {"capacity offer --for 72h", 2, "expected --accelerators N and --for TIME", {NULL}},
    {"capacity cancel my-job", 2, "JOB: found 'my-job', expected the number of a job", {NULL}},
    {"capacity extend 3", 2, "expected --until INSTANT", {NULL}},
    {"stauts", 2, "unknown subcommand 'stauts'; did you mean 'status'?", {NULL}},
    {"rack retire r-1", 2, "expected --from INSTANT: when it goes", {NULL}},
    {"rack retire r/1 --from 1970-01-01T00:01Z", 2, "expected a rack's name or number", {NULL}},
    {"rack keep ../x", 2, "expected a rack's name or number", {NULL}},
    {"capacity hand-over 3", 2, "expected --tenant NAME: who gets it", {NULL}},
    {"capacity hand-over x --tenant a", 2, "JOB: found 'x', expected a number", {NULL}},
    {"capacity maintain --rack r-1", 2, "expected --until INSTANT", {NULL}},
    {"capacity maintain --until 1970-01-01T00:01Z",
     2,
     "expected --rack NAME, --one-server N",
     {NULL}},
    {"capacity maintain-cancel x", 2, "NUMBER: found 'x', expected a number", {NULL}},
    {"capacity changes",
     0,
     "nothing comes, goes or is kept clear\n",
     {GOOD("{\"items\":[],\"next\":null,\"count\":0}")}},
    {"capacity changes",
     0,
     "FROM               UNTIL  WHAT        NAME  STATE  ACCELERATORS  CHIP  SOLD AHEAD, HOURS\n"
     "1970-01-01T00:01Z  -      arrival     r-1   built            16  acc   2.5\n"
     "1970-01-01T00:02Z  -      retirement  r-2   built            16  acc   2.5\n",
     {GOOD("{\"items\":[" CHANGE("retirement", "r-2", "120000") "," CHANGE(
         "arrival", "r-1", "60000") "],\"next\":null,\"count\":2}")}},
    {"capacity quota",
     0,
     "TENANT  UNDER  CHIP  GRANTED  HELD  PLACEABLE  IN WHOLE SERVERS  STRANDED  WHY\n"
     "acme           acc        32  24.5          4                 0       3.5  3 rack, 0.5 "
     "fraction\n"
     "\n"
     "CHIP  ACCELERATORS  SOLD  USABLE  IN WHOLE SERVERS  STRANDED  WHY\n"
     "acc             64    31      30                28         3  3 rack\n",
     {GOOD(
         "{\"items\":[{\"id\":0,\"name\":\"acme\",\"under_name\":null,\"chips\":[{\"name\":\"acc\","
         "\"granted\":32,\"held\":24.5,\"placeable\":4,\"placeable_whole_servers\":0,"
         "\"stranded\":[" CAUSE("rack", "3") "," CAUSE(
             "fraction", "0.5") "]}]}],"
                                "\"next\":null,\"count\":1,\"chips\":[{\"name\":\"acc\","
                                "\"accelerators\":64,\"sold\":31,"
                                "\"usable\":30,\"usable_whole_servers\":28,\"stranded\":[" CAUSE(
                                    "rack", "3") "]}]}")}},
    {"capacity prices",
     0,
     "CHIP  ACCELERATORS  SOLD  PRICE AN HOUR\n"
     "acc             64    32           2.50\n"
     "\n"
     "CHIP  WEEK FROM          SOLD  PRICE AN HOUR\n"
     "acc   -                  41 %           1.50\n"
     "acc   1970-01-08T00:00Z   0 %           1.00\n",
     {GOOD("{\"from_ms\":0,\"step_ms\":604800000,\"chips\":[{\"name\":\"acc\",\"accelerators\":64,"
           "\"sold\":32,\"price_hour_micro\":2500000,\"weeks\":[1500000,1000000],"
           "\"weeks_sold_milli\":[412,0]}]}")}},
    {"rack lss", 2, "unknown subcommand 'lss'; did you mean 'ls'?", {NULL}},
    {"rack ls --jsno", 2, "unknown option '--jsno'; did you mean '--json'?", {NULL}},
};

static void test_trouble(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trouble_cases / sizeof trouble_cases[0]; i++)
        check_case(&trouble_cases[i]);
}

static void test_servers(void **state)
{
    (void)state;
    static const struct {
        const char *server;
        int exit_code;
        const char *says;
    } rows[] = {
        {"http://127.0.0.1:1", 1,
         "http://127.0.0.1:1 cannot be reached (Couldn't connect to server)"
         ". Is a site running? 'plenum run SITE'"},
        {"127.0.0.1:1/", 1, "http://127.0.0.1:1 cannot be reached"},
        {"http://no.such.host.invalid", 1, "cannot be reached"},
        {"ftp://127.0.0.1", 2, "--server: found \"ftp://127.0.0.1\", expected a server's address"},
        {"http://", 2, "--server: found"},
        {"://x", 2, "--server: found"},
        {"http://a:b@127.0.0.1:1", 2, "--server: found"},
        {"http://127.0.0.1:1/v1", 2, "--server: found"},
        {"http://127.0.0.1:1\x01", 2, "--server: found"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[256];
        (void)snprintf(line, sizeof line, "plenum status --timeout 2s --server=%s", rows[i].server);
        int exit_code = capture(dispatch, line);
        if (exit_code != rows[i].exit_code || !strstr(captured, rows[i].says))
            fail_msg("%s ended with %d, and said: %s", rows[i].server, exit_code, captured);
    }
}

/* --- what is asked ---------------------------------------------------------------------------- */

static void check_asked(const struct fake_server *server, size_t index, const char *text)
{
    if (!strstr(fake_server_request(server, index), text))
        fail_msg("request %zu was:\n%s\nexpected in it: %s", index,
                 fake_server_request(server, index), text);
}

struct asked_case {
    const char *line, *path, *body;
};

static const struct asked_case asked_cases[] = {
    {"rack ls --at 1970-01-01T00:01Z", "GET /v1/racks?at=60000&limit=1000 ", ""},
    {"robot ls --limit 3", "GET /v1/robots?limit=3 ", ""},
    {"robot why 3", "GET /v1/robots/3/why ", ""},
    {"robot ls --limit 3 --state busy", "GET /v1/robots?limit=1000 ", ""},
    {"status --at 1970-01-01T00:01Z", "GET /v1/overview?at=60000 ", ""},
    {"drone ground --actor ada --reason wind", "POST /v1/drones/ground ",
     "{\"actor\":\"ada\",\"reason\":\"wind\"}"},
    {"drone release --actor ada --dry-run", "POST /v1/drones/release?dry_run=true ",
     "{\"actor\":\"ada\"}"},
    {"power limit feed-a 80kW --failover 0.5MW --until 1970-01-01T00:01Z --actor a",
     "POST /v1/power/limits ",
     "{\"node\":\"feed-a\",\"limit_w\":80000,\"failover_limit_w\":500000,\"until_ms\":60000,"
     "\"actor\":\"a\"}"},
    {"power limit 3 80kW --actor a", "POST /v1/power/limits ", "{\"node\":3,\"limit_w\":80000,"},
    {"clock pause", "POST /v1/clock ", "{\"paused\":true}"},
    {"clock resume", "POST /v1/clock ", "{\"paused\":false}"},
    {"clock speed max", "POST /v1/clock ", "{\"speed_milli\":0}"},
    {"clock step 5", "POST /v1/clock ", "{\"paused\":true,\"steps\":5}"},
    {"capacity offer --accelerators 64 --for 72h --per-server 8 --chip h1 --memory 2",
     "POST /v1/capacity/offers ",
     "{\"accelerators\":64,\"duration_ms\":259200000,\"per_server\":8,"
     "\"memory_bytes\":2147483648,\"chip\":\"h1\"}"},
    {"capacity cancel 12 --actor a", "POST /v1/capacity/reservations/12/cancel ",
     "{\"actor\":\"a\"}"},
    {"capacity extend 12 --until 1970-01-01T00:01Z --actor a",
     "POST /v1/capacity/reservations/12/extend ", "{\"end_ms\":60000,\"actor\":\"a\"}"},
    {"capacity reserve --accelerators 8 --for 1h --tenant acme --spread rack --actor a",
     "POST /v1/capacity/reservations ",
     "{\"accelerators\":8,\"duration_ms\":3600000,\"spread\":\"rack\",\"tenant\":\"acme\","
     "\"actor\":\"a\"}"},
    {"capacity hand-over 12 --tenant zeta --servers 2 --from 1970-01-01T00:01Z --actor a",
     "POST /v1/capacity/reservations/12/hand-over ",
     "{\"tenant\":\"zeta\",\"servers\":2,\"from_ms\":60000,\"actor\":\"a\"}"},
    {"capacity maintain --rack r-1 --until 1970-01-01T00:01Z --take --actor a",
     "POST /v1/capacity/maintenances ",
     "{\"rack\":\"r-1\",\"until_ms\":60000,\"take\":true,\"actor\":\"a\"}"},
    {"capacity maintain --one-server 7 --from 1970-01-01T00:01Z --until 1970-01-01T00:02Z "
     "--actor a --dry-run",
     "POST /v1/capacity/maintenances?dry_run=true ",
     "{\"server\":7,\"from_ms\":60000,\"until_ms\":120000,\"actor\":\"a\"}"},
    {"capacity maintain --node panel-a --until 1970-01-01T00:01Z --actor a",
     "POST /v1/capacity/maintenances ", "{\"node\":\"panel-a\",\"until_ms\":60000,"},
    {"capacity maintain-cancel 3 --actor a", "POST /v1/capacity/maintenances/3/cancel ",
     "{\"actor\":\"a\"}"},
    {"capacity queue --limit 3", "GET /v1/capacity/queue?limit=3 ", ""},
    {"capacity prices --at 1970-01-01T00:01Z", "GET /v1/capacity/prices?at=60000 ", ""},
    {"capacity quota --at 1970-01-01T00:01Z", "GET /v1/capacity/quota?at=60000&limit=1000 ", ""},
    {"capacity changes", "GET /v1/capacity/changes?limit=1000 ", ""},
    {"rack retire r-1 --from 1970-01-01T00:01Z --take --actor a", "POST /v1/racks/r-1/retire ",
     "{\"from_ms\":60000,\"take\":true,\"actor\":\"a\"}"},
    {"rack keep 0 --actor a", "POST /v1/racks/0/keep ", "{\"actor\":\"a\"}"},
};

static void test_asked(void **state)
{
    (void)state;
    static const char *const answers[] = {GOOD("{}"), NULL};
    for (size_t i = 0; i < sizeof asked_cases / sizeof asked_cases[0]; i++) {
        int exit_code;
        struct fake_server *server = run(asked_cases[i].line, answers, &exit_code);
        check_asked(server, 0, asked_cases[i].path);
        check_asked(server, 0, asked_cases[i].body);
        fake_server_destroy(server);
    }
}

/* Who acts, where nobody says. */
static void test_actor(void **state)
{
    (void)state;
    static const char *const answers[] = {GOOD("{}"), NULL};
    int exit_code;
    assert_int_equal(setenv("USER", "grace", 1), 0);
    struct fake_server *server = run("drone ground", answers, &exit_code);
    check_asked(server, 0, "{\"actor\":\"grace@");
    fake_server_destroy(server);
    assert_int_equal(unsetenv("USER"), 0);
    server = run("drone ground", answers, &exit_code);
    check_asked(server, 0, "{\"actor\":\"cli\"}");
    fake_server_destroy(server);
}

static void test_token(void **state)
{
    (void)state;
    static const char *const answers[] = {GOOD("{}"), NULL};
    static const char *const refused[] = {BAD("401 Unauthorized", "{}"), NULL};
    int exit_code;
    assert_int_equal(setenv("PLENUM_TOKEN", "0123456789abcdef", 1), 0);
    struct fake_server *server = run("status", answers, &exit_code);
    check_asked(server, 0, "Authorization: Bearer 0123456789abcdef\r\n");
    fake_server_destroy(server);
    fake_server_destroy(run("status", refused, &exit_code));
    assert_non_null(strstr(captured, "does not take this token"));
    assert_int_equal(setenv("PLENUM_TOKEN", "two\r\nlines", 1), 0);
    fake_server_destroy(run("status", answers, &exit_code));
    assert_int_equal(exit_code, 2);
    assert_int_equal(unsetenv("PLENUM_TOKEN"), 0);
}

static const char *key_of(const struct fake_server *server, size_t index)
{
    const char *key = strstr(fake_server_request(server, index), "Idempotency-Key: ");
    assert_non_null(key);
    return key;
}

/* A change whose answer was lost is asked for again, by the same key; another has another. */
static void test_again(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "", HEAD("200 OK") "Content-Length: 99\r\n\r\n{",
        GOOD("{\"taken\":true,\"again\":true,\"dry_run\":false,\"seq\":9}"), NULL};
    int exit_code;
    struct fake_server *server = run("floor resume", answers, &exit_code);
    assert_int_equal(exit_code, 0);
    assert_string_equal(captured, "taken before, as row 9 of the journal\n");
    size_t length = strcspn(key_of(server, 0), "\r");
    assert_int_equal(length, strlen("Idempotency-Key: ") + 32);
    assert_memory_equal(key_of(server, 0), key_of(server, 1), length);
    assert_memory_equal(key_of(server, 0), key_of(server, 2), length);
    struct fake_server *other = run("floor resume", answers + 2, &exit_code);
    assert_memory_not_equal(key_of(server, 0), key_of(other, 0), length);
    fake_server_destroy(other);
    fake_server_destroy(server);
}

/* --- following -------------------------------------------------------------------------------- */

/* The connection is lost twice, once within an answer: each row is told once, in order. */
static void test_follow(void **state)
{
    (void)state;
    static const char *const answers[] = {
        STATE("3"),
        GOOD("{\"items\":[" ROW("2") "," ROW("3") "],\"next\":3}"),
        BAD("503 Service Unavailable", PROBLEM("about:blank", "No", "503", "the site is starting")),
        STATE("4"),
        HEAD("200 OK") "Content-Length: 999\r\n\r\n{\"items\":[" ROW("4"),
        GOOD("{\"items\":[" ROW("4") "],\"next\":4}"),
        GOOD("{\"items\":[],\"next\":4}"),
        GOOD("{\"items\":[" ROW("5") "," ROW("6") "],\"next\":6}"),
        NULL};
    int exit_code;
    struct fake_server *server = run("events --follow --since 1 --limit 4", answers, &exit_code);
    assert_int_equal(exit_code, 0);
    check_asked(server, 5, "GET /v1/events?since=3&");
    check_asked(server, 7, "GET /v1/events?since=4&");
    const char *at = captured;
    for (const char *seq = "2345"; *seq; seq++) {
        char line[] = "0 1970-01-01T00:00Z tick clock taken\n";
        line[0] = *seq;
        at = strstr(at, line);
        assert_non_null(at);
        at += strlen(line);
    }
    assert_null(strstr(at, "tick"));
    fake_server_destroy(server);
}

/* --- completion ------------------------------------------------------------------------------- */

static void test_completion(void **state)
{
    (void)state;
    static const struct {
        const char *words, *candidates;
    } rows[] = {
        {"st", "status\n"},
        {"rack ", "ls\nshow\nretire\nkeep\n"},
        {"rack s", "show\n"},
        {"rack ls --to", "--token-file\n"},
        {"rack ls --state f", "failed\n"},
        {"rack ls --state = f", "failed\n"},
        {"rack ls --state =", "ordered\nbuilt\nshipped\nat-dock\ncarried\nplaced\ncabled\npowered\n"
                              "tested\nin-service\nfailed\nretired\n"},
        {"rack ls --limit ", ""},
        {"rack ls --token-file ", ":files\n"},
        {"rack show ", ""},
        {"run ", ":files\n"},
        {"run x --sp", "--speed\n"},
        {"clock s", "speed\nstep\n"},
        {"clock --se", "--server\n"},
        {"help rack sh", "show\n"},
        {"nothing x", ""},
        {"rack nothing --", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[256];
        (void)snprintf(line, sizeof line, "plenum completion words -- %s", rows[i].words);
        assert_int_equal(capture(dispatch, line), 0);
        if (strcmp(captured, rows[i].candidates) != 0)
            fail_msg("'%s' could become:\n%s\nexpected:\n%s", rows[i].words, captured,
                     rows[i].candidates);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),     cmocka_unit_test(test_trouble),
        cmocka_unit_test(test_servers),    cmocka_unit_test(test_asked),
        cmocka_unit_test(test_actor),      cmocka_unit_test(test_token),
        cmocka_unit_test(test_again),      cmocka_unit_test(test_follow),
        cmocka_unit_test(test_completion),
    };
    if (unsetenv("PLENUM_SERVER") != 0 || unsetenv("PLENUM_TOKEN") != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
