#ifndef WEB_VIEW_JSON_H
#define WEB_VIEW_JSON_H
/* A row or view as JSON, by its generated description: snake_case fields, RFC 3339 times, integers for ids, null for what is absent. */
#include "text/json.h"
#include "web/meta.h"

void view_json(struct json_out *o, const struct type_def *t, const void *v);

#endif
