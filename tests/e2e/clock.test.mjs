// Exact times, with a clock that the test sets: a digest on the night the clocks go forward, quiet hours on the night they go back, each mailed once
// over a restart and a crash between; opening hours and logins as the time goes on.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { SMTPServer } from 'smtp-server'
import { engines, Home, sleep, until, slow } from './lib.mjs'

async function mailServer() {
  const mails = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'], authOptional: true, logger: false,
    onData(stream, session, done) { stream.resume().on('end', () => { mails.push(session.envelope.rcptTo[0].address); done() }) },
  })
  await new Promise(r => server.listen(0, '127.0.0.1', r))
  return { mails, url: `smtp://127.0.0.1:${server.server.address().port}`, close: () => new Promise(r => server.close(r)) }
}

/** A firm in Berlin that mails, and a customer who follows a report of theirs. */
async function firm(engine, t, moment) {
  const home = new Home(engine, { clock: moment }).init('telecom', 'The Firm')
  const mail = await mailServer()
  home.addPerson('Jonas Weber', 'jonas@demo.example')
  const f = { home, clock: home.clock, mails: mail.mails, owner: home.token('owner@demo.example'), jonas: home.token('jonas@demo.example'), server: await home.serve() }
  t.after(async () => { await f.server.stop(); await mail.close(); home.done() })
  f.must = async (method, path, options) => {
    const r = await f.server.api(method, path, options)
    assert.ok(r.status < 300, `${method} ${path}: ${r.status} ${JSON.stringify(r.body)}`)
    return r.body
  }
  f.again = async signal => { await f.server.stop(signal); f.server = await home.serve() }
  await f.must('PATCH', '/business', { token: f.owner, headers: { 'If-Match': '*' }, body: { zone: 'Europe/Berlin' } })
  f.cookie = await f.server.login('owner@demo.example')
  const csrf = /name="csrf" value="([^"]+)"/.exec((await f.server.page('/admin/mail', { cookie: f.cookie })).text)[1]
  const set = await fetch(f.server.url + '/admin/mail', { method: 'POST', redirect: 'manual', headers: { Cookie: f.cookie, Accept: 'text/html' },
    body: new URLSearchParams({ csrf, given: '1', smtp_url: mail.url, smtp_user: '', mail_from: 'desk@firm.example' }) })
  assert.equal(set.status, 303)
  const reports = []
  for (let i = 0; i < 3; i++) reports.push((await f.must('POST', '/conversations', { token: f.jonas, body: { kind: 'problem', subject: `Report ${i}`, body: 'So.', visibility: 'public' } })).id)
  f.choose = async more => {
    const { here, mail } = await f.must('GET', '/people/me/notifications', { token: f.jonas })
    await f.must('PUT', '/people/me/notifications', { token: f.jonas, body: { here, mail, ...more } })
  }
  // Answers a report, and waits until Jonas has been told here: whether he is mailed is only a matter of time then.
  f.answer = async i => {
    await f.must('POST', `/conversations/${reports[i]}/status`, { token: f.owner, body: { status: 'planned', answer: 'It comes.' } })
    await until(async () => (await f.must('GET', '/notices?limit=200', { token: f.jonas })).data.some(n => n.conversation_id === reports[i]))
  }
  f.mailed = async (times, what) => {
    await until(() => f.mails.length >= times, 10000)
    await sleep(400)
    assert.equal(f.mails.length, times, what)
  }
  return f
}

