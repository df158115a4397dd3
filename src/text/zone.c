/* Time zones by GLib over the system's tzdata. GLib tells the offset at a moment; both directions are made of that
 * alone: the moment of a wall clock is the wall clock less the offset, and around a clock change both offsets are
 * tried.
 *
 * Zones are kept for the life of the process in a list that only grows, read without a lock. Its size is bounded
 * by the files of tzdata, since a name counts only if it is one of those. */
#include "base/check.h"
#include "text/date.h"
#include "text/locale.h"
#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_MAX_BYTES = 63, QUARTER = 15 * 60, MEMO = 1024, OFFSET_ZERO = 1 << 19 };

struct zone {
	const struct zone *older;
	GTimeZone *tz;               /* never changes once made */
	char name[NAME_MAX_BYTES + 1];
	/* What was asked for lately: a quarter of an hour and its offset in one number, 0 for none. Only such in which the
	 * clock is not changed. A reader that comes too early or too late asks GLib once more. */
	_Atomic uint64_t *memo;
};

static _Atomic(const struct zone *) zones;
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;

static bool name_sign(char c) {
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
		c == '-';
}

/* "Area/Place" with ordinary names only: no "..", and none of tzdata's second copies. */
static bool name_possible(struct str name) {
	if (name.n == 0 || name.n > NAME_MAX_BYTES) return false;
	if (str_starts(name, STR("posix/")) || str_starts(name, STR("right/"))) return false;
	char before = '/';
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (c == '/' ? before == '/' : !name_sign(c)) return false;
		before = c;
	}
	return before != '/' && name.p[0] >= 'A' && name.p[0] <= 'Z';
}

static bool name_in_tzdata(const char *name) {
	const char *dir = getenv("TZDIR");
	char path[512], magic[4];
	int n = snprintf(path, sizeof path, "%s/%s", dir ? dir : "/usr/share/zoneinfo", name);
	if (n < 0 || (size_t)n >= sizeof path) return false;
	FILE *f = fopen(path, "re");
	if (f == NULL) return false;
	bool is = fread(magic, 1, sizeof magic, f) == sizeof magic && memcmp(magic, "TZif", 4) == 0;
	fclose(f);
	return is;
}

static const struct zone *among(const struct zone *z, struct str name) {
	while (z != NULL && !str_is(name, z->name)) z = z->older;
	return z;
}

static const struct zone *add(struct str name, GTimeZone *tz) {
	struct zone *z = must_calloc(1, sizeof *z);
	memcpy(z->name, name.p, name.n);
	z->tz = tz;
	z->memo = must_calloc(MEMO, sizeof *z->memo);
	z->older = atomic_load(&zones);
	atomic_store(&zones, z);
	return z;
}

static const struct zone *find_locked(struct str name) {
	const struct zone *z = among(atomic_load(&zones), name);
	if (z != NULL) return z;
	char c_name[NAME_MAX_BYTES + 1] = {0};
	memcpy(c_name, name.p, name.n);
	if (str_is(name, "UTC")) return add(name, g_time_zone_new_utc());
	if (!name_in_tzdata(c_name)) return NULL;
	GTimeZone *tz = g_time_zone_new_identifier(c_name);
	return tz != NULL ? add(name, tz) : NULL;
}

const struct zone *zone_find(struct str name) {
	const struct zone *z = among(atomic_load(&zones), name);
	if (z != NULL || !name_possible(name)) return z;
	pthread_mutex_lock(&adding);
	z = find_locked(name);
	pthread_mutex_unlock(&adding);
	return z;
}

const struct zone *zone_utc(void) {
	return zone_find(STR("UTC"));
}

const char *zone_name(const struct zone *z) {
	return z->name;
}

static int64_t floor_div(int64_t a, int64_t b) {
	return a / b - (a % b < 0);
}

static int offset_found(const struct zone *z, int64_t seconds) {
	int interval = g_time_zone_find_interval(z->tz, G_TIME_TYPE_UNIVERSAL, seconds);
	return interval < 0 ? 0 : g_time_zone_get_offset(z->tz, interval);
}

/* East of UTC, at `seconds` since 1970. */
static int offset_at(const struct zone *z, int64_t seconds) {
	int64_t quarter = floor_div(seconds, QUARTER);
	_Atomic uint64_t *memo = &z->memo[(uint64_t)quarter % MEMO];
	uint64_t known = atomic_load_explicit(memo, memory_order_relaxed);
	if (known != 0 && (int64_t)known >> 20 == quarter) return (int)(known & (2 * OFFSET_ZERO - 1)) - OFFSET_ZERO;
	int first = offset_found(z, quarter * QUARTER), last = offset_found(z, quarter * QUARTER + QUARTER - 1);
	if (first != last) return offset_found(z, seconds);
	atomic_store_explicit(memo, (uint64_t)quarter << 20 | (uint64_t)(first + OFFSET_ZERO), memory_order_relaxed);
	return first;
}

struct local_time zone_local(const struct zone *z, usec_t t) {
	int64_t seconds = floor_div(t, SECONDS(1));
	int offset = offset_at(z, seconds);
	int64_t days = floor_div(seconds + offset, 86400);
	int in_day = (int)(seconds + offset - days * 86400);
	struct local_time l = {
		.hour = in_day / 3600,
		.minute = in_day / 60 % 60,
		.second = in_day % 60,
		.weekday = (int)(((days + 4) % 7 + 7) % 7),
		.offset_seconds = offset,
	};
	days_civil(days, &l.year, &l.month, &l.day);
	return l;
}

usec_t zone_moment(const struct zone *z, int year, int month, int day, int hour, int minute, int second) {
	int64_t wall = days_of(year, month, day) * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
	int before = offset_at(z, wall - 86400), after = offset_at(z, wall + 86400);
	int64_t first = wall - before, second_try = wall - after;
	bool first_is = offset_at(z, first) == before, second_is = offset_at(z, second_try) == after;
	if (first_is && second_is) return SECONDS(first < second_try ? first : second_try);
	return SECONDS(second_is ? second_try : first);
}
