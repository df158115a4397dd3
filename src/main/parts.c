#include "main/parts.h"
#include "file/file.h"
#include "import/import.h"
#include "people/people.h"
#include "talk/talk.h"

void parts_join(struct parts *p) {
	/* notice: who is told what, and mail */
	p->notice = (struct notice_ctx){.key = p->key, .web = &p->web};
	hub_add_reader(p->hub, "notices", notice_wants, notice_read, &p->notice, false);
	hub_add_job(p->hub, "mail", MAIL_TRIES, mail_job, &p->notice);
	hub_add_job(p->hub, "mail_waiting", NOTICE_MAIL_TRIES, mail_waiting_job, &p->notice);
	hub_add_job(p->hub, "notice_mail", NOTICE_MAIL_TRIES, notice_mail_job, &p->notice);
	hub_add_job(p->hub, "login_mail", NOTICE_MAIL_TRIES, login_mail_job, &p->notice);

	/* people: the words by which they are found, also of those whom the command line made */
	hub_add_reader(p->hub, "people", people_wants, people_read_events, NULL, true);

	/* import: files that somebody sent in the browser */
	hub_add_job(p->hub, "import", IMPORT_JOB_TRIES, import_job, p->hub);

	/* file: the words and the first page of what was sent */
	hub_add_job(p->hub, "file_read", FILE_READ_TRIES, file_read_job, NULL);

	/* talk: the words by which reports are found */
	hub_add_reader(p->hub, "search", talk_search_wants, talk_search_read, NULL, true);
	hub_add_job(p->hub, "sweep", TALK_SWEEP_TRIES, talk_sweep_job, p->hub);
}

enum err parts_begin(struct parts *p) { return talk_sweep_begin(p->store); }
