/* PDFs: poppler's programs, started in a child's place. Office files: a zip of XML, of which we want the text between a few tags. The
 * archive is unpacked as the XML reader asks for bytes, so neither is ever held whole; a bomb is met by counting what came out. */
#include "os/document.h"
#include "os/child.h"
#include <archive.h>
#include <archive_entry.h>
#include <libxml/xmlreader.h>

enum { UNPACKED_MAX = 64 * 1024 * 1024, ENTRIES_MAX = 4000 };

/* ------------------------------------------------------------------ in the child */

static struct {
	typeof(&archive_read_new) open;
	typeof(&archive_read_support_format_zip) zip;
	typeof(&archive_read_open_memory) memory;
	typeof(&archive_read_next_header) next;
	typeof(&archive_read_data) data;
	typeof(&archive_entry_pathname) path;
	typeof(&xmlInitParser) xml_init;
	typeof(&xmlReaderForIO) reader;
	typeof(&xmlTextReaderRead) read;
	typeof(&xmlTextReaderNodeType) type;
	typeof(&xmlTextReaderConstLocalName) name;
	typeof(&xmlTextReaderConstValue) value;
	typeof(&xmlTextReaderIsEmptyElement) is_empty;
	typeof(&xmlTextReaderGetAttribute) attribute;
	typeof(&xmlTextReaderSetErrorHandler) on_error;
	typeof(&xmlFreeTextReader) close;
} lib;

static bool init(void) {
	const struct child_symbol archive[] = {
		{"archive_read_new", &lib.open},
		{"archive_read_support_format_zip", &lib.zip},
		{"archive_read_open_memory", &lib.memory},
		{"archive_read_next_header", &lib.next},
		{"archive_read_data", &lib.data},
		{"archive_entry_pathname", &lib.path},
		{NULL, NULL},
	};
	const struct child_symbol xml[] = {
		{"xmlInitParser", &lib.xml_init},
		{"xmlReaderForIO", &lib.reader},
		{"xmlTextReaderRead", &lib.read},
		{"xmlTextReaderNodeType", &lib.type},
		{"xmlTextReaderConstLocalName", &lib.name},
		{"xmlTextReaderConstValue", &lib.value},
		{"xmlTextReaderIsEmptyElement", &lib.is_empty},
		{"xmlTextReaderGetAttribute", &lib.attribute},
		{"xmlTextReaderSetErrorHandler", &lib.on_error},
		{"xmlFreeTextReader", &lib.close},
		{NULL, NULL},
	};
	if (!child_load("libarchive.so.13", archive) || !child_load("libxml2.so.2", xml)) return false;
	lib.xml_init();
	return true;
}

struct office {
	struct archive *archive;
	struct buf *text;
	size_t unpacked;
	bool bomb, strange;    /* unpacks to too much; holds what no office program writes */
	/* where in a part we are */
	bool open_document;    /* all text of the body counts; else what stands in w:t, a:t, t and v */
	bool in_text, removed; /* removed: text that its author took out and the program remembers */
	bool shared;           /* this cell's value is a number of a shared text */
};

static int unpack(void *arg, char *to, int room) {
	struct office *o = arg;
	if (o->unpacked >= UNPACKED_MAX) {
		o->bomb = true;
		return -1;
	}
	la_ssize_t n = lib.data(o->archive, to, (size_t)room);
	if (n > 0) o->unpacked += (size_t)n;
	return (int)n;
}

static int unpacked(void *arg) {
	(void)arg;
	return 0;
}

static void quiet(void *arg, const char *words, xmlParserSeverities severity, xmlTextReaderLocatorPtr where) {
	(void)arg, (void)words, (void)severity, (void)where;
}

static bool one_of(struct str name, const char *const *names) {
	for (; *names != NULL; names++)
		if (str_is(name, *names)) return true;
	return false;
}

static void on_begin(struct office *o, xmlTextReaderPtr r, struct str name) {
	bool empty = lib.is_empty(r) == 1;
	if (o->open_document) {
		if (str_is(name, "body")) o->in_text = !empty;
		if (str_is(name, "tracked-changes")) o->removed = !empty;
		if (str_is(name, "s")) buf_add_char(o->text, ' ');
		if (str_is(name, "line-break")) buf_add_char(o->text, '\n');
	} else if (str_is(name, "t") || str_is(name, "v")) {
		o->in_text = !empty && !(str_is(name, "v") && o->shared);
	} else if (str_is(name, "c")) {
		xmlChar *kind = lib.attribute(r, (const xmlChar *)"t");   /* until the process ends */
		o->shared = kind != NULL && strcmp((const char *)kind, "s") == 0;
	} else if (str_is(name, "br") || str_is(name, "cr")) {
		buf_add_char(o->text, '\n');
	}
	if (str_is(name, "tab")) buf_add_char(o->text, '\t');
}

static void on_end(struct office *o, struct str name) {
	static const char *const lines[] = {"p", "h", "tr", "row", "si", "table-row", NULL}, *const cells[] = {"c", "tc", "table-cell", NULL};
	if (o->open_document && str_is(name, "tracked-changes")) o->removed = false;
	if (!o->open_document && (str_is(name, "t") || str_is(name, "v"))) o->in_text = false;
	if (o->removed) return;
	if (one_of(name, lines)) buf_add_char(o->text, '\n');
	else if (one_of(name, cells)) buf_add_char(o->text, '\t');
}

