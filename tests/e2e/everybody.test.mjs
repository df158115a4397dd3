// What a campaign says, from the manager who writes it down to the end of it: promised to everybody, seen by visitors and customers and by whoever answers them,
// done, judged by each customer for themselves, and closed by what most of them say.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { audit, closeBrowser, engines, Home, logIn, until, visitor } from './lib.mjs'

after(closeBrowser)

const what = 'We will open all branches on Saturdays by 1 April 2027.'

for (const engine of engines) {
  test(`where nothing is promised to everybody nothing leads to it (${engine})`, async t => {
    const home = new Home(engine).init(), server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    assert.ok(!(await server.page('/')).text.includes('/promised'))
    assert.ok((await server.page('/promised')).text.includes('Nothing is open'))
    const cookie = await server.login('owner@demo.example')
    assert.ok((await server.page('/brand', { cookie })).text.includes('No text is here yet'))
    const owner = home.token('owner@demo.example')
    const text = (await server.api('POST', '/brand_texts', { token: owner, body: { title: 'Winter', body: 'We will have a shop in Tuam by May.' } })).body
    assert.ok(!(await server.page('/')).text.includes('/promised'), 'a text alone promises nothing')
    assert.equal((await server.api('POST', '/expectations', { token: owner, body: { brand_text_id: text.id, text: 'A shop in Tuam', due_at: new Date(Date.now() + 864e5).toISOString() } })).status, 201)
    assert.ok((await server.page('/')).text.includes('/promised'), 'the kept page is made anew')
  })

  test(`what the brand says is promised to everybody (${engine})`, { timeout: 150000 }, async t => {
    const home = new Home(engine, { clock: '2027-03-01T09:00:00Z' }).demo('banking')
    for (const [name, email] of [['Peter Pell', 'peter@demo.example'], ['Olga Orr', 'olga@demo.example']]) home.addPerson(name, email)
    const server = await home.serve()
    const tomas = await visitor(server), ruth = await visitor(server, { js: false, width: 360 }), anybody = await visitor(server, { width: 360 })
    t.after(async () => { for (const p of [tomas, ruth, anybody]) await p.context().close(); await server.stop(); home.done() })
    const token = Object.fromEntries(['manager', 'agent', 'customer', 'peter', 'olga'].map(who => [who, home.token(`${who}@demo.example`)]))
    const api = async (who, method, path, body) => await server.api(method, path, { token: token[who], body })
    await logIn(tomas, 'manager@demo.example')
    await logIn(ruth, 'customer@demo.example')

    // the manager writes it down; what ends before it begins is refused and nothing is lost
    await tomas.goto('/expectations')
    await tomas.getByRole('link', { name: 'What we say to everybody' }).click()
    await tomas.getByRole('link', { name: 'Write a text down' }).click()
    await tomas.locator('#b-title').fill('Spring campaign')
    await tomas.locator('#b-body').fill(`A bank for the whole week. ${what} We answer every letter within three days. Please come and see us.`)
    await tomas.locator('#b-place').fill('https://bank.example/spring')
    await tomas.locator('#b-until').fill('2027-02-01')
    await tomas.getByRole('button', { name: 'Save' }).click()
    await tomas.getByText('It ends before it begins.').waitFor()
    assert.equal(await tomas.locator('#b-title').inputValue(), 'Spring campaign')
    assert.deepEqual(await audit(tomas), [])
    await tomas.locator('#b-until').fill('2027-05-31')
    await tomas.getByRole('button', { name: 'Save' }).click()
    await tomas.getByText('said from Monday 1 March until Monday 31 May').waitFor()

    // its words are offered, none is promised by itself; one of the two becomes a promise that Anna sees to
    await tomas.getByRole('heading', { name: 'What these words promise' }).waitFor()
    const offers = tomas.locator('#offered form')
    assert.equal(await offers.count(), 2)
    const before = (await api('manager', 'GET', '/promised')).body.data
    const offer = offers.filter({ hasText: what })
    assert.equal(await offer.locator('input[name=day]').inputValue(), '2027-04-01')
    await offer.locator('select').selectOption({ label: 'Anna Keller' })
    assert.deepEqual(await audit(tomas), [])
    await offer.getByRole('button', { name: 'Promise it to everybody' }).click()
    await tomas.getByText('It is promised. Everybody reads it, and how it goes.').waitFor()
    assert.equal(await offers.count(), 1, 'it is not offered again')
    const promised = (await api('manager', 'GET', '/promised')).body.data.find(x => x.text === what), id = promised.id
    assert.equal((await api('manager', 'GET', '/promised')).body.data.length, before.length + 1)
    assert.deepEqual([promised.to, promised.person, promised.audience, promised.due_at.slice(0, 10)], [null, null, 'public', '2027-04-01'])

    // who is not logged in finds it; a customer counts on it; who answers a customer knows of it; its owner has it on her desk and in her calendar
    await anybody.goto('/')
    await anybody.getByRole('link', { name: 'What we promised to everybody' }).click()
    await anybody.getByText('by 1 April').waitFor()
    assert.deepEqual(await audit(anybody), [])
    await anybody.getByRole('link', { name: what }).click()
    await anybody.getByText('Spring campaign').waitFor()
    assert.equal(await anybody.locator('form[action^="/expectations"]').count(), 0, 'a visitor has no word in it')
    for (const path of ['/today', '/expectations']) {
      await ruth.goto(path)
      await ruth.getByRole('link', { name: what }).first().waitFor()
    }
    const asked = (await api('customer', 'POST', '/conversations', { kind: 'question', subject: 'When are you open?', body: 'I work all week.', visibility: 'private' })).body.id
    const anna = await visitor(server)
    await logIn(anna, 'agent@demo.example')
    await anna.goto(`/conversations/${asked}`)
    await anna.locator('section', { has: anna.locator('#counts') }).getByRole('link', { name: what }).waitFor()
    await anna.goto('/today')
    await anna.getByRole('link', { name: what }).first().waitFor()
    await anna.goto('/me/calendar')
    await anna.getByRole('button', { name: 'Make an address' }).click()
    const calendar = await anna.locator('input[readonly]').inputValue()
    assert.ok((await (await fetch(server.url + new URL(calendar).pathname)).text()).replaceAll('\r\n ', '').includes(`SUMMARY:${what}`))
    await until(async () => (await api('customer', 'GET', '/search?q=Saturdays')).body.data.some(x => x.id === id))
    assert.equal((await api('agent', 'POST', '/expectations', { brand_text_id: promised.brand_text_id, text: 'More', day: '2027-04-01' })).status, 403)
    assert.equal((await api('agent', 'POST', '/brand_texts', { title: 'More', body: 'More' })).status, 403)
    assert.equal((await api('agent', 'GET', `/brand_texts/${promised.brand_text_id}`)).body.promised, 1)
    assert.equal((await api('customer', 'GET', `/brand_texts/${promised.brand_text_id}`)).status, 403)
    for (const wrong of [{ to: 1 }, { direction: 'theirs' }, { audience: 'team' }]) assert.equal((await api('manager', 'POST', '/expectations', { brand_text_id: promised.brand_text_id, text: 'More', day: '2027-04-01', ...wrong })).status, 422)
    assert.equal((await api('manager', 'POST', '/brand_texts', { title: 'Too early', body: 'It is told', said_from: '2027-03-02' })).status, 422)
    const later = await api('manager', 'PATCH', `/brand_texts/${promised.brand_text_id}`, { said_until: '' })
    assert.deepEqual([later.status, later.body.title, later.body.said_until], [200, 'Spring campaign', null])

    // done, says Anna; whether it is, each customer says for themselves, and nobody of the firm
    home.clock.set('2027-03-20T09:00:00Z')
    assert.equal((await api('peter', 'POST', `/expectations/${id}/resolve`, { outcome: 'kept' })).status, 409, 'not before it is done')
    assert.equal((await api('agent', 'POST', `/expectations/${id}/resolve`, { outcome: 'done' })).status, 200)
    for (const who of ['agent', 'manager']) assert.equal((await api(who, 'POST', `/expectations/${id}/resolve`, { outcome: 'kept' })).status, 403)
    assert.equal((await server.api('POST', `/expectations/${id}/resolve`, { body: { outcome: 'kept' } })).status, 401)
    await ruth.goto('/expectations')
    await ruth.getByRole('button', { name: /^Better than promised.*Saturdays/ }).click()
    await ruth.getByText('Thank you. We have heard it.').waitFor()
    await ruth.goto(`/expectations/${id}`)
    await ruth.getByText('You said: better than promised.').waitFor()
    await ruth.locator('#v-note').fill('Selby was shut, but the rest is true.')
    await ruth.getByRole('button', { name: 'Yes, kept' }).click()
    await ruth.getByText('You said: kept.').waitFor()
    await ruth.goto('/expectations')
    assert.equal(await ruth.getByRole('heading', { name: 'We say it is done. Is it?' }).count(), 0, 'who has said a word is not asked again')
    assert.equal((await api('peter', 'POST', `/expectations/${id}/resolve`, { outcome: 'missed', note: 'Not in Ripon.' })).status, 200)
    await anybody.goto('/promised')
    await anybody.getByText('one says kept, one says not kept').waitFor()
    await anybody.goto(`/expectations/${id}`)
    assert.ok(!/Ripon|Selby|Peter|Ruth/.test(await anybody.locator('main').innerText()), 'who says what and why is for the team')
    await anna.goto(`/expectations/${id}`)
    await anna.getByText('Not in Ripon.').waitFor()
    assert.deepEqual(await audit(anna), [])
    assert.equal((await api('olga', 'POST', `/expectations/${id}/resolve`, { outcome: 'kept' })).status, 200)

    // two weeks later it is over, by what most of them say
    home.clock.set('2027-04-04T09:00:00Z')
    const end = await until(async () => { const x = (await api('customer', 'GET', `/expectations/${id}`)).body; return x.state !== 'done' && x })
    assert.deepEqual([end.state, end.word_of, end.verdicts, end.my_verdict], ['kept', 'them', { kept: 2, exceeded: 0, missed: 1 }, 'kept'])
    assert.equal((await api('peter', 'POST', `/expectations/${id}/resolve`, { outcome: 'missed' })).status, 409)
    await anybody.goto('/promised')
    await anybody.getByText('2 say kept, one says not kept').waitFor()
    const trust = (await api('manager', 'GET', '/expectations/trust?by=source')).body.data.find(r => r.key === 'everybody')
    assert.deepEqual([trust.name, trust.counted, trust.kept_them], ['Said to everybody', 1, 1])
    for (const who of ['customer', 'peter', 'olga']) assert.equal((await api(who, 'GET', '/notices?limit=200')).body.data.filter(n => n.expectation_id === id).length, 0, 'nobody is told of it by name')

    const dir = mkdtempSync(join(tmpdir(), 'rialto-export-'))
    home.must('export', [join(dir, 'all')])
    const lines = name => readFileSync(join(dir, 'all', name), 'utf8').trim().split('\n').map(l => JSON.parse(l))
    assert.deepEqual([lines('brand_texts.jsonl').filter(x => x.title === 'Spring campaign').length, lines('verdicts.jsonl').length], [1, 3])
    rmSync(dir, { recursive: true })
    const check = home.run('check')
    assert.equal(check.code, 0, check.out + check.err)
    for (const p of [tomas, ruth, anybody, anna]) assert.deepEqual(p.faults, [])
    await anna.context().close()
  })
}
