#ifndef TEXT_CATALOGUE_H
#define TEXT_CATALOGUE_H
/* The generated catalogue of sentences (tools/README.md), sorted by the English singular, then the plural. */
#include "text/locale.h"

struct message {
	const char *one;                    /* the key: readable English */
	const char *many;                   /* the English plural, or NULL */
	const char *tr_one[LANG_MAX_];      /* each language; English is the key itself */
	const char *tr_many[LANG_MAX_];
};

extern const struct message messages[];
extern const int message_count;

#endif
