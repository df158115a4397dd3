/* Imports in the browser: the history, a new file, and what a file in the store looks like before it is taken. */
#include "access/policy.h"
#include "event/event.h"
#include "import/job.h"
#include "import/map.h"
#include "routes.h"
#include "sql/import.h"
#include "text/csv.h"
#include "text/utf8.h"
#include "web/req.h"
#include <inttypes.h>

enum { PAGE = 30, PREVIEW = 20, REJECTS = 50, CELL_CHARS = 60, REJECT_CELLS = 12, DOWNLOAD_MAX = 64 * 1024 * 1024 };

static enum err may_import(struct req *q, enum act act) {
	struct object o = {.thing = THING_IMPORT};
	return may_or_err(&q->actor, act, &o);
}

static struct str kind_label(struct req *q, struct str word) {
	const struct import_kind *k = import_kind_find(word);
	return k != NULL ? str_c(TRQ(q, k->label)) : word;
}

static struct import_line line_of(struct req *q, const struct import_row *r) {
	int64_t percent = r->all_bytes > 0 ? r->done_bytes * 100 / r->all_bytes : 0;
	return (struct import_line){
		.id = r->id,
		.kind = kind_label(q, r->kind),
		.source = r->source,
		.file_name = r->file_name,
		.state = r->state,
		.created = r->created,
		.updated = r->updated,
		.unchanged = r->unchanged,
		.rejected = r->rejected,
		.created_at = r->created_at,
		.actor_name = r->actor_name,
		.percent = percent > 100 ? 100 : percent,
	};
}

/* -------------------------------------------------------------------- history */

enum err imports_show(struct req *q, const struct imports_show_in *in, struct imports_page *ret) {
	struct import_row_list rows;
	struct opt_int before = {0};
	TRY(may_import(q, ACT_SEE));
	before.has = !str_empty(in->cursor) && str_int(in->cursor, &before.v);
	TRY(sql_import_list(q->db, q->a, before, PAGE + 1, &rows));
	struct import_line *v = NEW_ARRAY(q->a, struct import_line, rows.n);
	for (size_t i = 0; i < rows.n && i < PAGE; i++) v[i] = line_of(q, &rows.v[i]);
	*ret = (struct imports_page){.runs = {v, rows.n < PAGE ? rows.n : PAGE}, .next = STR_NONE,
	                             .source = str_none(in->source) ? STR("") : in->source};
	if (rows.n > PAGE) ret->next = str_fmt(q->a, "%" PRId64, rows.v[PAGE - 1].id.v);
	int n = 0;
	while (import_kind_at(n) != NULL) n++;
	struct import_choice *kinds = NEW_ARRAY(q->a, struct import_choice, (size_t)n);
	for (int i = 0; i < n; i++) {
		const struct import_kind *k = import_kind_at(i);
		const struct pack_type *t = str_none(k->type) ? NULL : pack_type_find(pack_find(q->business->pack), k->type);
		if (t == NULL && !str_none(k->type)) continue;      /* another pack's */
		bool here = str_empty(in->kind) ? i == 0 : str_is(in->kind, k->word);
		struct str label = t != NULL ? pack_say(&t->many, q->locale.lang) : str_c(TRQ(q, k->label));
		kinds[ret->kinds.n++] = (struct import_choice){.name = str_c(k->word), .label = label, .here = here};
	}
	ret->kinds.v = kinds;
	return OK;
}

struct upload_work {
	struct req *q;
	const struct import_put_in *in;
	struct str name, source;
	struct import_id id;
};

static enum err put_file(struct db *db, void *arg) {
	struct upload_work *w = arg;
	struct file_id file;
	struct str bytes = w->in->file.bytes;
	TRY(file_put(db, w->name, STR("text/plain"), bytes, &file));
	TRY(sql_import_begin(db, w->in->kind, w->source, w->name, file, STR(""), STR("mapping"), (int64_t)bytes.n,
	                     w->q->actor.id, clock_now(), &w->id));
	struct event e = {.actor = w->q->actor.id,
	                  .verb = "create",
	                  .object_kind = "import",
	                  .object_id = w->id.v,
	                  .audience = AUDIENCE_STAFF,
	                  .data = STR("{}")};
	return event_append(db, &e, NULL);
}

