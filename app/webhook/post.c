/* One message by HTTP, signed as the Standard Webhooks specification says, and never to an address that the owner did not mean: the address is
 * looked at when the connection is made, behind the name's resolution, so a name that changes its mind gains nothing. */
#include "base/clock.h"
#include "text/escape.h"
#include "text/utf8.h"
#include "webhook/webhook_int.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sodium.h>

enum { CONNECT_SECONDS = 10, ALL_SECONDS = 20, ANSWER_BYTES = 8 * 1024, WHY_BYTES = 300, KEY_MIN = 16, KEY_MAX = 64 };

/* ------------------------------------------------------------------- address */

struct network {
	uint32_t at;
	int bits;
};

static bool in_any(uint32_t ip, const struct network *n, size_t count) {
	for (size_t i = 0; i < count; i++)
		if ((ip ^ n[i].at) >> (32 - n[i].bits) == 0) return true;
	return false;
}

#define IP4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))
#define COUNT(x) (sizeof(x) / sizeof *(x))

static bool allowed4(uint32_t ip, bool inside) {
	static const struct network ours[] = {{IP4(10, 0, 0, 0), 8}, {IP4(127, 0, 0, 0), 8}, {IP4(172, 16, 0, 0), 12}, {IP4(192, 168, 0, 0), 16}};
	/* never: this network, shared, link-local with the clouds' own services, special uses, tests, many at once, reserved */
	static const struct network nobody[] = {{IP4(0, 0, 0, 0), 8}, {IP4(100, 64, 0, 0), 10}, {IP4(169, 254, 0, 0), 16}, {IP4(192, 0, 0, 0), 24},
		{IP4(192, 0, 2, 0), 24}, {IP4(192, 88, 99, 0), 24}, {IP4(198, 18, 0, 0), 15}, {IP4(198, 51, 100, 0), 24}, {IP4(203, 0, 113, 0), 24},
		{IP4(224, 0, 0, 0), 4}, {IP4(240, 0, 0, 0), 4}};
	if (in_any(ip, nobody, COUNT(nobody))) return false;
	return inside || !in_any(ip, ours, COUNT(ours));
}

static uint32_t four(const unsigned char *b) { return IP4(b[0], b[1], b[2], b[3]); }

static bool allowed6(const unsigned char *b, bool inside) {
	static const unsigned char zero[15], mapped[12] = {[10] = 0xff, [11] = 0xff}, nat64[12] = {0, 0x64, 0xff, 0x9b};
	if (memcmp(b, mapped, 12) == 0 || memcmp(b, nat64, 12) == 0) return allowed4(four(b + 12), inside);
	if (memcmp(b, zero, 15) == 0) return b[15] == 1 && inside;
	if ((b[0] & 0xfe) == 0xfc) return inside;                        /* unique local */
	if ((b[0] & 0xe0) != 0x20) return false;                         /* not global unicast */
	if (b[0] == 0x20 && b[1] == 0x02) return false;                  /* 6to4: an IPv4 address in disguise */
	return !(b[0] == 0x20 && b[1] == 0x01 && (b[2] < 0x02 || (b[2] == 0x0d && b[3] == 0xb8))); /* special uses, documentation */
}

bool webhook_address_allowed(const struct sockaddr *to, bool inside) {
	if (to->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, to, sizeof in);
		return allowed4(ntohl(in.sin_addr.s_addr), inside);
	}
	if (to->sa_family != AF_INET6) return false;
	struct sockaddr_in6 in6;
	memcpy(&in6, to, sizeof in6);
	return allowed6(in6.sin6_addr.s6_addr, inside);
}

/* ----------------------------------------------------------------- signature */

