/* Signatures as other implementations make them, and where messages may go. */
#include "webhook/webhook.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* Made with another program's HMAC-SHA256. */
static void signatures(void **state) {
	struct arena a = {0};
	(void)state;
	assert_true(str_is(webhook_sign(&a, STR("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"), STR("msg_1"), 1700000000, STR("{\"type\":\"request.sent\"}")),
		"v1,ihnji/Ydc9Ei2kErztC3COYlOCYlG06MTIk4gCLUpFw="));
	assert_true(str_none(webhook_sign(&a, STR("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"), STR("m"), 1, STR(""))));
	assert_true(str_none(webhook_sign(&a, STR("whsec_no base64!"), STR("m"), 1, STR(""))));
	assert_true(str_none(webhook_sign(&a, STR("whsec_c2hvcnQ="), STR("m"), 1, STR(""))));
	arena_done(&a);
}

static bool allowed(const char *text, bool inside) {
	struct sockaddr_storage to = {0};
	struct sockaddr_in *in = (struct sockaddr_in *)&to;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&to;
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) to.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) to.ss_family = AF_INET6;
	else fail_msg("%s is no address", text);
	return webhook_address_allowed((struct sockaddr *)&to, inside);
}

static void addresses(void **state) {
	static const char *const everywhere[] = {"8.8.8.8", "172.15.255.255", "172.32.0.0", "192.169.0.1", "2a00:1450::1", "2606:4700::1", "::ffff:8.8.8.8"};
	static const char *const inside[] = {"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "::1", "fd00::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"};
	static const char *const nowhere[] = {"0.0.0.0", "100.64.0.1", "169.254.169.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7",
		"203.0.113.9", "224.0.0.1", "255.255.255.255", "::", "fe80::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "::ffff:169.254.169.254"};
	(void)state;
	for (size_t i = 0; i < sizeof everywhere / sizeof *everywhere; i++)
		if (!allowed(everywhere[i], false) || !allowed(everywhere[i], true)) fail_msg("%s is refused", everywhere[i]);
	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
		if (allowed(inside[i], false)) fail_msg("%s is reached from outside", inside[i]);
		if (!allowed(inside[i], true)) fail_msg("%s is refused inside", inside[i]);
	}
	for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
		if (allowed(nowhere[i], true)) fail_msg("%s is reached", nowhere[i]);
	struct sockaddr other = {.sa_family = AF_UNIX};
	assert_false(webhook_address_allowed(&other, true));
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(signatures), cmocka_unit_test(addresses)};
	if (crypto_init() != OK) return 1;
	return cmocka_run_group_tests_name("webhook", tests, NULL, NULL);
}
