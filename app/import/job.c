/* The job behind an import in the browser. It may be done again after a crash: then what was taken is unchanged, and
 * it goes on. */
#include "import/job.h"
#include "access/access.h"
#include "import/history.h"
#include "import/import.h"
#include "text/csv.h"

ptrdiff_t stored_read(void *stored, char *to, size_t n) {
	struct stored *s = stored;
	if (s->rest.n == 0) {
		arena_clear(&s->a);
		if (file_chunk(s->db, &s->a, s->id, s->at, &s->rest) != OK) return -1;
		s->at += FILE_CHUNK_BYTES;
	}
	size_t have = s->rest.n < n ? s->rest.n : n;
	if (have > 0) memcpy(to, s->rest.p, have);
	s->rest = str_from(s->rest, have);
	return (ptrdiff_t)have;
}

void stored_done(struct stored *s) {
	arena_done(&s->a);
}

struct job {
	struct history history;
	struct hub *hub;
};

static enum err reject(struct run *r, const struct run_reject *x) {
	struct job *j = r->ctx;
	history_reject(&j->history, x);
	return OK;
}

static enum err progress(struct run *r) {
	struct job *j = r->ctx;
	TRY(history_progress(&j->history, r));
	return j->hub != NULL && hub_is_stopping(j->hub) ? ERR_BUSY : OK;
}

static enum err forget_rejects(struct db *db, void *arg) {
	return sql_import_rejects_forget(db, *(struct import_id *)arg, NULL);
}

/* Reads the mapping against the file. What is wrong with it is said in *ret_why. */
static enum err prepare(struct run *r, struct arena *a, const struct import_row *row, struct str *ret_why) {
	struct business firm;
	struct text_list header, missing;
	const char *fault = NULL;
	struct mapping *map;
	TRY(pack_load(ret_why));
	TRY(business_read(r->db, a, &firm));
	enum err e = rows_header(r->rows, &header, &fault);
	if (e == ERR_INVALID) *ret_why = str_c(tr(r->lang, fault));
	TRY(e);
	const struct zone *zone = zone_find(firm.zone);
	TRY(mapping_read(a, row->file_name, row->mapping, pack_find(firm.pack), zone ? zone : zone_utc(), &map, ret_why));
	*ret_why = str_c(tr(r->lang, T("The file has not all columns that the mapping reads.")));
	if (!mapping_bind(a, map, &header, &missing)) return ERR_INVALID;
	*ret_why = STR("");
	r->map = map;
	r->columns = header.n;
	return OK;
}

static enum err run_it(struct run *r, struct job *j, struct arena *a, const struct import_row *row, int tries,
                       struct str *ret_why) {
	enum err e = store_write(r->store, forget_rejects, &j->history.id);
	if (e == OK) e = prepare(r, a, row, ret_why);
	if (e == OK) e = run_import(r, a);
	if (e == OK) return history_end(&j->history, r, true, run_say_remarks(a, r));
	if (e != ERR_INVALID && tries < IMPORT_JOB_TRIES) return e;   /* once more, later */
	if (str_empty(*ret_why)) *ret_why = str_c(tr(r->lang, err_sentence(e)));
	return history_end(&j->history, r, false, *ret_why);
}

enum err import_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx,
                    struct str *ret_why) {
	struct job j = {.hub = ctx};
	struct import_row row;
	JSON_DOC(doc);
	struct str lang = STR("en");
	if (json_parse(&doc, data, NULL) != OK || !json_get_int(json_member(doc.root, "import"), &j.history.id.v))
		return ERR_INVALID;
	json_get_str(json_member(doc.root, "lang"), &lang);
	TRY(sql_import_get(db, a, j.history.id, &row));
	if (str_is(row.state, "done")) return OK;
	struct stored file = {.db = db, .id = row.file_id};
	struct run r = {.store = s,
	                .db = db,
	                .source = row.source,
	                .actor = row.actor_id,
	                .reject = reject,
	                .progress = progress,
	                .ctx = &j};
	if (!lang_find(lang, &r.lang)) r.lang = LANG_EN;
	r.rows = rows_open(a, stored_read, &file);
	enum err e = run_it(&r, &j, a, &row, tries, ret_why);
	rows_close(r.rows);
	stored_done(&file);
	history_done(&j.history);
	return e;
}
