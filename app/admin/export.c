#include "admin/export.h"
#include "access/access.h"
#include "db/files.h"
#include "pack/pack.h"
#include "people/people.h"
#include "sql/export.h"
#include "web/view_json.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX = 64 * 1024 * 1024, AT_ONCE = 100 };

struct export {
	struct cli *cli;
	struct db *db;
	const char *dir;
	struct arena row;
	FILE *to;
	struct buf line;
	int64_t lines;
};

static enum err put(struct export *x, const struct type_def *t, const void *row) {
	struct json_out o = json_out(&x->line);
	buf_clear(&x->line);
	view_json(&o, t, row);
	buf_add_char(&x->line, '\n');
	x->lines++;
	return !x->line.over && fwrite(x->line.p, 1, x->line.n, x->to) == x->line.n ? OK : ERR_DISK_FULL;
}

/* What is written as it is read: the thing, the statement that gives all of them, the file. */
#define RESOURCES(X) \
	X(business, sql_export_business_each, business) \
	X(conversation, sql_export_conversations, conversations) \
	X(message, sql_export_messages, messages) \
	X(vote, sql_export_votes, votes) \
	X(follow, sql_export_follows, follows) \
	X(participant, sql_export_participants, participants) \
	X(attachment, sql_export_attachments, attachments) \
	X(tag, sql_export_tags, tags) \
	X(file, sql_export_files, files) \
	X(import, sql_export_imports, imports) \
	X(source, sql_export_sources, sources) \
	X(audit, sql_export_audits, audit) \
	X(revision, sql_export_revisions, revisions) \
	X(record, sql_export_records, records) \
	X(seat, sql_export_seats, record_people) \
	X(snapshot, sql_export_snapshots, snapshots) \
	X(record_change, sql_export_record_changes, record_changes) \
	X(record_link, sql_export_record_links, record_links) \
	X(organization, sql_export_organizations, organizations) \
	X(organization_person, sql_export_organization_people, organization_people) \
	X(record_organization, sql_export_record_organizations, record_organizations) \
	X(request, sql_export_requests, requests) \
	X(request_step, sql_export_request_steps, request_steps) \
	X(webhook, sql_export_webhooks, webhooks) \
	X(reply, sql_export_replies, replies) \
	X(joint, sql_export_joints, joints) \
	X(document, sql_export_documents, documents) \
	X(version, sql_export_versions, document_versions) \
	X(call, sql_export_calls, calls) \
	X(mention, sql_export_mentions, mentions) \
	X(seen, sql_export_seen, seen) \
	X(expectation, sql_export_expectations, expectations) \
	X(task, sql_export_tasks, tasks) \
	X(claim, sql_export_claims, claims) \
	X(service_rule, sql_export_service_rules, service_rules) \
	X(team, sql_export_teams, teams) \
	X(expectation_change, sql_export_expectation_changes, expectation_changes) \
	X(brand_text, sql_export_brand_texts, brand_texts) \
	X(verdict, sql_export_verdicts, verdicts)

#define X(thing, each, file) \
	static enum err put_##thing(void *x, const struct export_##thing *row) { return put(x, &type_export_##thing, row); } \
	static enum err all_##thing(struct export *x) { return each(x->db, put_##thing, x); }
RESOURCES(X)
#undef X

/* An event's data is JSON already. */
static enum err put_event(void *arg, const struct export_event *e) {
	struct export *x = arg;
	struct json_out o = json_out(&x->line);
	arena_clear(&x->row);
	buf_clear(&x->line);
	json_put_object(&o);
	json_put_key(&o, "seq"), json_put_int(&o, e->seq);
	json_put_key(&o, "at"), json_put_str(&o, time_rfc3339(&x->row, e->at));
	json_put_key(&o, "actor_id");
	if (e->actor_id.v != 0) json_put_int(&o, e->actor_id.v);
	else json_put_null(&o);
	json_put_key(&o, "verb"), json_put_str(&o, e->verb);
	json_put_key(&o, "object_kind"), json_put_str(&o, e->object_kind);
	json_put_key(&o, "object_id"), json_put_int(&o, e->object_id);
	json_put_key(&o, "target_kind"), json_put_str(&o, e->target_kind);
	json_put_key(&o, "target_id");
	if (e->target_id.has) json_put_int(&o, e->target_id.v);
	else json_put_null(&o);
	json_put_key(&o, "audience"), json_put_str(&o, e->audience);
	json_put_key(&o, "data"), json_put_raw(&o, e->data);
	json_put_end(&o);
	buf_add_char(&x->line, '\n');
	x->lines++;
	return fwrite(x->line.p, 1, x->line.n, x->to) == x->line.n ? OK : ERR_DISK_FULL;
}