struct str webhook_sign(struct arena *a, struct str secret, struct str id, int64_t seconds, struct str body) {
	unsigned char key[KEY_MAX], mac[crypto_auth_hmacsha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof mac, sodium_base64_VARIANT_ORIGINAL)];
	crypto_auth_hmacsha256_state s;
	size_t n = 0;
	struct str head = str_fmt(a, STR_FMT ".%lld.", STR_ARG(id), (long long)seconds), coded = str_from(secret, 6);
	if (!str_starts(secret, STR("whsec_")) ||
	    sodium_base642bin(key, sizeof key, coded.p, coded.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 || n < KEY_MIN) return STR_NONE;
	crypto_auth_hmacsha256_init(&s, key, n);
	crypto_auth_hmacsha256_update(&s, (const unsigned char *)head.p, head.n);
	crypto_auth_hmacsha256_update(&s, (const unsigned char *)body.p, body.n);
	crypto_auth_hmacsha256_final(&s, mac);
	sodium_memzero(key, sizeof key);
	sodium_bin2base64(text, sizeof text, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
	return str_fmt(a, "v1,%s", text);
}

/* --------------------------------------------------------------------- posting */

struct talk {
	bool inside, refused;
	struct buf answer;
};

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to) {
	struct talk *t = arg;
	if (purpose == CURLSOCKTYPE_IPCXN && webhook_address_allowed(&to->addr, t->inside)) return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	t->refused = true;
	return CURL_SOCKET_BAD;
}

/* Only the beginning is kept; the rest is heard out, as long as there is time. */
static size_t hear(char *p, size_t size, size_t n, void *arg) {
	struct talk *t = arg;
	buf_add(&t->answer, str_first(str_n(p, size * n), ANSWER_BYTES - t->answer.n));
	return size * n;
}

static struct curl_slist *headers(struct arena *a, const struct post *p, struct str sign, int64_t seconds) {
	const char *const lines[] = {"Content-Type: application/json", "Expect:", "User-Agent: rialto",
		str_fmt(a, "webhook-id: " STR_FMT, STR_ARG(p->key)).p, str_fmt(a, "webhook-timestamp: %lld", (long long)seconds).p,
		str_fmt(a, "webhook-signature: " STR_FMT, STR_ARG(sign)).p};
	struct curl_slist *list = NULL;
	for (size_t i = 0; i < COUNT(lines); i++) list = curl_slist_append(list, lines[i]);
	return list;
}

static void set_options(CURL *curl, struct arena *a, const struct post *p, struct talk *t, struct curl_slist *list, char *words) {
	curl_easy_setopt(curl, CURLOPT_URL, str_z(a, p->url));
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, p->inside ? "http,https" : "https");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ALL_SECONDS);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, t);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, hear);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)p->body.n);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, p->body.p);
}

static struct str why_not(struct arena *a, CURLcode result, const struct talk *t, const char *words, long status) {
	if (t->refused) return STR("The address lies in a network that no message may go to.");
	if (result != CURLE_OK) return str_copy(a, utf8_fit(utf8_line(a, str_c(words[0] ? words : curl_easy_strerror(result))), WHY_BYTES));
	return status >= 200 && status < 300 ? STR("") : str_fmt(a, "It answered with %ld.", status);
}

void webhook_post(struct arena *a, struct post *p) {
	char words[CURL_ERROR_SIZE] = "";
	struct talk t = {.inside = p->inside};
	int64_t now = clock_now() / SECONDS(1);
	struct str sign = webhook_sign(a, p->secret, p->key, now, p->body);
	CURL *curl = curl_easy_init();
	struct curl_slist *list = headers(a, p, sign, now);
	p->status = 0;
	p->answer = STR("");
	buf_init(&t.answer, ANSWER_BYTES);
	if (curl == NULL || list == NULL) p->why = STR("There is no memory to send it.");
	else {
		set_options(curl, a, p, &t, list, words);
		CURLcode result = curl_easy_perform(curl);
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &p->status);
		if (result != CURLE_OK) p->status = 0;
		p->why = why_not(a, result, &t, words, p->status);
		p->answer = str_copy(a, utf8_lines(a, buf_str(&t.answer)));
	}
	buf_done(&t.answer);
	curl_slist_free_all(list);
	if (curl != NULL) curl_easy_cleanup(curl);
}