static void on_node(struct office *o, xmlTextReaderPtr r) {
	const char *name = (const char *)lib.name(r), *value = (const char *)lib.value(r);
	switch (lib.type(r)) {
	case XML_READER_TYPE_ELEMENT: on_begin(o, r, str_c(name)); break;
	case XML_READER_TYPE_END_ELEMENT: on_end(o, str_c(name)); break;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
	case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
		if (o->in_text && !o->removed && value != NULL) buf_add(o->text, str_first(str_c(value), o->text->max - o->text->n));
		break;
	case XML_READER_TYPE_DOCUMENT_TYPE:
	case XML_READER_TYPE_ENTITY_REFERENCE: o->strange = true; break;
	default: break;
	}
}

/* One part of the archive. false when it is broken. */
static bool read_part(struct office *o) {
	xmlTextReaderPtr r = lib.reader(unpack, unpacked, o, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT);
	if (r == NULL) return false;
	lib.on_error(r, quiet, NULL);
	o->in_text = o->removed = o->shared = false;
	int more = 1;
	while (!o->strange && !o->text->over && o->text->n < o->text->max && (more = lib.read(r)) == 1) on_node(o, r);
	lib.close(r);
	return more >= 0;
}

static bool is_wanted(struct str path, bool *ret_open_document) {
	static const char *const parts[] = {"word/document.xml", "word/header", "word/footer", "word/footnotes.xml", "word/endnotes.xml",
		"xl/sharedStrings.xml", "xl/worksheets/sheet", "ppt/slides/slide", "ppt/notesSlides/notesSlide"};
	*ret_open_document = str_is(path, "content.xml");
	if (*ret_open_document) return true;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_starts(path, str_c(parts[i])) && str_ends(path, STR(".xml"))) return true;
	return false;
}

static enum err read_office(struct str input, struct arena *a, struct buf *output, struct str *ret_why) {
	struct office o = {.archive = lib.open(), .text = output};
	struct archive_entry *entry;
	int e, parts = 0;
	(void)a;
	*ret_why = STR("This file is damaged, or none of its kind.");
	if (o.archive == NULL || lib.zip(o.archive) != ARCHIVE_OK) return ERR_BUG;
	if (lib.memory(o.archive, input.p, input.n) != ARCHIVE_OK) return ERR_INVALID;
	for (int n = 0; (e = lib.next(o.archive, &entry)) == ARCHIVE_OK || e == ARCHIVE_WARN; n++) {
		const char *path = lib.path(entry);
		if (n == ENTRIES_MAX) o.bomb = true;
		if (!o.bomb && path != NULL && is_wanted(str_c(path), &o.open_document)) {
			parts++;
			if (!read_part(&o) && !o.bomb) return ERR_INVALID;
		}
		if (o.strange) return ERR_INVALID;
		if (o.bomb) {
			*ret_why = STR("This file unpacks to more than we read.");
			return ERR_TOO_LARGE;
		}
		if (output->n >= output->max || output->over) break;   /* enough of it */
	}
	output->over = false;
	return e == ARCHIVE_FATAL || parts == 0 ? ERR_INVALID : OK;
}

const struct child_job office_job = {
	.name = "office",
	.seconds = 20,
	.memory_bytes = (size_t)512 * 1024 * 1024,
	.input_max = DOCUMENT_BYTES_MAX,
	.output_max = DOCUMENT_TEXT_MAX,
	.init = init,
	.run = read_office,
};

const struct child_job pdf_text_job = {
	.name = "pdf_text",
	.seconds = 20,
	.memory_bytes = (size_t)512 * 1024 * 1024,
	.input_max = DOCUMENT_BYTES_MAX,
	.output_max = DOCUMENT_TEXT_MAX,
	.program = (const char *const[]){"/usr/bin/pdftotext", "-q", "-enc", "UTF-8", "-nopgbrk", "-l", "1000", "-", "-", NULL},
	.part_is_enough = true,
};

const struct child_job pdf_page_job = {
	.name = "pdf_page",
	.seconds = 20,
	.memory_bytes = (size_t)768 * 1024 * 1024,
	.input_max = DOCUMENT_BYTES_MAX,
	.output_max = (size_t)16 * 1024 * 1024,
	.program = (const char *const[]){"/usr/bin/pdftoppm", "-q", "-f", "1", "-l", "1", "-singlefile", "-scale-to", "900", "-png", "-", NULL},
};

/* ------------------------------------------------------------------ in the parent */

static bool is_pdf(struct str type) { return str_is(type, "application/pdf"); }

/* What an office file is called by whoever looks into it: by its own name, or as the zip that it is. */
static bool is_office(struct str type) {
	return str_starts(type, STR("application/vnd.openxmlformats-officedocument.")) ||
		str_starts(type, STR("application/vnd.oasis.opendocument.")) || str_is(type, "application/zip");
}

bool document_is_read(struct str type) { return is_pdf(type) || is_office(type); }

static enum err run(const struct child_job *job, struct arena *a, struct str input, struct str *ret, struct str *ret_why) {
	struct buf output;
	buf_init(&output, job->output_max);
	enum err e = child_run(job, a, input, &output, ret_why);
	if (e == OK) *ret = str_copy(a, buf_str(&output));
	buf_done(&output);
	return e;
}

enum err document_text(struct arena *a, struct str type, struct str bytes, struct str *ret, struct str *ret_why) {
	return run(is_pdf(type) ? &pdf_text_job : &office_job, a, bytes, ret, ret_why);
}

enum err document_page(struct arena *a, struct str pdf, struct str *ret_png, struct str *ret_why) {
	return run(&pdf_page_job, a, pdf, ret_png, ret_why);
}