enum err import_put(struct req *q, const struct import_put_in *in) {
	struct upload_work w = {
		.q = q, .in = in, .source = utf8_line(q->a, in->source), .name = utf8_fit(utf8_line(q->a, in->file.name), 200)};
	TRY(may_import(q, ACT_CREATE));
	if (str_empty(w.source)) req_invalid(q, "source", T("Please give it a name."));
	if (str_empty(in->file.bytes)) req_invalid(q, "file", T("Please choose a file."));
	if (q->errors.n > 0) return ERR_INVALID;
	if (str_empty(w.name)) w.name = STR("file.csv");
	TRY(req_write(q, put_file, &w));
	req_redirect(q, (struct url){str_fmt(q->a, "/import/%" PRId64, w.id.v)});
	return OK;
}

/* ------------------------------------------------------------------- one file */

struct looking {
	struct req *q;
	const struct import_row *row;
	struct stored file;
	struct rows *rows;
	struct text_list header;
	const struct import_kind *kind;
	const struct pack *pack;
	const struct zone *zone;
	struct mapping *map;       /* NULL: none fits */
	struct str why;            /* what is missing */
	struct text_list chosen;   /* fields that somebody chose for the columns before */
	struct str format;
};

/* Opens the file and looks for a mapping. errors INVALID: said in *ret_fault */
static enum err look(struct looking *k, const char **ret_fault) {
	struct req *q = k->q;
	struct str why;
	TRY(pack_load(&why));
	k->kind = import_kind_find(k->row->kind);
	k->pack = pack_find(q->business->pack);
	k->zone = zone_find(q->business->zone);
	if (k->zone == NULL) k->zone = zone_utc();
	if (k->kind == NULL || k->pack == NULL || k->row->file_id.v == 0) return ERR_NOT_FOUND;
	k->file = (struct stored){.db = q->db, .id = k->row->file_id};
	k->rows = rows_open(q->a, stored_read, &k->file);
	TRY(rows_header(k->rows, &k->header, ret_fault));
	k->map = mapping_find(q->a, k->kind, k->pack, &k->header, k->zone, &k->why);
	return OK;
}

static void look_done(struct looking *k) {
	rows_close(k->rows);
	stored_done(&k->file);
}

static struct str short_cell(struct arena *a, struct str s) {
	struct str first = utf8_first(s, CELL_CHARS);
	return first.n < s.n ? str_fmt(a, STR_FMT "…", STR_ARG(first)) : str_copy(a, s);
}

static struct str fault_text(struct req *q, const struct map_fault *f) {
	return str_fmt(q->a, STR_FMT ": %s", STR_ARG(f->column), TRQ(q, f->sentence));
}

static void preview_row(struct looking *k, const struct row *row, struct import_row_view *ret) {
	struct arena *a = k->q->a;
	*ret = (struct import_row_view){.line = row->line, .fault = STR("")};
	if (row->fault != NULL) {
		ret->fault = str_c(TRQ(k->q, row->fault));
		return;
	}
	ret->cells = (struct text_list){NEW_ARRAY(a, struct str, k->header.n), k->header.n};
	for (size_t i = 0; i < k->header.n; i++) ret->cells.v[i] = short_cell(a, row->cell[i]);
	if (k->map == NULL) return;
	struct mapped mapped = {NEW_ARRAY(a, struct str, k->map->targets)};
	struct map_fault fault;
	if (!mapping_apply(k->map, a, row->cell, &mapped, NEW_ARRAY(a, bool, k->map->rules), &fault))
		ret->fault = fault_text(k->q, &fault);
}

static enum err preview(struct looking *k, struct import_page *ret) {
	struct import_row_view *v = NEW_ARRAY(k->q->a, struct import_row_view, PREVIEW);
	bool found = true;
	for (size_t i = 0; i < PREVIEW; i++) {
		struct row row;
		TRY(rows_next(k->rows, &row, &found));
		if (!found) break;
		preview_row(k, &row, &v[ret->rows.n]);
		ret->faults += !str_empty(v[ret->rows.n++].fault);
	}
	ret->rows.v = v;
	ret->heads = k->header;
	return OK;
}

