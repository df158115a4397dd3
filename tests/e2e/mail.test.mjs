// Mail as a mail server gets it: an answer to who follows, a new password from asking to logging in; what waits is sent once there is a server.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { SMTPServer } from 'smtp-server'
import { engines, Home, password, until, slow } from './lib.mjs'

/** A mail server that keeps what it gets; with a login when `user` is given. */
async function mailServer({ user, secret } = {}) {
  const mails = []
  const server = new SMTPServer({
    disabledCommands: user ? [] : ['AUTH', 'STARTTLS'], allowInsecureAuth: true, authOptional: !user, logger: false,
    onAuth(auth, session, done) { done(auth.username === user && auth.password === secret ? null : new Error('who are you?'), { user }) },
    onRcptTo(address, session, done) { done(address.address.startsWith('nobody') ? Object.assign(new Error('no such person'), { responseCode: 550 }) : null) },
    onData(stream, session, done) {
      let text = ''
      stream.setEncoding('utf8').on('data', d => { text += d }).on('end', () => {
        mails.push({ from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map(r => r.address), text, user: session.user })
        done()
      })
    },
  })
  await new Promise(r => server.listen(0, '127.0.0.1', r))
  return { mails, url: `smtp://127.0.0.1:${server.server.address().port}`, close: () => new Promise(r => server.close(r)) }
}

const header = (mail, name) => (new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im').exec(mail.text.split('\r\n\r\n')[0]) ?? [])[1]
const words = text => text?.replace(/\?=\r\n =\?/g, '?==?').replace(/\r\n /g, ' ').replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, b) => Buffer.from(b, 'base64').toString())
/** The plain part, decoded. */
function plain(mail) {
  const part = mail.text.split(/^--=_.*$/m)[1]
  const bytes = part.slice(part.indexOf('\r\n\r\n') + 4).replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, h) => String.fromCharCode(parseInt(h, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
/** A form of somebody who is logged in. */
async function send(server, cookie, page, path, fields) {
  const csrf = /name="csrf" value="([^"]+)"/.exec((await server.page(page, { cookie })).text)[1]
  return fetch(server.url + path, { method: 'POST', redirect: 'manual', headers: { Cookie: cookie, Accept: 'text/html' }, body: new URLSearchParams({ csrf, ...fields }) })
}

for (const engine of engines) {
  test(`mail waits, is sent when there is a server, and its links work (${engine})`, { timeout: 120000 * slow }, async t => {
    const home = new Home(engine).init('telecom', 'Sœurs & Söhne')
    home.addPerson('Jörg Weiß', 'joerg@home.example')
    home.addPerson('Anna Keller', 'anna@firm.example', 'agent')
    const mail = await mailServer({ user: 'firm', secret: 'mail secret' })
    const server = await home.serve()
    t.after(async () => { await server.stop(); await mail.close(); home.done() })
    const owner = await server.login('owner@demo.example'), anna = home.token('anna@firm.example'), joerg = home.token('joerg@home.example')

    // Without a server it waits, and staff can read it; but not the link of somebody's new password.
    const asked = await fetch(server.url + '/forgot', { method: 'POST', redirect: 'manual', body: new URLSearchParams({ login: 'JOERG@home.example' }) })
    assert.equal(asked.headers.get('location'), '/forgot?sent=1')
    const outbox = await until(async () => { const r = await server.page('/outbox', { cookie: owner }); return /joerg@home\.example/.test(r.text) && r })
    assert.match(outbox.text, /no mail server yet/i)
    const annas = await server.login('anna@firm.example')
    const hidden = await server.page(/href="(\/outbox\/\d+)"/.exec(outbox.text)[1], { cookie: annas })
    assert.doesNotMatch(hidden.text, /\/reset\/[\w-]{43}/)

    // With one, it goes out.
    const set = await send(server, owner, '/admin/mail', '/admin/mail', { given: '1', smtp_url: mail.url, smtp_user: 'firm', smtp_secret: 'mail secret', mail_from: 'desk@firm.example' })
    assert.equal(set.status, 303, await set.text())
    await until(() => mail.mails.length === 1, 20000)
    const reset = mail.mails[0]
    assert.deepEqual(reset.to, ['joerg@home.example'])
    assert.equal(reset.from, 'desk@firm.example')
    assert.equal(reset.user, 'firm')
    assert.match(words(header(reset, 'From')), /^Sœurs & Söhne <desk@firm\.example>$/)
    assert.match(words(header(reset, 'To')), /^Jörg Weiß <joerg@home\.example>$/)
    assert.equal(header(reset, 'List-Unsubscribe'), undefined)
    const link = new URL(/http\S+\/reset\/[\w-]{43}/.exec(plain(reset))[0])
    assert.equal(link.origin, server.url)
    const chosen = await fetch(link, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ password: 'nine paper boats' }) })
    assert.equal(chosen.status, 303)
    await assert.rejects(server.login('joerg@home.example', password))
    await server.login('joerg@home.example', 'nine paper boats')
    await until(() => mail.mails.length === 2, 20000)
    assert.deepEqual(mail.mails[1].to, ['joerg@home.example'])
    assert.match(words(header(mail.mails[1], 'Subject')), /^Your password at Sœurs & Söhne was changed$/)
    assert.match(plain(mail.mails[1]), /If it was not, choose a new password at once/)

    // An answer reaches who said "me too", with a way to stop it.
    const token = home.token('joerg@home.example')
    assert.equal((await server.api('GET', '/tokens', { token: joerg })).status, 401, 'the reset ended the old token')
    const report = await server.api('POST', '/conversations', { token, body: { kind: 'problem', subject: 'Kein Empfang im Tal', body: 'Seit Wochen.', visibility: 'public' } })
    assert.equal(report.status, 201)
    const answer = await server.api('POST', `/conversations/${report.body.id}/status`, { token: anna, body: { status: 'planned', answer: 'The mast comes **in May**.' } })
    assert.ok(answer.status < 300, JSON.stringify(answer.body))
    await until(() => mail.mails.length === 3, 20000)
    const told = mail.mails[2]
    assert.match(words(header(told, 'Subject')), /Kein Empfang im Tal/)
    assert.match(plain(told), /The mast comes in May\./)
    const stop = /<(http[^>]+)>/.exec(header(told, 'List-Unsubscribe'))[1]
    assert.equal(header(told, 'List-Unsubscribe-Post'), 'List-Unsubscribe=One-Click')
    assert.equal((await fetch(stop, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })).status, 303)
    await server.api('POST', `/conversations/${report.body.id}/status`, { token: anna, body: { status: 'in_work', answer: 'It is being built.' } })
    await new Promise(r => setTimeout(r, 1500))
    assert.equal(mail.mails.length, 3)

    // In the outbox all of it was sent, and the link is nobody's any more.
    const list = await server.page('/outbox?state=sent', { cookie: owner })
    const sent = await server.page([...list.text.matchAll(/href="(\/outbox\/\d+)"/g)].at(-1)[1], { cookie: owner })
    assert.doesNotMatch(sent.text, /\/reset\/[\w-]{43}/)
  })
}
