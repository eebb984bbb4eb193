/* POST /v1/commands: any command that a client may ask for. */
#include "edge/http/command_json.h"
#include "edge/http/post.h"

static void command_read(struct call *call, const json_t *document, bool dry_run)
{
    struct plenum_command command;
    struct plenum_error error;
    plenum_command_init(&command, PLENUM_COMMAND_OTHER, "http");
    if (command_from_json(&command, document, &error) == PLENUM_OK)
        post_command(call, &command, dry_run, NULL);
    else
        call_problem(call, 400, "%s", error.text);
    plenum_command_finish(&command);
}

void handle_command(struct call *call, const char *id)
{
    bool dry_run;
    (void)id;
    if (!post_dry_run(call, &dry_run))
        return;
    json_t *document = post_object(call);
    if (!document)
        return;
    command_read(call, document, dry_run);
    json_decref(document);
}