static enum err put_people(struct export *x) {
	struct business firm;
	struct person_id owner = {0}, after = {0};
	bool found;
	struct str why;
	TRY(pack_load(&why));
	TRY(business_read(x->db, x->cli->a, &firm));
	TRY(sql_export_owner(x->db, &owner, &found));
	struct actor as = {.id = owner, .role = ROLE_OWNER, .is_staff = true};
	struct locale l = {.lang = LANG_EN, .zone = zone_utc(), .now = clock_now()};
	if (firm.currency.n == 3) memcpy(l.currency, firm.currency.p, 3);
	for (size_t n = 1; n > 0;) {
		struct person_id_list ids;
		struct person_view_list people;
		arena_clear(&x->row);
		TRY(sql_export_people(x->db, &x->row, after, AT_ONCE, &ids));
		n = ids.n;
		if (n == 0) break;
		TRY(people_views(x->db, &x->row, &as, &firm, &l, ids, &people));
		for (size_t i = 0; i < people.n; i++) TRY(put(x, &type_person_view, &people.v[i]));
		after = ids.v[n - 1];
	}
	return OK;
}

/* -------------------------------------------------------------------- files */

/* files/12-photo.webp: the name with what any file system takes. */
static const char *file_path(struct export *x, const struct export_file *f) {
	struct str s = str_fmt(&x->row, "%s/files/%" PRId64 "-" STR_FMT, x->dir, f->id.v, STR_ARG(str_first(f->name, 100)));
	char *p = (char *)s.p + strlen(x->dir) + strlen("/files/");
	for (; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '.' ||
		             *p == '_' || *p == '-';
		if (!plain) *p = '_';
	}
	return s.p;
}

static enum err write_file(struct export *x, const struct export_file *f) {
	FILE *to = fopen(file_path(x, f), "wxe");
	if (to == NULL) return ERR_STORE;
	enum err e = OK;
	for (int64_t at = 0; e == OK && at < f->bytes; at += FILE_CHUNK_BYTES) {
		struct arena_mark mark = arena_mark(&x->row);
		struct str chunk;
		e = file_chunk(x->db, &x->row, f->id, at, &chunk);
		if (e == OK && fwrite(chunk.p, 1, chunk.n, to) != chunk.n) e = ERR_DISK_FULL;
		arena_reset(&x->row, mark);
	}
	return fclose(to) == 0 || e != OK ? e : ERR_DISK_FULL;
}

static enum err write_files(struct export *x) {
	struct file_id after = {0};
	if (mkdir(str_fmt(x->cli->a, "%s/files", x->dir).p, 0700) != 0) return ERR_STORE;
	for (size_t n = 1; n > 0;) {
		struct export_file_list list;
		arena_clear(&x->row);
		TRY(sql_export_files_after(x->db, &x->row, after, AT_ONCE, &list));
		n = list.n;
		for (size_t i = 0; i < n; i++) TRY(write_file(x, &list.v[i]));
		if (n > 0) after = list.v[n - 1].id;
	}
	return OK;
}

/* ------------------------------------------------------------------ its own pack */

static enum err write_pack_file(const char *dir, const struct pack_file *f, struct arena *a) {
	if (f->name.n == 0 || f->name.p[0] == '/' || str_has(f->name, STR(".."))) return ERR_STORE;     /* not of a name that leads elsewhere */
	FILE *to = fopen(str_fmt(a, "%s/" STR_FMT, dir, STR_ARG(f->name)).p, "wxe");
	if (to == NULL) return ERR_STORE;
	enum err e = fwrite(f->bytes.p, 1, f->bytes.n, to) == f->bytes.n ? OK : ERR_DISK_FULL;
	return fclose(to) == 0 || e != OK ? e : ERR_DISK_FULL;
}

