#ifndef BASE_ERR_H
#define BASE_ERR_H
/* Errors are values: 0 is success, everything else stands in errors.def. Functions that can fail return `enum err` and
 * leave their outputs untouched when they do. What happened in words is said once, where the cause is known. */

enum err {
	OK = 0,
#define ERROR(name, status, word, sentence) ERR_##name,
#include "base/errors.def"
#undef ERROR
	ERR_MAX_
};

#define MUST_USE __attribute__((warn_unused_result))

/* Returns early with the error of a call. */
#define TRY(call)                           \
	do {                                    \
		enum err try_err_ = (call);         \
		if (try_err_ != OK) return try_err_; \
	} while (0)

/* For a failure that changes nothing: says why on the line where it stands. */
#define IGNORE(call)                      \
	do {                                  \
		enum err ignored_err_ = (call);   \
		(void)ignored_err_;               \
	} while (0)

int err_status(enum err e);              /* HTTP status; 200 for OK */
const char *err_word(enum err e);        /* stable machine word, such as "not_found" */
const char *err_sentence(enum err e);    /* English sentence for a person: a translation key */

#endif