for (const engine of engines) {
  test(`a digest at an hour that the clock skips, over a restart (${engine})`, { timeout: 90000 * slow }, async t => {
    const f = await firm(engine, t, '2027-03-27T12:00:00Z')
    await f.choose({ digest: 'daily', digest_hour: 2 })
    await f.answer(0)
    await f.answer(1)
    // On 28 March two o'clock is three o'clock at once: one in the morning in UTC.
    f.clock.set('2027-03-28T00:55:00Z')
    await f.mailed(0, 'before its hour')
    await f.again('SIGTERM')
    await f.mailed(0, 'a restart is no reason')
    f.clock.set('2027-03-28T01:00:01Z')
    await f.mailed(1, 'at its hour')
    await f.again('SIGKILL')
    f.clock.set('2027-03-28T12:00:00Z')
    await f.answer(2)
    f.clock.set('2027-03-28T23:55:00Z')
    await f.mailed(1, 'the next night it is two again')
    f.clock.set('2027-03-29T00:00:01Z')
    await f.mailed(2, 'with what came meanwhile')
    f.clock.set('2027-03-31T00:00:01Z')
    await f.mailed(2, 'and nothing when there is nothing')
    await f.server.stop()
    assert.equal(f.home.run('check').code, 0)
    f.server = await f.home.serve()
  })

  test(`quiet hours that end at an hour that comes twice, over a crash (${engine})`, { timeout: 90000 * slow }, async t => {
    const f = await firm(engine, t, '2027-10-30T12:00:00Z')
    await f.choose({ quiet: true, quiet_from: '22:00', quiet_to: '02:30', quiet_days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] })
    f.clock.set('2027-10-30T21:00:00Z')
    await f.answer(0)
    f.clock.set('2027-10-31T00:29:00Z')
    await f.mailed(0, 'at 2:29')
    await f.again('SIGKILL')
    await f.mailed(0, 'a crash is no reason')
    f.clock.set('2027-10-31T00:30:01Z')
    await f.mailed(1, 'at 2:30')
    f.clock.set('2027-10-31T01:10:00Z')
    await f.answer(1)
    await f.mailed(2, 'at 2:10 for the second time they are over')
    f.clock.set('2027-10-31T01:30:01Z')
    await f.mailed(2, 'at 2:30 for the second time')
  })

  test(`what goes by the clock follows it, what measures does not (${engine})`, { timeout: 90000 * slow }, async t => {
    const f = await firm(engine, t, '2027-03-26T07:59:00Z')
    await f.must('PUT', '/business/hours', { token: f.owner, headers: { 'If-Match': '*' }, body: { friday: '9-17', monday: '9-17', yearly: ['good_friday', 'easter_monday'] } })
    const opening = async () => (await f.must('GET', '/business', { token: f.jonas })).opening
    // Good Friday and Easter Monday of 2027 lie around the change of clocks.
    assert.deepEqual([(await opening()).open, (await opening()).opens_at], [false, '2027-04-02T07:00:00Z'])
    f.clock.set('2027-04-02T07:00:00Z')
    assert.deepEqual([(await opening()).open, (await opening()).closes_at], [true, '2027-04-02T15:00:00Z'])
    const page = () => f.server.page('/admin', { cookie: f.cookie })
    assert.equal((await page()).status, 200)
    f.clock.set('2027-06-02T07:00:00Z')
    assert.notEqual((await page()).status, 200, 'a login ends when it has not been used for a month')
    const token = f.home.token('jonas@demo.example')   // a command has the same time
    assert.equal((await f.must('GET', '/people/me', { token })).email, 'jonas@demo.example')
    const alive = await fetch(f.server.url + '/healthz')
    assert.equal(alive.status, 200)
  })
}

test('nothing but RIALTO_CLOCK at its start moves the time of a server', async t => {
  const home = new Home('sqlite', { clock: '2027-03-27T12:00:00Z' }).init()
  t.after(() => home.done())
  const r = home.run('version', [], { env: { RIALTO_CLOCK: home.dir } })
  assert.equal(r.code, 1)
  assert.match(r.err, /there is no clock in/)
  const own = { RIALTO_CLOCK: '' }
  const token = home.must('token', ['--person', 'owner@demo.example'], { env: own }).trim()
  const server = await home.serve([], own)
  const report = await server.api('POST', '/conversations', { token, body: { kind: 'problem', subject: 'Now', body: 'So.', visibility: 'public' } })
  await server.stop()
  assert.equal(report.status, 201)
  assert.ok(Math.abs(Date.parse(report.body.created_at) - Date.now()) < 60000, report.body.created_at)
})