/* pack/NAME is a folder that `rialto init --pack` takes elsewhere; packs of the program are there already. */
static enum err write_pack(struct export *x) {
	struct business firm;
	struct arena *a = x->cli->a;
	TRY(business_read(x->db, a, &firm));
	const struct pack *p = pack_find(firm.pack);
	if (p == NULL || str_empty(p->hash)) return OK;
	const char *dir = str_fmt(a, "%s/pack/" STR_FMT, x->dir, STR_ARG(p->name)).p;
	const char *folders[] = {str_fmt(a, "%s/pack", x->dir).p, dir, str_fmt(a, "%s/img", dir).p, str_fmt(a, "%s/import", dir).p};
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (mkdir(folders[i], 0700) != 0) return ERR_STORE;
	for (size_t i = 0; i < p->files; i++) TRY(write_pack_file(dir, &p->file[i], a));
	printf(x->cli->json ? "{\"file\":\"pack/" STR_FMT "\",\"rows\":%zu}\n" : "pack/" STR_FMT ": %zu\n", STR_ARG(p->name), p->files);
	return OK;
}

/* ------------------------------------------------------------------ all of it */

static enum err all_events(struct export *x) { return sql_export_events(x->db, put_event, x); }

static const struct {
	const char *file;
	enum err (*all)(struct export *x);
} resources[] = {
#define X(thing, each, name) {#name, all_##thing},
	{"people", put_people}, {"events", all_events}, RESOURCES(X)
#undef X
};

static enum err write_all(struct export *x) {
	for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
		const char *name = str_fmt(x->cli->a, "%s/%s.jsonl", x->dir, resources[i].file).p;
		x->lines = 0;
		x->to = fopen(name, "wxe");
		if (x->to == NULL) return ERR_STORE;
		enum err e = resources[i].all(x);
		if (fclose(x->to) != 0 && e == OK) e = ERR_DISK_FULL;
		TRY(e);
		printf(x->cli->json ? "{\"file\":\"%s.jsonl\",\"rows\":%" PRId64 "}\n" : "%s.jsonl: %" PRId64 "\n", resources[i].file,
		       x->lines);
	}
	TRY(write_pack(x));
	return write_files(x);
}

static enum err export_from(struct cli *c, const char *dir, struct store *s) {
	struct export x = {.cli = c, .dir = dir};
	TRY(store_reader(s, &x.db));
	buf_init(&x.line, LINE_MAX);
	enum err e = db_read_begin(x.db);
	if (e == OK) {
		e = write_all(&x);
		db_read_end(x.db);
	}
	db_close(x.db);
	buf_done(&x.line);
	arena_done(&x.row);
	return e;
}

/* On PostgreSQL each statement sees the newest; one moment is had by way of a backup, which is one. */
static enum err export_copy(struct cli *c, const char *dir, struct str *ret_why) {
	const char *home = str_fmt(c->a, "%s/moment", dir).p, *file = str_fmt(c->a, "%s/rialto.db", home).p;
	struct store_options o = {.home = home};
	struct store *copy = NULL;
	if (mkdir(home, 0700) != 0) return ERR_STORE;
	enum err e = store_backup(c->store, file, c->a, ret_why);
	if (e == OK) e = store_open(&o, c->a, &copy, ret_why);
	if (e == OK) e = export_from(c, dir, copy);
	store_close(copy);
	static const char *const ends[] = {"", "-wal", "-shm"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) (void)!unlink(str_fmt(c->a, "%s%s", file, ends[i]).p);
	(void)!rmdir(home);
	return e;
}

static bool is_empty_dir(const char *dir) {
	DIR *d = opendir(dir);
	if (d == NULL) return false;
	bool empty = true;
	for (struct dirent *e; empty && (e = readdir(d)) != NULL;)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	closedir(d);
	return empty;
}

int export_command(struct cli *c) {
	struct str why = STR("");
	if (!cli_operands(c, 1, 1)) return EXIT_USAGE;
	const char *dir = c->argv[1];
	if (mkdir(dir, 0700) != 0) {
		if (errno != EEXIST) return cli_fail(c, "the folder %s cannot be made: %s", dir, strerror(errno));
		if (!is_empty_dir(dir))
			return cli_fail(c, "%s is there already and not empty. Name a folder that does not exist yet", dir);
	}
	enum err e = store_engine(c->store) == DB_PG ? export_copy(c, dir, &why) : export_from(c, dir, c->store);
	if (e != OK)
		return cli_fail(c, "the export into %s is not complete: " STR_FMT, dir,
		                STR_ARG(str_empty(why) ? str_c(err_sentence(e)) : why));
	cli_talk("exported to %s; profiles hold what the owner may see, and secrets are not in it", dir);
	return EXIT_DONE;
}
