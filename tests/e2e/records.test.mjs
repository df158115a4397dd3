// Records that the staff keep by hand: added and changed with their states and history, linked with people, each other, households; what a customer
// sees of all that, and one timeline for each.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { audit, closeBrowser, engines, Home, logIn, until, visitor, slow } from './lib.mjs'

after(closeBrowser)

for (const engine of engines) {
  test(`records are kept and linked (${engine})`, { timeout: 120000 * slow }, async t => {
    const home = new Home(engine).init('banking')
    home.addPerson('Agatha Agent', 'agent@demo.example', 'agent')
    home.addPerson('Anna Lyst', 'analyst@demo.example', 'analyst')
    home.addPerson('Hanna Holder', 'hanna@demo.example')
    home.addPerson('Otto Other', 'otto@demo.example')
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    const token = Object.fromEntries(['agent', 'analyst', 'hanna', 'otto'].map(who => [who, home.token(`${who}@demo.example`)]))
    const ask = (who, method, path, body, headers) => server.api(method, path, { token: token[who], body, headers })
    const must = async (who, method, path, body, headers) => {
      const r = await ask(who, method, path, body, headers)
      assert.ok(r.status < 300, `${who} ${method} ${path}: ${r.status} ${JSON.stringify(r.body)}`)
      return r.body
    }
    const me = async who => (await must(who, 'GET', '/people/me')).id
    const hanna = await me('hanna'), otto = await me('otto')
    const faults = r => Object.fromEntries(r.body.errors.map(e => [e.field, e.message]))
    let account, card

    await t.test('a record is added, once for a key, by who may', async () => {
      const body = { type: 'account', fields: { number: '4711', opened: '2024-02-29', statement: 'weekly' }, people: [{ person_id: hanna, role: 'holder' }] }
      const key = { 'Idempotency-Key': 'one-account' }
      account = await must('agent', 'POST', '/records', body, key)
      assert.equal((await must('agent', 'POST', '/records', body, key)).id, account.id)
      assert.equal((await must('agent', 'GET', '/records')).data.length, 1)
      assert.deepEqual([account.title, account.state, account.fields], ['Account 4711', 'open', body.fields])
      assert.deepEqual(account.people, [{ person_id: hanna, role: 'holder' }])
      for (const [who, status] of [['analyst', 403], ['hanna', 403], [undefined, 401]]) assert.equal((await ask(who, 'POST', '/records', body)).status, status, who)
      card = await must('agent', 'POST', '/records', { type: 'card', parent_id: account.id, fields: { kind: 'gold' } })
      assert.equal(card.parent_id, account.id)
      const line = await must('agent', 'POST', '/records', { type: 'statement_line', parent_id: account.id,
        fields: { booked: '2026-03-14', amount: { amount: -1250, currency: 'EUR' }, balance: 99, operation: 'card' } })
      assert.deepEqual([line.amount.amount, line.fields.amount.amount, line.fields.balance.amount], [-1250, -1250, 99])
    })

    await t.test('each fault stands at its field, and nothing is kept', async () => {
      const bad = async body => { const r = await ask('agent', 'POST', '/records', body); assert.equal(r.status, 422, JSON.stringify(r.body)); return faults(r) }
      assert.deepEqual(Object.keys(await bad({ type: 'account', state: 'melted', fields: { opened: 'soon', statement: 'hourly', colour: 'red' } })).sort(),
        ['fields.colour', 'fields.opened', 'fields.statement', 'state'])
      assert.ok((await bad({ type: 'yacht' })).type)
      assert.ok((await bad({ type: 'card', fields: {} })).parent_id)
      assert.ok((await bad({ type: 'card', parent_id: card.id })).parent_id)
      assert.ok((await bad({ type: 'account', parent_id: account.id })).parent_id)
      assert.ok((await bad({ type: 'account', people: [{ person_id: hanna, role: 'pilot' }] })).people)
      assert.ok((await bad({ type: 'account', people: [{ person_id: 99999, role: 'holder' }] })).people)
      assert.ok((await bad({ type: 'card', parent_id: account.id, people: [{ person_id: hanna, role: 'holder' }] })).people)
      assert.ok((await bad({ type: 'account', fields: ['x'] })).fields)
      assert.ok((await bad({ type: 'statement_line', parent_id: account.id, fields: { amount: { amount: 1, currency: 'XAU' } } }))['fields.amount'])
      assert.equal((await must('agent', 'GET', '/records')).data.length, 3)
    })

    await t.test('a change needs its version, and a state that may follow', async () => {
      const at = `/records/${account.id}`
      assert.equal((await ask('agent', 'PATCH', at, { fields: { branch: 'Quay' } })).status, 428)
      assert.equal((await ask('analyst', 'PATCH', at, { state: 'closed' }, { 'If-Match': '"v1"' })).status, 403)
      assert.equal((await ask('hanna', 'PATCH', at, { state: 'closed' }, { 'If-Match': '"v1"' })).status, 403)
      assert.equal((await ask('otto', 'PATCH', at, { state: 'closed' }, { 'If-Match': '"v1"' })).status, 403)
      const tag = (await ask('agent', 'GET', at)).headers.get('etag')
      const now = await must('agent', 'PATCH', at, { fields: { branch: 'Quay', statement: null } }, { 'If-Match': tag })
      assert.deepEqual(now.fields, { number: '4711', opened: '2024-02-29', branch: 'Quay' })
      assert.equal((await ask('agent', 'PATCH', at, { fields: { branch: 'Pier' } }, { 'If-Match': tag })).status, 412)
      const change = async (id, body) => ask('agent', 'PATCH', `/records/${id}`, body, { 'If-Match': (await ask('agent', 'GET', `/records/${id}`)).headers.get('etag') })
      for (const state of ['blocked', 'active', 'ended']) assert.equal((await change(card.id, { state })).status, 200, state)
      const back = await change(card.id, { state: 'active' })
      assert.equal(back.status, 422)
      assert.match(faults(back).state, /Ended.*Active/)
    })

    await t.test('its people, its companions, a household', async () => {
      assert.equal((await ask('otto', 'GET', `/records/${card.id}`)).status, 404)
      const link = (body, id = account.id) => ask('agent', 'POST', `/records/${id}/links`, body)
      assert.equal((await link({ what: 'person', who: 'Otto Other', role: 'disponent' })).status, 200)
      assert.equal((await must('otto', 'GET', `/records/${card.id}`)).id, card.id)
      assert.ok(faults(await link({ what: 'person', who: 'Nobody Known', role: 'holder' })).who)
      assert.ok(faults(await link({ what: 'person', person_id: otto, role: 'pilot' })).role)
      assert.ok(faults(await link({ what: 'person', person_id: otto, role: 'holder' }, card.id)).what)
      assert.equal((await ask('hanna', 'POST', `/records/${account.id}/links`, { what: 'person', person_id: otto, role: 'holder' })).status, 403)

      const seats = async people => (await ask('agent', 'PATCH', `/records/${account.id}`, { people }, { 'If-Match': (await ask('agent', 'GET', `/records/${account.id}`)).headers.get('etag') })).body.people
      assert.deepEqual(await seats([{ person_id: hanna, role: 'holder' }]), [{ person_id: hanna, role: 'holder' }], 'people given are its people from then on')
      assert.equal((await ask('otto', 'GET', `/records/${card.id}`)).status, 404)
      assert.deepEqual((await seats([{ person_id: hanna, role: 'holder' }, { person_id: otto, role: 'disponent' }])).length, 2)

      const second = await must('agent', 'POST', '/records', { type: 'account', fields: { number: '4712' }, people: [{ person_id: hanna, role: 'holder' }] })
      assert.equal((await link({ what: 'record', record_id: second.id, role: 'pays into' })).status, 200)
      assert.ok(faults(await link({ what: 'record', record_id: account.id, role: 'is' })).record_id)
      assert.deepEqual((await must('hanna', 'GET', `/records/${second.id}`)).related.map(r => [r.record_id, r.relation, r.back]), [[account.id, 'pays into', true]])
      assert.deepEqual((await must('otto', 'GET', `/records/${account.id}`)).related, [], 'what he may not see is not named to him')

      const house = await must('agent', 'POST', '/organizations', { name: 'Holder family', address: 'zorbstreet 1', phone: '0800 1', notes: 'zorbnotes' })
      assert.equal(house.kind, 'household')
      assert.equal((await ask('analyst', 'POST', '/organizations', { name: 'No' })).status, 403)
      await must('agent', 'POST', `/organizations/${house.id}/members`, { person_id: hanna, role: 'mother' })
      assert.equal((await link({ what: 'organization', who: 'Holder family', role: 'keeps it' })).status, 200)
      assert.deepEqual((await must('hanna', 'GET', `/records/${account.id}`)).organizations.map(o => o.name), ['Holder family'])
      assert.deepEqual((await must('otto', 'GET', `/records/${account.id}`)).organizations, [])
      assert.equal((await ask('otto', 'GET', `/organizations/${house.id}`)).status, 404)
      assert.deepEqual((await must('otto', 'GET', '/organizations')).data, [])
      const seen = await must('hanna', 'GET', `/organizations/${house.id}`)
      assert.deepEqual([seen.name, seen.members.map(m => [m.person_id, m.role]), seen.address, seen.phone, seen.notes], ['Holder family', [[hanna, 'mother']], null, null, null])
      for (const cookie of [await server.login('hanna@demo.example')])
        for (const path of [`/organizations/${house.id}`, '/me']) assert.ok(!/zorb/.test((await server.page(path, { cookie })).text), path)
      const etag = (await ask('agent', 'GET', `/organizations/${house.id}`)).headers.get('etag')
      assert.equal((await ask('agent', 'PATCH', `/organizations/${house.id}`, { kind: 'firm' })).status, 428)
      assert.equal((await must('agent', 'PATCH', `/organizations/${house.id}`, { kind: 'firm', web: 'x.example' }, { 'If-Match': etag })).kind, 'firm')
      assert.ok(faults(await ask('agent', 'POST', '/organizations', { name: '' })).name)
      for (let i = 0; i < 3; i++) await must('agent', 'POST', '/organizations', { name: `Aa ${i}`, kind: 'firm' })
      const first = await must('agent', 'GET', '/organizations?limit=2&q=Aa')
      const rest = await must('agent', 'GET', `/organizations?limit=2&q=Aa&cursor=${encodeURIComponent(first.next)}`)
      assert.deepEqual([...first.data, ...rest.data].map(o => o.name), ['Aa 0', 'Aa 1', 'Aa 2'])
      assert.equal(rest.next, null)
    })

    await t.test('one timeline for the person and one for the record, each as far as its reader may know', async () => {
      const q = await must('hanna', 'POST', '/conversations', { kind: 'question', subject: 'Where is my card?', body: 'It did not come.', visibility: 'private' })
      await must('agent', 'POST', `/conversations/${q.id}/messages`, { body: 'zorbthought', internal: true })
      await must('agent', 'POST', `/conversations/${q.id}/messages`, { body: 'On its way.' })
      const line = (who, path) => must(who, 'GET', `${path}?limit=200`).then(r => r.data)
      const path = `/people/${hanna}/timeline`
      assert.equal((await ask('otto', 'GET', path)).status, 404)
      const tag = (await ask('hanna', 'GET', '/people/me')).headers.get('etag')
      await must('hanna', 'PATCH', '/people/me', { about: 'I keep bees.', audience_field: ['about'], audience: ['public'] }, { 'If-Match': tag })
      const all = await until(async () => { const l = await line('agent', path); return l.some(x => x.kind === 'message' && x.verb === 'create') && l.filter(x => x.kind === 'message').length === 2 && l })
      const says = l => l.map(x => `${x.verb} ${x.kind}`)
      for (const what of ['create record', 'update record', 'add person', 'add record', 'add organization', 'create conversation', 'create message']) assert.ok(says(all).includes(what), what)
      const changed = all.find(x => x.verb === 'update' && x.object_id === account.id)
      assert.deepEqual(changed.changes.map(c => [c.field, c.old, c.new]), [['branch', '', 'Quay'], ['statement', 'Each week', '']])
      assert.equal(changed.who.name, 'Agatha Agent')
      assert.equal(changed.url, `/records/${account.id}`)
      const own = await line('hanna', path)
      assert.ok(!says(own).includes('create message') || own.filter(x => x.kind === 'message').length === 1, 'the note is the team’s')
      assert.ok(own.every(x => x.changes.every(c => c.field === 'state' && c.old === '')), 'what stood there before is the staff’s')
      assert.ok(says(own).includes('update record'))
      assert.deepEqual(await line('otto', path), [], 'whoever may see her page sees nothing of what is hers alone')
      for (const [sort, kinds] of [['record', ['record', 'person', 'organization']], ['talk', ['conversation', 'message']], ['note', ['message']]]) {
        const some = (await must('agent', 'GET', `${path}?sort=${sort}&limit=200`)).data
        assert.ok(some.length > 0 && some.every(x => kinds.includes(x.kind)), sort)
      }
      const seen = []
      for (let next = ''; next !== null;) {
        const r = await must('agent', 'GET', `${path}?limit=3${next && `&cursor=${next}`}`)
        seen.push(...r.data.map(x => x.seq))
        next = r.next
      }
      assert.deepEqual(seen.filter(seq => seq <= all[0].seq), all.map(x => x.seq), 'page by page it is the same; what came since stands before it')
      const of = await line('agent', `/records/${account.id}/timeline`)
      assert.ok(of.some(x => x.verb === 'create' && x.object_id === card.id), 'its parts are in it')
      const ottos = await line('otto', `/records/${account.id}/timeline`)
      assert.ok(ottos.length > 0 && !ottos.some(x => x.verb === 'add' && x.kind === 'record'), 'but no link to what he may not see')
      await must('agent', 'POST', `/records/${account.id}/links`, { what: 'person', act: 'remove', person_id: otto, role: 'disponent' })
      assert.equal((await ask('otto', 'GET', `/records/${account.id}/timeline`)).status, 404)
      assert.deepEqual((await line('otto', `/people/${otto}/timeline`)).filter(x => x.url?.startsWith('/records')), [], 'what is not theirs any more is gone from theirs')
      assert.ok((await line('agent', `/people/${otto}/timeline`)).some(x => x.url === `/records/${account.id}`))
      const looks = await until(async () => { const l = (await server.api('GET', '/audit?limit=200', { token: home.token('owner@demo.example') })).body.data; return l.some(x => x.action === 'look_record') && l })
      assert.ok(looks.some(x => x.action === 'look_record' && x.object_id === account.id && x.actor.name === 'Agatha Agent'))
    })

    await t.test('a link that a source says otherwise of takes its place', async () => {
      const load = (kind, rows) => {
        const file = join(home.dir, `${kind.replace(':', '-')}.csv`)
        writeFileSync(file, rows.join('\n') + '\n')
        const r = JSON.parse(home.must('import', [kind, file, '--source', 'core', '--json']))
        assert.equal(r.rejected, 0, home.must('import', [kind, file, '--source', 'core']))
        return r
      }
      load('people', ['external_id,name', 'P1,Paula One', 'P2,Peter Two', 'P3,Petra Three'])
      load('records:account', ['external_id,field:number,person:disponent', 'A1,1,P3', 'A2,2,'])
      const head = 'external_id,type,record,person,role'
      load('links', [head, 'L1,account,A1,P1,holder', 'L2,account,A1,P2,disponent'])
      const people = async number => {
        const r = (await must('agent', 'GET', '/records?type=account')).data.find(x => x.external_id === number)
        const names = {}
        for (const p of (await must('agent', 'GET', '/people?kind=customer&limit=200')).data) names[p.id] = p.name
        return r.people.map(p => `${names[p.person_id]} ${p.role}`).sort()
      }
      assert.deepEqual(await people('A1'), ['Paula One holder', 'Peter Two disponent', 'Petra Three disponent'])
      assert.equal(load('links', [head, 'L1,account,A1,P2,holder', 'L2,account,A2,P2,disponent']).updated, 2)
      assert.deepEqual(await people('A1'), ['Peter Two holder', 'Petra Three disponent'])
      assert.deepEqual(await people('A2'), ['Peter Two disponent'])
      assert.equal(load('links', [head, 'L2,account,A2,P1,disponent']).updated, 1)
      assert.deepEqual(await people('A2'), ['Paula One disponent'], 'also behind a link that went to another record')
      load('records:account', ['external_id,field:number,person:disponent', 'A1,1,P1'])
      assert.deepEqual(await people('A1'), ['Paula One disponent', 'Peter Two holder'])
      assert.equal(home.run('check').code, 0)
    })

    if (engine === 'sqlite') await t.test('in the browser, without scripts', async () => {
      const page = await visitor(server, { js: false, width: 360 })
      await page.goto('/login')
      await logIn(page, 'agent@demo.example')
      await page.goto(`/people/${hanna}?tab=things`)
      await page.getByRole('link', { name: 'Add a record' }).click()
      await page.getByRole('link', { name: 'Account' }).click()
      await page.getByLabel('Number').fill('4713')
      await page.getByLabel('Branch').fill('Harbour')
      await page.getByRole('button', { name: 'Add it' }).click()
      await page.getByRole('heading', { level: 1, name: 'Account 4713' }).waitFor()
      await page.getByRole('link', { name: 'Change' }).click()
      assert.equal(await page.getByLabel('Branch').inputValue(), 'Harbour')
      await page.getByLabel('Branch').fill('Quay')
      await page.getByRole('button', { name: 'Save the changes' }).click()
      await page.getByText('Quay').first().waitFor()
      await until(async () => { await page.reload(); return (await page.locator('.timeline').innerText()).includes('Harbour') })
      await page.getByRole('link', { name: 'Who and what goes with it' }).click()
      await page.getByLabel('Customer number or full name').fill('Nobody At All')
      await page.getByRole('button', { name: 'Add this person' }).click()
      await page.getByText('We know nobody with this customer number or full name.').waitFor()
      assert.equal(await page.getByLabel('Customer number or full name').inputValue(), 'Nobody At All')
      await page.getByLabel('Customer number or full name').fill('Otto Other')
      await page.getByRole('button', { name: 'Add this person' }).click()
      await page.getByRole('button', { name: 'Remove Otto Other' }).click()
      assert.equal(await page.getByRole('button', { name: 'Remove Otto Other' }).count(), 0)
      await page.goto('/organizations/new')
      await page.getByLabel('Name').fill('Quay Ltd')
      await page.getByRole('button', { name: 'Add it' }).click()
      await page.getByRole('heading', { level: 1, name: 'Quay Ltd' }).waitFor()
      await page.getByLabel('Customer number or full name').fill('Hanna Holder')
      await page.getByRole('button', { name: 'Add this person' }).click()
      await page.getByRole('button', { name: 'Remove Hanna Holder' }).waitFor()
      const seeing = await visitor(server)
      await seeing.goto('/login')
      await logIn(seeing, 'agent@demo.example')
      for (const path of [`/records/${account.id}`, `/records/${account.id}/edit`, `/records/${account.id}/links`, `/records/${account.id}/timeline`,
        `/records/new?person_id=${hanna}`, `/people/${hanna}`, `/people/${hanna}?show=record`, '/organizations', '/organizations/1', '/organizations/1/edit']) {
        await seeing.goto(path)
        assert.deepEqual(await audit(seeing), [], path)
      }
      assert.deepEqual(seeing.faults, [])
    })
  })
}
