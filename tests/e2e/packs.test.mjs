// A fourth industry needs no C: a pack in a folder makes a demo and a business of its own, goes on when the folder is gone, and a running business
// takes a newer version of it, unless something that is kept would lose its type, field, state or role.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { engines, Home, until, slow } from './lib.mjs'

const label = s => ({ en: s, de: s + ' (de)' })
const word = (name, s) => ({ name, label: label(s) })
const field = (name, type) => ({ ...word(name, name), type })
const library = () => ({
  ...word('library', 'Library'),
  tabs: [{ ...word('reader', 'Reader'), fields: [{ ...field('street', 'text'), own: true }] }],
  types: [
    { ...word('ticket', 'Ticket'), many: label('Tickets'), title: label('Ticket {number}'), fields: [field('number', 'text')],
      states: [word('valid', 'Valid'), word('lost', 'Lost')], roles: [word('reader', 'Reader')], reasons: [word('lost', 'I lost it')] },
    { ...word('loan', 'Loan'), many: label('Loans'), title: '{book}', parent: 'ticket', at: 'lent', amount: 'fine',
      fields: [field('book', 'text'), field('lent', 'date'), field('fine', 'money')], reasons: [word('fine', 'The fine')] }],
  topics: [word('books', 'Books')],
})
const demo = {
  business: { name: 'Reading Room', locale: 'en', zone: 'Europe/London', currency: 'GBP' },
  staff: [{ key: 'olga', role: 'owner', name: 'Olga Shelf', email: 'owner@demo.example' }],
  customers: [{ key: 'paul', name: 'Paul Page', email: 'customer@demo.example', fields: { street: 'High Street' } }],
  crowd: { count: 3, first: ['Ada'], last: ['Quill'], towns: [{ name: 'York', lat: 53.96, lon: -1.08 }] },
  conversations: [],
  records: [
    { type: 'ticket', people: { reader: 'paul' }, fields: { number: 'T {n}' }, state: 'valid',
      parts: [{ type: 'loan', every: { from: 60, to: 4, days: 7 }, fields: { book: ['The Mill', 'The Lamp'], fine: ['0.50', '0.00'] },
        asked: [{ by: 'paul', days_ago: 2, reason: 'fine', text: 'I brought it back on Monday.', answer: { by: 'olga', days_ago: 1, status: 'done', text: 'So you did.' } }] }] },
    { type: 'ticket', crowd: 3, fields: { number: 'C {n}' } }],
}
const mapping = { kind: 'records:ticket', set: [{ to: 'external_id', from: 'No' }, { to: 'field:number', text: 'No. {No}' }, { to: 'person:reader', from: 'Reader' }] }

function write(home, pack) {
  const folder = join(home.dir, 'packs', 'library')
  mkdirSync(join(folder, 'import'), { recursive: true })
  writeFileSync(join(folder, 'pack.json'), JSON.stringify(pack))
  writeFileSync(join(folder, 'demo.json'), JSON.stringify(demo))
  writeFileSync(join(folder, 'import', 'tickets.json'), JSON.stringify(mapping))
  return folder
}