/* packs/telecom/import/nyc311.json → nyc311 */
static struct str mapping_name(const struct mapping *m) {
	struct str s = m->file;
	for (ptrdiff_t at; (at = str_find(s, '/')) >= 0;) s = str_from(s, (size_t)at + 1);
	return str_ends(s, STR(".json")) ? str_first(s, s.n - 5) : s;
}

static struct str target_label(struct req *q, const struct target *t) {
	return t->field != NULL ? pack_say(&t->field->label, q->locale.lang) : str_c(TRQ(q, t->label));
}

static struct import_choice_list rules_shown(struct looking *k) {
	struct import_choice *v = NEW_ARRAY(k->q->a, struct import_choice, k->map->rules);
	size_t n = 0;
	for (size_t i = 0; i < k->map->rules; i++) {
		const struct map_rule *r = &k->map->rule[i];
		bool column = false;
		for (size_t p = 0; p < r->pieces; p++) column |= r->piece[p].column >= 0;
		if (column)
			v[n++] = (struct import_choice){.name = map_rule_name(k->map, r),
			                                .label = target_label(k->q, &k->map->target[r->target])};
	}
	return (struct import_choice_list){v, n};
}

/* A column is called like one of our fields, or like its label. */
static bool is_called(struct req *q, struct str column, const struct target *t) {
	if (str_ieq(column, t->name)) return true;
	if (t->field != NULL)
		return str_ieq(column, t->field->name) || str_ieq(column, pack_say(&t->field->label, q->locale.lang));
	return str_ieq(column, str_c(TRQ(q, t->label)));
}

static void columns(struct looking *k, struct import_page *ret) {
	struct req *q = k->q;
	size_t n;
	const struct target *target = import_targets(q->a, k->kind, k->pack, &n);
	struct import_column *v = NEW_ARRAY(q->a, struct import_column, k->header.n);
	for (size_t c = 0; c < k->header.n; c++) {
		struct import_choice *x = NEW_ARRAY(q->a, struct import_choice, n);
		for (size_t t = 0; t < n; t++) {
			bool here = k->chosen.n > c ? str_eq(k->chosen.v[c], target[t].name) : is_called(q, k->header.v[c], &target[t]);
			x[t] = (struct import_choice){.name = target[t].name, .label = target_label(q, &target[t]), .here = here};
		}
		bool sample = ret->rows.n > 0 && ret->rows.v[0].cells.n > c;
		v[c] = (struct import_column){
			.name = k->header.v[c], .sample = sample ? ret->rows.v[0].cells.v[c] : STR(""), .targets = {x, n}};
	}
	ret->columns = (struct import_column_list){v, k->header.n};
}

static const char *const formats[] = {
	"YYYY-MM-DD", "rfc3339",    "YYYY-MM-DD HH:MM:SS",    "DD.MM.YYYY", "DD.MM.YYYY HH:MM",
	"DD/MM/YYYY", "MM/DD/YYYY", "MM/DD/YYYY HH:MM:SS AM", "epoch"};
enum { FORMATS = sizeof formats / sizeof *formats };

static enum err choose(struct looking *k, struct import_page *ret) {
	const char *fault = NULL;
	enum err e = look(k, &fault);
	if (e == ERR_INVALID) {
		ret->broken = str_c(TRQ(k->q, fault));
		return OK;
	}
	TRY(e);
	TRY(preview(k, ret));
	columns(k, ret);
	ret->choose = true;
	ret->open = k->map == NULL || k->chosen.n > 0;
	if (k->map != NULL) {
		ret->found = mapping_name(k->map);
		ret->rules = rules_shown(k);
	}
	struct import_choice *f = NEW_ARRAY(k->q->a, struct import_choice, FORMATS);
	for (int i = 0; i < FORMATS; i++)
		f[i] = (struct import_choice){.name = str_c(formats[i]),
		                              .label = str_c(formats[i]),
		                              .here = str_empty(k->format) ? i == 0 : str_is(k->format, formats[i])};
	ret->formats = (struct import_choice_list){f, FORMATS};
	return OK;
}

