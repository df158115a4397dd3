#include "base/buf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void grows(void **state) {
	struct buf b;
	(void)state;
	buf_init(&b, 100000);
	assert_true(str_is(buf_str(&b), ""));
	for (int i = 0; i < 10000; i++) buf_add_char(&b, (char)('a' + i % 26));
	buf_add(&b, STR("end"));
	buf_add(&b, STR_NONE);
	assert_int_equal(b.n, 10003);
	assert_false(b.over);
	assert_int_equal(b.p[26], 'a');
	assert_true(str_ends(buf_str(&b), STR("end")));
	size_t room = b.room;
	buf_clear(&b);
	assert_int_equal(b.n, 0);
	assert_int_equal(b.room, room);
	buf_done(&b);
	buf_done(&b);
}

static void has_a_maximum(void **state) {
	struct buf b;
	(void)state;
	buf_init(&b, 10);
	buf_add(&b, STR("123456789"));
	assert_false(b.over);
	buf_add(&b, STR("ab"));
	assert_true(b.over);
	assert_true(str_is(buf_str(&b), "123456789")); /* no half of what did not fit */
	buf_add_char(&b, 'x');
	assert_int_equal(b.n, 9); /* and nothing behind it */
	buf_clear(&b);
	buf_add(&b, STR("1234567890"));
	assert_false(b.over);
	assert_true(b.room <= 10);
	assert_null(buf_more(&b, SIZE_MAX));
	assert_true(b.over);
	buf_done(&b);
	buf_init(&b, 0);
	buf_add(&b, STR(""));
	assert_false(b.over);
	buf_add_char(&b, 'x');
	assert_true(b.over);
	buf_done(&b);
}

static void formats(void **state) {
	struct buf b;
	char longer[1000];
	(void)state;
	memset(longer, 'y', sizeof longer - 1);
	longer[999] = 0;
	buf_init(&b, 2000);
	buf_fmt(&b, "%d:%s", 7, "x");
	assert_true(str_is(buf_str(&b), "7:x"));
	for (int n = 250; n < 262; n++) { /* around the small buffer's end */
		buf_clear(&b);
		buf_fmt(&b, "%.*s", n, longer);
		assert_int_equal(b.n, n);
	}
	buf_clear(&b);
	buf_fmt(&b, "%s!", longer);
	assert_int_equal(b.n, 1000);
	buf_fmt(&b, "%s!!", longer);
	assert_true(b.over);
	buf_done(&b);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(grows), cmocka_unit_test(has_a_maximum), cmocka_unit_test(formats)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