for (const engine of engines) {
  test(`a pack in a folder makes a living business, which outlives the folder (${engine})`, { timeout: 60000 * slow }, async t => {
    const home = new Home(engine), away = new Home()
    t.after(() => { home.done(); away.done() })
    const folder = write(away, library())
    home.must('demo', ['--pack', folder, '--no-serve'])
    rmSync(folder, { recursive: true })

    writeFileSync(join(away.dir, 'people.csv'), 'external_id,name\n7,Rosa Reader\n')
    writeFileSync(join(away.dir, 'tickets.csv'), 'No,Reader\n31,7\n')
    assert.match(home.must('import', ['people', join(away.dir, 'people.csv'), '--source', 'desk', '--json']), /"created":1/)
    assert.match(home.must('import', ['records:ticket', join(away.dir, 'tickets.csv'), '--source', 'desk', '--json']), /"created":1,"updated":0,"unchanged":0,"rejected":0/)
    assert.equal(home.run('check').code, 0)

    const server = await home.serve()
    t.after(() => server.stop())
    const cookie = await server.login('customer@demo.example')
    const things = (await server.page('/things', { cookie })).text
    assert.match(things, /Ticket T 0001/)
    assert.doesNotMatch(things, /Ticket C/)
    const ticket = /href="(\/records\/\d+)"/.exec(things)[1]
    const page = (await server.page(ticket, { cookie })).text
    assert.equal([...page.matchAll(/The Mill|The Lamp/g)].length >= 9, true)
    assert.match(page, /you asked, we answered/)
    assert.match((await server.page(ticket, { cookie, headers: { 'Accept-Language': 'de' } })).text, /Ticket T 0001 \(de\)/)
  })

  test(`tabs of a type part its page, and a program reads its lines from page to page (${engine})`, { timeout: 60000 * slow }, async t => {
    const home = new Home(engine), away = new Home()
    t.after(() => { home.done(); away.done() })
    const pack = library()
    pack.types[0].fields.push(field('shelf', 'text'))
    pack.types[0].tabs = [{ ...word('place', 'Where it is'), fields: ['shelf'] }, { ...word('lent', 'What was lent'), parts: ['loan'] }]
    home.must('demo', ['--pack', write(away, pack), '--no-serve'])
    const server = await home.serve()
    t.after(() => server.stop())
    const cookie = await server.login('customer@demo.example'), token = home.token('customer@demo.example'), olga = home.token('owner@demo.example')
    const ticket = (await server.api('GET', '/records?type=ticket', { token })).body.data[0]
    const page = async more => (await server.page(ticket.url + more, { cookie })).text
    const change = { token: olga, headers: { 'If-Match': (await server.api('GET', `/records/${ticket.id}`, { token: olga })).headers.get('etag') }, body: { fields: { shelf: 'By the window' } } }
    assert.equal((await server.api('PATCH', `/records/${ticket.id}`, change)).status, 200)
    const first = await page('')
    assert.match(first, /<a href="[^"]*tab=place" aria-current="page">Where it is<\/a>/)
    assert.match(first, /By the window/)
    assert.doesNotMatch(first, /id="lines"/)
    const lent = await page('?tab=lent')
    assert.match(lent, /aria-current="page">What was lent/)
    assert.match(lent, /id="lines"/)
    assert.doesNotMatch(lent, /By the window/)
    for (const text of [first, lent]) assert.match(text, /T 0001/, 'what stands in no tab is always shown')
    assert.match(await page('?tab=lent&q=Mill'), /<input type="hidden" name="tab" value="lent">/)
    assert.equal((await server.page(ticket.url + '?tab=attic', { cookie })).status, 404)

    const seen = []
    for (let at = '?limit=4'; at !== null;) {
      const r = await server.api('GET', `/records/${ticket.id}/lines${at}`, { token })
      assert.equal(r.status, 200)
      seen.push(...r.body.data.map(x => x.id))
      at = r.body.next === null ? null : `?limit=4&cursor=${r.body.next}`
      assert.equal(r.headers.get('link') !== null, at !== null)
    }
    assert.ok(seen.length >= 8 && new Set(seen).size === seen.length)
    assert.deepEqual((await server.api('GET', `/records/${ticket.id}/lines?type=loan&limit=200`, { token })).body.data.map(x => x.id), seen)
    const other = (await server.api('GET', '/records?type=ticket', { token: olga })).body.data.find(r => r.id !== ticket.id)
    assert.equal((await server.api('GET', `/records/${other.id}/lines`, { token })).status, 404)
    assert.deepEqual((await server.api('GET', `/records/${other.id}/lines`, { token: olga })).body, { data: [], next: null })
    for (const wrong of ['type=ticket', 'month=May', 'cursor=x']) assert.equal((await server.api('GET', `/records/${ticket.id}/lines?${wrong}`, { token })).status, 422, wrong)
  })

  test(`a running business takes a newer version, or is told why not (${engine})`, { timeout: 60000 * slow }, async t => {
    const home = new Home(engine), away = new Home()
    t.after(() => { home.done(); away.done() })
    home.must('demo', ['--pack', write(away, library()), '--no-serve'])
    const server = await home.serve()
    t.after(() => server.stop())
    const token = home.token('owner@demo.example')
    const refused = (change, says) => {
      const pack = library()
      change(pack)
      const r = home.run('pack', [write(away, pack)])
      assert.equal(r.code, 1)
      assert.match(r.err, says)
    }
    refused(p => { p.types.pop() }, /packs\/library\/pack\.json: types: "loan" is missing, and there are 9 records of it/)
    refused(p => { p.types[1].fields.shift(); p.types[1].title = 'Loan' }, /types\[1\]\.fields: the field "book" is missing, and 9 records have something in it/)
    refused(p => { p.types[1].fields[0].type = 'date' }, /types\[1\]\.fields: the field "book" is of another type/)
    refused(p => { p.types[0].states.shift() }, /types\[0\]\.states: "valid" is missing, and in use/)
    refused(p => { p.types[0].roles[0].name = 'friend' }, /types\[0\]\.roles: "reader" is missing, and in use/)
    refused(p => { p.tabs[0].fields[0].name = 'road' }, /tabs: the field "street" is missing, and customers have something in it/)
    refused(p => { p.types[0].title = '{colour}' }, /packs\/library\/pack\.json: types\[0\]\.title: there is no field colour/)
    refused(p => { p.name = 'other' }, /the name must be the folder's/)
    assert.equal(home.run('pack', ['telecom']).code, 1)
    assert.equal(home.run('pack', ['no-such']).code, 1)
    assert.equal(home.run('pack', ['./no/such']).code, 1)

    // a new field and a new type, known to the server that runs
    const newer = library()
    newer.types[0].states.pop()                                   // nothing is lost
    newer.types[1].fields.push(field('shelf_no', 'text'))
    newer.types.push({ ...word('desk', 'Desk'), many: label('Desks'), title: '{name}', fields: [field('name', 'text')], roles: [word('reader', 'Reader')], reasons: [] })
    newer.types[0].label = label('Card')
    home.must('pack', [write(away, newer)])
    const one = (await server.api('GET', '/records?type=ticket', { token })).body.data[0]
    const cookie = await server.login('owner@demo.example')
    await until(async () => (await server.page(one.url, { cookie })).text.includes('<span>Card</span>'))
    writeFileSync(join(away.dir, 'desks.csv'), 'external_id,field:name\n1,By the window\n')
    assert.match(home.must('import', ['records:desk', join(away.dir, 'desks.csv'), '--source', 'desk', '--json']), /"created":1/)
    const desk = (await server.api('GET', '/records?type=desk', { token })).body.data[0]
    assert.equal(desk.title, 'By the window')
    assert.match((await server.page('/import', { cookie })).text, /records:desk/)
  })
}
