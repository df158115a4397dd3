/* Renders page.html with writers that show which of them was called: T text, U whole url, P part of an address, H html,
 * F formatter. So the expected output proves that each place got its own escape. */
#include "tpl.h"
#include "web/meta.h"
#include "web/out.h"
#include "web/page.h"
#include "text/catalogue.h"
#include <inttypes.h>
#include <stdio.h>

void buf_add_slowly(struct buf *b, struct str s) {     /* always, since the buffer has no room */
	(void)b;
	fwrite(s.p, 1, s.n, stdout);
}
void out_text_str(struct out *o, struct str s) { (void)o, printf("T(" STR_FMT ")", STR_ARG(s)); }
void out_text_int(struct out *o, int64_t v) { (void)o, printf("T(%" PRId64 ")", v); }
void out_text_real(struct out *o, double v) { (void)o, printf("T(%g)", v); }
void out_text_opt(struct out *o, struct opt_int v) { (void)o, printf(v.has ? "T(%" PRId64 ")" : "T()", v.v); }
void out_html(struct out *o, struct html h) { (void)o, printf("H(" STR_FMT ")", STR_ARG(h.s)); }
void out_url(struct out *o, struct url u) { (void)o, printf("U(" STR_FMT ")", STR_ARG(u.s)); }
void out_part_str(struct out *o, struct str s) { (void)o, printf("P(" STR_FMT ")", STR_ARG(s)); }
void out_part_int(struct out *o, int64_t v) { (void)o, printf("P(%" PRId64 ")", v); }
void out_part_real(struct out *o, double v) { (void)o, printf("P(%g)", v); }
void fmt_when(struct out *o, usec_t t) { (void)o, printf("F(when %" PRId64 ")", t); }
void fmt_number(struct out *o, int64_t n) { (void)o, printf("F(number %" PRId64 ")", n); }
void out_icon(struct out *o, const char *name) { (void)o, printf("icon(%s)", name); }
void out_static(struct out *o, const char *name) { (void)o, printf("/static/%s", name); }
void out_csrf(struct out *o) { (void)o, printf("csrf"); }
void out_error(struct out *o, const char *field) { (void)o, printf("error(%s)", field); }

void out_message(struct out *o, int key, int64_t n) {
	(void)o, (void)n;
	printf("[%s | %s]", messages[key].tr_one[LANG_EN], messages[key].tr_one[LANG_DE]);
	if (messages[key].many) printf(" %" PRId64 " [%s | %s]", n, messages[key].tr_many[LANG_EN], messages[key].tr_many[LANG_DE]);
}

struct out_say out_begin(const struct out *o, int key, int64_t n) {
	(void)o, (void)n;
	return (struct out_say){.rest = str_c(messages[key].tr_one[LANG_DE])};
}

bool out_next(struct out *o, struct out_say *say) {
	(void)o;
	const char *open = say->rest.p ? memchr(say->rest.p, '{', say->rest.n) : NULL;
	const char *close = open ? memchr(open, '}', say->rest.n - (size_t)(open - say->rest.p)) : NULL;
	if (close == NULL) return printf(STR_FMT, STR_ARG(say->rest)), false;
	printf("%.*s", (int)(open - say->rest.p), say->rest.p);
	say->name = str_n(open + 1, (size_t)(close - open) - 1);
	say->rest = str_n(close + 1, say->rest.n - (size_t)(close + 1 - say->rest.p));
	return true;
}

int main(void) {
	struct firm firm = {STR("Firm")};
	struct str flashes[] = {STR("one"), STR("two")};
	struct page p = {.lang = STR("de"), .back = {STR("/back")}, .firm = &firm, .me = {STR("Me")}, .said = {STR("<b>")},
		.flashes = {flashes, 2}};
	struct item_row items[] = {{.id = {1}, .name = STR("A"), .at = 7, .n = {true, 3}}, {.id = {2}, .name = STR("B"), .n = {true, 1}},
		{.id = {3}, .name = STR("C"), .mine = true}};
	struct shown v = {.name = STR("<&>"), .link = {STR("/l")}, .body = {STR("<p>")}, .items = {items, 3}, .best = &items[2],
		.count = 5, .yes = true};
	struct buf none = {0};
	struct out o = {.b = &none, .page = &p};
	printf("title: ");
	view_shown.title(&o, &v);
	printf("\n%s:\n", view_shown.block[0].name);
	view_shown.block[0].write(&o, &v);
	printf("\n%s of %d:\n", view_defs[0]->name, view_def_count);
	view_shown.page(&o, &v);
	printf("\n");
	return view_shown.block[1].name != NULL;
}
