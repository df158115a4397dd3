#ifndef BASE_IDS_H
#define BASE_IDS_H
/* Typed ids: struct person_id, struct conversation_id, … each holding v, 1 and up; 0 means none. */
#include <stdint.h>

#define ID(name) struct name##_id { int64_t v; };
#include "base/ids.def"
#undef ID

#endif