static enum err put_aside(struct req *q, struct import_id id, int64_t after, struct import_page *ret) {
	struct import_reject_row_list rows;
	TRY(sql_import_reject_list(q->db, q->a, id, after, REJECTS + 1, &rows));
	struct import_row_view *v = NEW_ARRAY(q->a, struct import_row_view, rows.n);
	for (size_t i = 0; i < rows.n && i < REJECTS; i++) {
		JSON_DOC(doc);
		v[i] = (struct import_row_view){
			.line = rows.v[i].line, .fault = rows.v[i].reason, .cells = {NEW_ARRAY(q->a, struct str, REJECT_CELLS), 0}};
		if (json_parse(&doc, rows.v[i].cells, NULL) != OK) continue;
		for (size_t c = 0; c < json_length(doc.root) && c < REJECT_CELLS; c++) {
			struct str s;
			if (json_get_str(json_item(doc.root, c), &s) && !str_empty(s)) v[i].cells.v[v[i].cells.n++] = short_cell(q->a, s);
		}
	}
	ret->rejects = (struct import_row_view_list){v, rows.n < REJECTS ? rows.n : REJECTS};
	ret->more = rows.n > REJECTS ? str_fmt(q->a, "%" PRId64, rows.v[REJECTS - 1].line) : STR_NONE;
	return OK;
}

static enum err show(struct req *q, struct import_id id, int64_t after, struct text_list chosen, struct str format,
                     struct import_page *ret) {
	struct import_row row;
	TRY(may_import(q, ACT_SEE));
	TRY(sql_import_get(q->db, q->a, id, &row));
	*ret = (struct import_page){
		.run = line_of(q, &row),
		.kind = kind_label(q, row.kind),
		.found = STR(""),
		.broken = STR(""),
		.why = row.why,
		.more = STR_NONE,
		.active = str_is(row.state, "waiting") || str_is(row.state, "running"),
		.done = str_is(row.state, "done"),
		.failed = str_is(row.state, "failed"),
		.all = row.all_bytes,
		.taken = row.created + row.updated + row.unchanged,
	};
	if (row.file_id.v != 0 && (str_is(row.state, "mapping") || ret->failed)) {
		struct looking k = {.q = q, .row = &row, .chosen = chosen, .format = format};
		enum err e = choose(&k, ret);
		look_done(&k);
		TRY(e);
	}
	return put_aside(q, id, after, ret);
}

enum err import_show(struct req *q, const struct import_show_in *in, struct import_page *ret) {
	return show(q, in->id, in->after.has ? in->after.v : 0, (struct text_list){0}, STR(""), ret);
}

enum err import_again(struct req *q, const struct import_again_in *in, struct import_page *ret) {
	return show(q, in->id, 0, in->target, in->date_format, ret);
}

/* ------------------------------------------------------------------- start it */

struct start_work {
	struct req *q;
	const struct import_row *row;
	struct str mapping;
};

static enum err start(struct db *db, void *arg) {
	struct start_work *w = arg;
	TRY(sql_import_choose(db, w->row->id, w->mapping, w->row->source, w->row->kind));
	struct str data =
		str_fmt(w->q->a, "{\"import\":%" PRId64 ",\"lang\":\"%s\"}", w->row->id.v, lang_code(w->q->locale.lang));
	struct event e = {.actor = w->q->actor.id,
	                  .verb = "update",
	                  .object_kind = "import",
	                  .object_id = w->row->id.v,
	                  .audience = AUDIENCE_STAFF,
	                  .data = STR("{}")};
	TRY(event_append(db, &e, NULL));
	return job_add(db, "import", data, 0);
}

static bool takes_format(const struct target *t) {
	return t->want == WANT_DATE || t->want == WANT_TIME || (t->field != NULL && t->field->type == PACK_DATE);
}

