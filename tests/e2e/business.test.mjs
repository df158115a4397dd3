// Doing business: a customer orders, changes, disputes; a program of the firm is told, fails first and answers then; the team approves within its
// limits; the same form is one request; and nobody else can see or do any of it.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { audit, closeBrowser, engines, Home, logIn, password, until, visitor, slow } from './lib.mjs'

/** The firm's own program: keeps what it is told, and answers as it is told to. */
async function office() {
  const o = { heard: [], answers: [] }
  const server = createServer((q, r) => {
    let body = ''
    q.on('data', d => { body += d })
    q.on('end', () => {
      o.heard.push({ headers: q.headers, body })
      const { status, text } = o.answers.shift() ?? { status: 200, text: '' }
      r.writeHead(status).end(text)
    })
  })
  await new Promise(good => server.listen(0, '127.0.0.1', good))
  o.port = server.address().port
  o.close = () => server.close()
  return o
}

const signed = (secret, { headers, body }) => 'v1,' + createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
  .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64')

/** A bank with two customers, an account each, lines of 40, 400 and 4,000, and a standing order. */
function bank(engine) {
  const home = new Home(engine).init('banking')
  for (const [name, role] of [['manager', 'manager'], ['agent', 'agent'], ['analyst', 'analyst']]) home.addPerson(`Some ${name}`, `${name}@demo.example`, role)
  for (const [name, number] of [['Hanna Holder', '1'], ['Otto Other', '2']])
    home.must('user', ['add', '--name', name, '--email', `${name.split(' ')[0].toLowerCase()}@demo.example`, '--role', 'customer', '--customer-no', number, '--password-stdin'], { input: password + '\n' })
  const load = (kind, lines) => {
    const file = join(home.dir, `${kind.replace(':', '-')}.csv`)
    writeFileSync(file, lines.join('\n') + '\n')
    const r = JSON.parse(home.must('import', [kind, file, '--source', 'core', '--json']))
    assert.equal(r.rejected, 0, kind)
  }
  load('people', ['"client_id";"birth_number";"district_id"', '1;"800101";1', '2;"800101";1'])
  load('records:account', ['"account_id";"district_id";"frequency";"date"', '11;1;"POPLATEK MESICNE";930101', '12;1;"POPLATEK MESICNE";930101'])
  load('links', ['"disp_id";"client_id";"account_id";"type"', '1;1;11;"OWNER"', '2;2;12;"OWNER"'])
  load('records:standing_order', ['"order_id";"account_id";"bank_to";"account_to";"amount";"k_symbol"', '21;11;"YZ";"87144583";120.00;"SIPO"'])
  load('records:statement_line', ['"trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank";"account"',
    ...[40, 400, 4000].map((n, i) => `${31 + i};11;93010${i + 1};"VYDAJ";"VYBER KARTOU";${n}.00;0.00;"";;`), '41;12;930101;"VYDAJ";"VYBER KARTOU";7.00;0.00;"";;'])
  return home
}

