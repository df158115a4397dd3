/* The tags of people and conversations, each with how much wears it and the way there. */
#include "search/search_int.h"
#include "text/url.h"

enum err search_tags(struct req *q, const struct search_tags_in *in, struct search_tags_page *ret) {
	int64_t most = in->limit;
	struct find_tag_row_list rows;
	TRY(sql_find_all_tags(q->db, q->a, q->actor.id, q->actor.is_staff, str_none(in->cursor) ? STR("") : in->cursor, most + 1, &rows));
	ret->next = STR_NONE;
	if ((int64_t)rows.n > most) ret->next = rows.v[--rows.n - 1].name;
	if (!str_none(ret->next)) ret->more = url_with(q->a, url_path(q->a, "/tags"), "cursor", ret->next);
	ret->data.v = NEW_ARRAY(q->a, struct search_tag, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct find_tag_row *r = &rows.v[i];
		ret->data.v[ret->data.n++] = (struct search_tag){.name = r->name, .people = r->people, .conversations = r->conversations,
			.worn_by = url_with(q->a, url_path(q->a, "/people"), "tag", r->name),
			.url = search_here(q, STR("conversation"), str_fmt(q->a, "tag:\"" STR_FMT "\"", STR_ARG(r->name)))};
	}
	return OK;
}
