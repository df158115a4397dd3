/* A page for the render test. */
#include "base/values.h"
struct firm {
	struct str name;
};
struct page {
	struct str lang, path;
	struct url back;
	struct html said;
	const struct firm *firm;
	struct {
		struct str name;
	} me;
	struct text_list flashes;
};
