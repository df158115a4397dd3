#include "base/err.h"
#include "base/check.h"

static const struct {
	int status;
	const char *word, *sentence;
} table[ERR_MAX_] = {
	[OK] = {200, "ok", ""},
#define ERROR(name, status, word, sentence) [ERR_##name] = {status, word, sentence},
#include "base/errors.def"
#undef ERROR
};

int err_status(enum err e) {
	PRE(e < ERR_MAX_);
	return table[e].status;
}

const char *err_word(enum err e) {
	PRE(e < ERR_MAX_);
	return table[e].word;
}

const char *err_sentence(enum err e) {
	PRE(e < ERR_MAX_);
	return table[e].sentence;
}