for (const engine of engines) {
  test(`doing business (${engine})`, { timeout: 120000 * slow }, async t => {
    const home = bank(engine), back = await office()
    const server = await home.serve()
    t.after(async () => { await server.stop(); back.close(); home.done() })
    const who = ['owner', 'manager', 'agent', 'analyst', 'hanna', 'otto'], token = {}, cookie = {}
    for (const w of who) { token[w] = home.token(`${w}@demo.example`); cookie[w] = await server.login(`${w}@demo.example`) }
    const api = (w, method, path, body, headers) => server.api(method, path, { token: token[w], body, headers })
    const records = async type => (await api('owner', 'GET', `/records?type=${type}`)).body.data.reverse()
    const [account, others] = await records('account')
    const lines = await records('statement_line'), [order] = await records('standing_order')
    /** Sends a form as a browser without scripts does; of a page that is an answer itself: html. */
    const send = async (w, path, fields, html) => {
      const csrf = /name="csrf" value="([^"]+)"/.exec(html ?? (await server.page('/me/login', { cookie: cookie[w] })).text)[1]
      const body = new URLSearchParams([['csrf', csrf], ...fields])
      const r = await fetch(server.url + path, { method: 'POST', redirect: 'manual', headers: { Cookie: cookie[w], Accept: 'text/html' }, body })
      return { status: r.status, location: r.headers.get('location'), text: await r.text() }
    }
    const state = async id => (await api('owner', 'GET', `/requests/${id}`)).body.state
    const ask = async (w, record, name, body) => (await api(w, 'POST', `/records/${record.id}/actions/${name}`, body)).body

    let secret
    await t.test('a program is told, fails first, and its answer stands on the receipt', async () => {
      const made = await send('owner', '/admin/webhooks', [['url', `http://127.0.0.1:${back.port}/told`], ['label', 'Core'], ['topics', 'request'], ['inside', '1']])
      assert.equal(made.status, 200)
      secret = /whsec_[A-Za-z0-9+/=]+/.exec(made.text)[0]
      assert.ok(!(await server.page('/admin/webhooks', { cookie: cookie.owner })).text.includes('whsec_'), 'the secret is shown once')
      back.answers.push({ status: 500, text: 'not now' }, { status: 200, text: '{"outcome":"done","note":"The card is on its way."}' })

      const path = `/records/${account.id}/do/order_card`
      assert.ok((await server.page(account.url, { cookie: cookie.hanna })).text.includes(`href="${path}"`), 'the button')
      assert.equal((await server.page(path, { cookie: cookie.hanna })).status, 200)
      const given = (kind, name) => [['field_name', 'kind'], ['field_value', kind], ['field_name', 'printed_name'], ['field_value', name]]
      const wrong = await send('hanna', path, [['given', '1'], ...given('platinum', '')])
      assert.equal(wrong.status, 422)
      assert.match(wrong.text, /This is not one of the choices\./)
      assert.match(wrong.text, /Please fill this in\./)
      const confirm = await send('hanna', path, [['given', '1'], ...given('gold', 'H. Holder')])
      assert.equal(confirm.status, 200)
      assert.match(confirm.text, /Gold card/)
      assert.match(confirm.text, /This is added: Card\./)
      const key = /name="key" value="([^"]+)"/.exec(confirm.text)[1]
      const sure = extra => send('hanna', `${path}/confirm`, [['key', key], ['version', account.version], ...given('gold', 'H. Holder'), ...extra])
      const no = await sure([['password', 'not-this-one']])
      assert.equal(no.status, 422)
      assert.match(no.text, /This is not your password\./)
      assert.match(no.text, new RegExp(`name="key" value="${key}"`), 'the same key, so that it stays one request')
      const first = await sure([['password', password]]), again = await sure([['password', password]])
      assert.equal(first.status, 303)
      assert.equal(again.location, first.location)
      assert.equal((await api('hanna', 'GET', '/requests')).body.data.length, 1)

      const id = /\d+$/.exec(first.location)[0]
      await until(() => back.heard.length === 1)
      assert.equal(await state(id), 'sent')
      await until(async () => await state(id) === 'done', 30000)
      assert.equal(back.heard.length, 2)
      for (const h of back.heard) assert.equal(h.headers['webhook-signature'], signed(secret, h))
      assert.equal(back.heard[0].headers['webhook-id'], back.heard[1].headers['webhook-id'])
      const told = JSON.parse(back.heard[1].body)
      assert.equal(told.type, 'request.sent')
      assert.deepEqual(told.data.fields, { kind: 'gold', printed_name: 'H. Holder' })
      const receipt = (await api('hanna', 'GET', `/requests/${id}`)).body
      assert.equal(receipt.note, 'The card is on its way.')
      assert.equal(receipt.proved, true)
      assert.match((await server.page(first.location, { cookie: cookie.hanna })).text, /The card is on its way\./)
      const card = (await api('hanna', 'GET', `/records/${receipt.part_id}`)).body
      assert.deepEqual([card.type, card.fields.kind, card.parent_id], ['card', 'gold', account.id])
      const [hook] = (await api('owner', 'GET', '/webhooks')).body.data
      const [delivery] = (await api('owner', 'GET', `/webhooks/${hook.id}/deliveries`)).body.data
      assert.deepEqual([delivery.state, delivery.tries, delivery.status], ['delivered', 2, 200])
    })

    await t.test('the team approves within its limits', async () => {
      const why = { fields: { why: 'not_mine' } }
      const small = await ask('hanna', lines[0], 'dispute', why), middle = await ask('hanna', lines[1], 'dispute', why), large = await ask('hanna', lines[2], 'dispute', why)
      assert.deepEqual([small.state, middle.state, large.state], ['sent', 'requested', 'requested'])
      const move = (w, id, to, note) => api(w, 'POST', `/requests/${id}/state`, { state: to, note })
      assert.equal((await move('hanna', middle.id, 'approved')).status, 403)
      assert.equal((await move('analyst', middle.id, 'approved')).status, 403)
      assert.equal((await move('otto', middle.id, 'approved')).status, 404)
      assert.equal((await move('agent', large.id, 'approved')).status, 403)
      assert.equal((await move('agent', middle.id, 'declined', ' ')).status, 422)
      const stop = new AbortController(), listens = w => fetch(`${server.url}/live?topics=request:${middle.id}`,
        { headers: { Authorization: `Bearer ${token[w]}` }, signal: stop.signal })
      assert.equal((await listens('otto')).status, 404)
      const stream = (await listens('hanna')).body.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
      assert.match((await server.page(middle.url, { cookie: cookie.hanna })).text, new RegExp(`data-refresh="request:${middle.id}"`))
      assert.equal((await move('agent', middle.id, 'approved')).body.state, 'sent')
      for (let heard = ''; !heard.includes(`"request:${middle.id}"`);) heard += (await stream.next()).value
      stop.abort()
      assert.equal((await move('agent', middle.id, 'approved')).status, 409)
      assert.equal((await move('manager', large.id, 'declined', 'You signed for it.')).body.state, 'declined')
      assert.match((await server.page(large.url, { cookie: cookie.hanna })).text, /You signed for it\./)
      assert.equal((await move('agent', small.id, 'failed')).status, 422)
      assert.equal((await move('agent', small.id, 'done', 'Paid back.')).body.state, 'done')
      const more = await ask('hanna', lines[1], 'dispute', why)
      assert.equal((await move('otto', more.id, 'withdrawn')).status, 404)
      assert.equal((await move('hanna', more.id, 'withdrawn')).body.state, 'withdrawn')
      assert.equal((await move('manager', more.id, 'approved')).status, 409)
      for (const tab of ['', '?state=sent', '?state=failed', '?state=all']) assert.equal((await server.page(`/requests${tab}`, { cookie: cookie.agent })).status, 200)
    })

    await t.test('who is concerned is told, and nobody else', async () => {
      const told = async w => (await api(w, 'GET', '/notices')).body.data.map(n => n.kind)
      await until(async () => (await told('hanna')).includes('request_declined'))
      await until(async () => (await told('manager')).includes('request_withdrawn'))      // what happened last
      await until(async () => /Done: Dispute this entry: /.test((await server.page('/outbox', { cookie: cookie.manager })).text))   // she has not looked at it: what is read is not mailed
      assert.deepEqual(new Set(await told('hanna')), new Set(['request_done', 'request_sent', 'request_declined']))
      assert.deepEqual(new Set(await told('manager')), new Set(['request_new', 'request_withdrawn']))
      assert.deepEqual(await told('otto'), [])
      const [newest] = (await api('hanna', 'GET', '/notices')).body.data
      assert.match(newest.subject, /^Dispute this entry: /)
      assert.equal(newest.url, `/requests/${newest.request_id}`)
      const page = await server.page(`/notices/${newest.id}`, { cookie: cookie.hanna })
      assert.equal(page.headers.get('location'), newest.url)
    })

    await t.test('money moves only with the password, and a key is one request', async () => {
      const path = `/records/${order.id}/actions/change`, fields = { amount: { amount: 15000, currency: 'EUR' } }
      assert.equal((await api('hanna', 'POST', path, { fields })).status, 422)
      assert.equal((await api('hanna', 'POST', path, { fields, password: 'wrong' })).status, 422)
      assert.equal((await api('hanna', 'POST', path, { fields: { amount: -5 }, password })).status, 422)
      assert.equal((await api('hanna', 'POST', path, { fields: { amount: { amount: 1, currency: 'CHF' } }, password })).status, 422)
      assert.equal((await api('hanna', 'POST', path, { fields: { amount: 5, more: 1 }, password })).status, 422)
      assert.equal((await api('hanna', 'POST', path, { fields, password, version: 77 })).status, 422)
      const before = (await api('hanna', 'GET', '/requests')).body.data.length
      const once = await api('hanna', 'POST', path, { fields, password }, { 'Idempotency-Key': 'k1' }), twice = await api('hanna', 'POST', path, { fields, password }, { 'Idempotency-Key': 'k1' })
      assert.equal(once.status, 201)
      assert.equal(once.body.state, 'done')
      assert.deepEqual(twice.body, once.body)
      assert.equal((await api('hanna', 'GET', '/requests')).body.data.length, before + 1)
      assert.equal((await api('hanna', 'GET', `/records/${order.id}`)).body.fields.amount.amount, 15000)
      assert.equal((await api('hanna', 'POST', `/records/${order.id}/actions/end`, { password })).body.state, 'done')
      assert.equal((await api('hanna', 'GET', `/records/${order.id}`)).body.state, 'ended')
      assert.equal((await api('hanna', 'POST', path, { fields, password })).status, 409, 'it is not offered any more')
    })

    await t.test('nobody else sees or does it', async () => {
      const mine = (await api('hanna', 'GET', '/requests')).body.data
      for (const r of mine) {
        assert.equal((await api('otto', 'GET', `/requests/${r.id}`)).status, 404)
        assert.equal((await server.page(r.url, { cookie: cookie.otto })).status, 404)
        assert.equal((await server.page(r.url)).status, 303)
      }
      assert.deepEqual((await api('otto', 'GET', '/requests')).body.data, [])
      assert.deepEqual((await api('otto', 'GET', `/requests?record_id=${account.id}`)).body.data, [])
      assert.equal((await api('otto', 'POST', `/records/${account.id}/actions/order_card`, { fields: { kind: 'gold', printed_name: 'O' }, password })).status, 404)
      assert.equal((await server.page(`/records/${lines[1].id}/do/dispute`, { cookie: cookie.otto })).status, 404)
      assert.equal((await send('otto', `/records/${lines[1].id}/do/dispute/confirm`, [['key', 'x'], ['field_name', 'why'], ['field_value', 'twice']])).status, 404)
      assert.equal((await api('analyst', 'POST', `/records/${lines[1].id}/actions/dispute`, { fields: { why: 'twice' } })).status, 403)
      assert.equal((await api('hanna', 'POST', `/records/${account.id}/actions/melt`, {})).status, 404)
      for (const w of ['manager', 'agent', 'hanna']) for (const [method, path] of [['GET', '/webhooks'], ['POST', '/webhooks'], ['DELETE', '/webhooks/1'], ['GET', '/webhooks/1/deliveries']])
        assert.equal((await api(w, method, path, method === 'POST' ? { url: 'https://x.example/' } : undefined)).status, 403)
      const events = (await api('otto', 'GET', '/events?after=0&limit=200')).body.data
      assert.ok(!events.some(e => e.object.kind === 'request' || e.object.kind === 'delivery'))
      // a word of hers is in no answer to others, whatever they ask for
      await ask('hanna', lines[1], 'dispute', { fields: { why: 'twice', words: 'zorbwords' } })
      const [newest] = (await api('hanna', 'GET', '/requests')).body.data
      const ids = { records: [account.id, lines[1].id, others.id, newest.part_id ?? 1], requests: [newest.id], notices: [1, 2, 3], other: [1] }
      for (const route of JSON.parse(home.must('routes', ['--json'])).filter(r => r.method === 'GET' && !/live|metrics/.test(r.path)))
        for (const id of ids[/records|requests|notices/.exec(route.path)?.[0] ?? 'other']) for (const w of [undefined, 'otto']) {
          const path = route.path.replace('{name}', 'dispute').replace(/\{\w+\}/g, id)
          const headers = path.startsWith('/api/') ? (w ? { Authorization: `Bearer ${token[w]}` } : {}) : { Accept: 'text/html', ...(w ? { Cookie: cookie[w] } : {}) }
          const r = await fetch(server.url + path, { redirect: 'manual', headers })
          assert.ok(r.status < 500, `${path}: ${r.status}`)
          const text = await r.text()
          assert.ok(!text.includes('zorbwords') && !text.includes('You signed for it'), `${w} reads it at ${path}`)
        }
      assert.match((await server.page(newest.url, { cookie: cookie.hanna })).text, /zorbwords/)
      assert.match((await server.page(newest.url, { cookie: cookie.agent })).text, /zorbwords/)
    })

    await t.test('no message goes to an address that was not meant', async () => {
      const bad = url => api('owner', 'POST', '/webhooks', { url })
      for (const url of ['http://office.example/', 'ftp://office.example/', '/told', 'javascript:1', `http://127.0.0.1:${back.port}/`]) assert.equal((await bad(url)).status, 422, url)
      const hidden = await bad(`https://127.0.0.1:${back.port}/`)
      assert.equal(hidden.status, 201)
      assert.match(hidden.body.secret, /^whsec_/)
      const before = back.heard.length
      await ask('hanna', lines[0], 'dispute', { fields: { why: 'twice' } })
      const last = async () => (await api('owner', 'GET', `/webhooks/${hidden.body.webhook.id}/deliveries`)).body.data[0]
      await until(async () => (await last())?.tries === 1)
      assert.match((await last()).why, /network that no message may go to/)
      assert.equal((await last()).state, 'waiting')
      await until(() => back.heard.length === before + 1)
      assert.equal((await api('owner', 'DELETE', `/webhooks/${hidden.body.webhook.id}`)).status, 204)
    })
    assert.equal(home.run('check').code, 0)
  })
}

