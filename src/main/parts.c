#include "main/parts.h"
#include "action/action.h"
#include "file/file.h"
#include "import/import.h"
#include "message/message.h"
#include "people/people.h"
#include "promise/promise.h"
#include "search/search.h"
#include "tag/tag.h"
#include "task/task.h"
#include "talk/talk.h"
#include "timeline/timeline.h"

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

	/* timeline: in whose an event stands */
	hub_add_reader(p->hub, "timeline", timeline_wants, timeline_keep, NULL, true);
	/* webhook, action: other programs are told what happens; what they answer moves a request on */
	p->webhook = (struct webhook_ctx){.key = p->key};
	hub_add_reader(p->hub, "webhooks", webhook_wants, webhook_read, NULL, false);
	hub_add_job(p->hub, "webhook", WEBHOOK_TRIES, webhook_job, &p->webhook);
	hub_add_reader(p->hub, "requests", action_wants, action_read, NULL, true);

	/* promise: what falls due, and what was not kept */
	hub_add_job(p->hub, "expectations", PROMISE_TRIES, promise_job, p->hub);
	hub_add_reader(p->hub, "expects", promise_rule_wants, promise_rule_read, NULL, false);
	hub_add_reader(p->hub, "verdicts", promise_wants, promise_read, NULL, true);
	hub_add_reader(p->hub, "service", service_wants, service_read, NULL, true);

	/* task: what is due */
	hub_add_job(p->hub, "tasks", TASK_TRIES, task_job, p->hub);

	/* import: files that somebody sent in the browser */
	hub_add_job(p->hub, "import", IMPORT_JOB_TRIES, import_job, p->hub);

	/* search: the index over everything */
	hub_add_reader(p->hub, "find", search_wants, search_read, NULL, true);
	/* file: the words and the first page of what was sent */
	hub_add_job(p->hub, "file_read", FILE_READ_TRIES, file_read_job, NULL);

	/* message: a question to a group, slice after slice */
	hub_add_job(p->hub, "group_ask", GROUP_TRIES, message_group_job, p->hub);

	/* talk: the words by which reports are found */
	hub_add_reader(p->hub, "search", talk_search_wants, talk_search_read, NULL, true);
	hub_add_job(p->hub, "sweep", TALK_SWEEP_TRIES, talk_sweep_job, p->hub);
}

enum err parts_begin(struct parts *p) {
	TRY(promise_begin(p->store));
	TRY(task_begin(p->store));
	TRY(tag_begin(p->store));
	TRY(trust_begin(p->store));
	return talk_sweep_begin(p->store);
}
