#include "base/log.h"
#include "base/buf.h"
#include "base/clock.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static enum log_level least = LOG_INFO;
static bool plain;
static const char *const names[] = {"debug", "info", "warn", "error"};

void log_init(enum log_level level) {
	least = level;
	plain = isatty(STDERR_FILENO);
}

static void add_json(struct buf *b, const char *s) {
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\') buf_fmt(b, "\\%c", c);
		else if (c < 0x20) buf_fmt(b, "\\u%04x", c);
		else buf_add_char(b, (char)c);
	}
}

void log_say(enum log_level level, const char *fmt, ...) {
	if (level < least) return;
	char text[2048];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);

	struct buf b;
	buf_init(&b, 16384);
	if (plain) {
		buf_fmt(&b, "%s: %s\n", names[level], text);
	} else {
		usec_t now = clock_now();
		time_t t = now / 1000000;
		struct tm tm;
		char when[32];
		gmtime_r(&t, &tm);
		strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
		buf_fmt(&b, "{\"time\":\"%s.%06dZ\",\"level\":\"%s\",\"say\":\"", when, (int)(now % 1000000), names[level]);
		add_json(&b, text);
		buf_add(&b, STR("\"}\n"));
	}
	if (write(STDERR_FILENO, b.p, b.n) < 0) { /* nowhere left to say it */ }
	buf_done(&b);
}