test('in a browser without scripts, and with nothing for axe to find', { timeout: 90000 * slow }, async t => {
  const home = bank('sqlite')
  const server = await home.serve()
  t.after(async () => { await closeBrowser(); await server.stop(); home.done() })
  const page = await visitor(server, { js: false, width: 360 })
  await logIn(page, 'hanna@demo.example')
  await page.goto('/things')
  await page.getByRole('link', { name: /Account 11/ }).click()
  await page.getByRole('link', { name: 'Order a card' }).click()
  await page.getByLabel('Which card').selectOption('junior')
  await page.getByLabel('Name on the card').fill('Little H.')
  await page.getByRole('button', { name: 'Look it over' }).click()
  await page.getByLabel('Your password, once more').fill(password)
  await page.getByRole('button', { name: 'Yes, do it' }).click()
  await page.getByRole('heading', { name: 'Order a card' }).waitFor()
  assert.match(await page.locator('main').innerText(), /We are on it/)
  const receipt = new URL(page.url()).pathname

  const desk = await visitor(server, { width: 1440 })
  await logIn(desk, 'agent@demo.example')
  await desk.goto('/requests?state=sent')
  await desk.getByRole('link', { name: /Order a card/ }).click()
  await desk.getByLabel(/What came of it/).fill('In the post.')
  assert.deepEqual(await audit(desk), [])
  await desk.getByRole('button', { name: 'It is done' }).click()
  await page.reload()
  assert.match(await page.locator('main').innerText(), /In the post\./)

  const looks = await visitor(server, { width: 360 })
  await logIn(looks, 'hanna@demo.example')
  for (const path of [receipt, '/requests', '/records/1', '/records/1/do/order_card']) {
    await looks.goto(path)
    assert.deepEqual(await audit(looks), [], path)
  }
  const owner = await visitor(server, { width: 360 })
  await logIn(owner, 'owner@demo.example')
  await owner.goto('/admin/webhooks')
  assert.deepEqual(await audit(owner), [])
})