static struct str mapping_from_form(struct looking *k, const struct import_start_in *in) {
	struct arena *a = k->q->a;
	size_t n;
	const struct target *target = import_targets(a, k->kind, k->pack, &n);
	struct buf b;
	buf_init(&b, MAP_BYTES_MAX);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "kind"), json_put_c(&o, k->kind->word);
	json_put_key(&o, "set"), json_put_array(&o);
	for (size_t c = 0; c < k->header.n && c < in->target.n; c++) {
		if (str_empty(in->target.v[c])) continue;
		json_put_object(&o);
		json_put_key(&o, "to"), json_put_str(&o, in->target.v[c]);
		json_put_key(&o, "from"), json_put_str(&o, k->header.v[c]);
		for (size_t t = 0; t < n; t++)
			if (str_eq(target[t].name, in->target.v[c]) && takes_format(&target[t]) && !str_empty(in->date_format))
				json_put_key(&o, "as"), json_put_str(&o, in->date_format);
		json_put_end(&o);
	}
	json_put_end(&o);
	json_put_end(&o);
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

/* The mapping as JSON, checked. */
static enum err chosen_mapping(struct looking *k, const struct import_start_in *in, struct str *ret) {
	struct req *q = k->q;
	const char *fault = NULL;
	struct mapping *m;
	struct str why;
	enum err e = look(k, &fault);
	if (e == ERR_INVALID) return req_invalid(q, "target", fault);
	TRY(e);
	if (!str_is(in->how, "columns")) {
		if (k->map == NULL) return req_invalid(q, "target", T("No mapping fits this file; please say what each column is."));
		*ret = k->map->text;
		return OK;
	}
	*ret = mapping_from_form(k, in);
	if (mapping_read(q->a, STR("the columns"), *ret, k->pack, k->zone, &m, &why) == OK) return OK;
	q->fail_public = str_c(TRQ(q, T("The columns do not make a whole yet.")));
	return req_invalid(q, "target", T("At least the number in the file and the name or subject must be chosen."));
}

enum err import_start(struct req *q, const struct import_start_in *in) {
	struct import_row row;
	struct start_work w = {.q = q, .row = &row};
	TRY(may_import(q, ACT_CREATE));
	TRY(sql_import_get(q->db, q->a, in->id, &row));
	struct looking k = {.q = q, .row = &row};
	enum err e = chosen_mapping(&k, in, &w.mapping);
	look_done(&k);
	TRY(e);
	e = req_write(q, start, &w);
	if (e == ERR_CONFLICT) return req_fail(q, e, T("This file is being read already, or was."), NULL);
	return e;
}

/* -------------------------------------------------------------------- download */

enum err import_rejected(struct req *q, const struct import_rejected_in *in) {
	struct import_row row;
	TRY(may_import(q, ACT_SEE));
	TRY(sql_import_get(q->db, q->a, in->id, &row));
	struct buf b;
	buf_init(&b, DOWNLOAD_MAX);
	struct csv_out o = {.b = &b, .for_people = true};
	csv_put(&o, STR("line"));
	csv_put(&o, STR("reason"));
	csv_put_end(&o);
	enum err e = OK;
	size_t n = 1;
	for (int64_t after = 0; e == OK && n > 0 && !b.over;) {
		struct import_reject_row_list rows;
		struct arena_mark mark = arena_mark(q->a);
		e = sql_import_reject_list(q->db, q->a, in->id, after, 1000, &rows);
		n = e == OK ? rows.n : 0;
		for (size_t i = 0; i < n; i++) {
			JSON_DOC(doc);
			csv_put_int(&o, after = rows.v[i].line);
			csv_put(&o, rows.v[i].reason);
			struct str s = STR_NONE;
			bool good = json_parse(&doc, rows.v[i].cells, NULL) == OK;
			for (size_t c = 0; good && c < json_length(doc.root); c++)
				csv_put(&o, json_get_str(json_item(doc.root, c), &s) ? s : STR(""));
			csv_put_end(&o);
		}
		arena_reset(q->a, mark);
	}
	if (e == OK) {
		req_header(q, "Content-Disposition", STR("attachment; filename=\"rejected.csv\""));
		req_send(q, 200, "text/csv; charset=utf-8", buf_str(&b));
	}
	buf_done(&b);
	return e;
}
