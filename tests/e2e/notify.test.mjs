// kill -9 while many people are being told: each of them has one notice and gets one mail about each thing, none is lost and none comes twice.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { SMTPServer } from 'smtp-server'
import { engines, Home, sleep, until, slow } from './lib.mjs'

const people = 12, rounds = 6

async function mailServer() {
  const mails = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'], authOptional: true, logger: false,
    onData(stream, session, done) {
      let text = ''
      stream.setEncoding('utf8').on('data', d => { text += d }).on('end', () => {
        mails.push({ to: session.envelope.rcptTo[0].address, subject: /^Subject: (.*)$/m.exec(text)[1].trim() })
        done()
      })
    },
  })
  await new Promise(r => server.listen(0, '127.0.0.1', r))
  return { mails, url: `smtp://127.0.0.1:${server.server.address().port}`, close: () => new Promise(r => server.close(r)) }
}

for (const engine of engines) test(`kill -9 while many are told: nothing twice, nothing lost (${engine})`, { timeout: 200000 * slow }, async t => {
  const home = new Home(engine).init('telecom', 'The Firm')
  const mail = await mailServer()
  home.addPerson('Anna Keller', 'anna@demo.example', 'owner')
  const anna = home.token('anna@demo.example'), tokens = []
  for (let i = 0; i < people; i++) {
    home.addPerson(`Told ${i}`, `told${i}@demo.example`)
    tokens.push(home.token(`told${i}@demo.example`))
  }
  let server = await home.serve()
  t.after(async () => { await server.stop(); await mail.close(); home.done() })
  const must = async (method, path, options) => {
    const r = await server.api(method, path, options)
    assert.ok(r.status < 300, `${method} ${path}: ${r.status} ${JSON.stringify(r.body)}`)
    return r.body
  }

  const reports = []
  for (let i = 0; i < rounds; i++) {
    reports.push((await must('POST', '/conversations', { token: anna, body: { kind: 'problem', subject: `Report number ${i}`, body: 'It is so.', visibility: 'public' } })).id)
    for (const token of tokens) await must('PUT', `/conversations/${reports[i]}/vote`, { token })
  }
  for (const id of reports) {
    await must('POST', `/conversations/${id}/status`, { token: anna, body: { status: 'planned', answer: 'It comes in May.' } })
    await sleep(Math.random() * 60)
    await server.stop('SIGKILL')
    server = await home.serve()
  }

  const told = async token => (await must('GET', '/notices?limit=200', { token })).data
  for (const [i, token] of tokens.entries()) {
    await until(async () => new Set((await told(token)).map(n => n.conversation_id)).size === rounds, 20000)
    const list = (await told(token)).filter(n => reports.includes(n.conversation_id))
    assert.deepEqual(list.map(n => n.conversation_id).sort((a, b) => a - b), reports, `what number ${i} was told`)
    assert.ok(list.every(n => n.more === 0), 'told more than once')
  }
  // One more thing that is to be mailed: the job that looks is there at once, and not when the claim of one that was killed ends.
  const last = await must('POST', '/conversations', { token: tokens[0], body: { kind: 'problem', subject: 'The last one', body: 'So it is.', visibility: 'public' } })
  await must('POST', `/conversations/${last.id}/status`, { token: anna, body: { status: 'planned', answer: 'Yes.' } })
  await until(async () => (await told(tokens[0])).some(n => n.conversation_id === last.id), 20000)
  await sleep(500)
  const cookie = await server.login('owner@demo.example')
  const csrf = /name="csrf" value="([^"]+)"/.exec((await server.page('/admin/mail', { cookie })).text)[1]
  const set = await fetch(server.url + '/admin/mail', { method: 'POST', redirect: 'manual', headers: { Cookie: cookie, Accept: 'text/html' },
    body: new URLSearchParams({ csrf, given: '1', smtp_url: mail.url, smtp_user: '', mail_from: 'desk@firm.example' }) })
  assert.equal(set.status, 303)
  await until(() => mail.mails.length >= people * rounds + 1, 60000)
  await sleep(1000)
  const counted = new Map()
  for (const m of mail.mails) counted.set(`${m.to} ${m.subject}`, (counted.get(`${m.to} ${m.subject}`) ?? 0) + 1)
  assert.equal(counted.size, people * rounds + 1, 'each gets each')
  assert.deepEqual([...counted].filter(([, times]) => times !== 1), [], 'mailed twice')
  await server.stop()
  const r = home.run('check')
  assert.equal(r.code, 0, r.out + r.err)
})
