#ifndef FILE_FILE_INT_H
#define FILE_FILE_INT_H
/* Within file only. */
#include "file/file.h"
#include "routes.h"
#include "sql/file.h"

/* Text in whatever charset: UTF-8, UTF-16 with its mark, else Windows-1252. */
struct str file_plain_text(struct arena *a, struct str bytes);
/* Whether a file of that type is read by the job. */
bool file_has_words(struct str type);

/* What is shown of a file that was read: its state, first words and preview. */
MUST_USE enum err file_look_view(struct req *q, struct file_id id, struct str type, struct str name, struct file_look *ret);
/* The file, if the actor may have it, by the name they know it by. errors NOT_FOUND */
MUST_USE enum err file_seen(struct req *q, struct file_id id, struct file_place_list *ret);

#endif
