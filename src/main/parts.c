#include "main/parts.h"

void parts_join(struct parts *p) {
	(void)p;
}
