// Who may do what, for every route there is: no address answers with a failure of ours, none lets in who may not come, and words that are
// not for everyone stand in no answer to who must not read them.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { engines, Home, until, slow } from './lib.mjs'

const rank = { visitor: 0, customer: 1, agent: 2, analyst: 3, manager: 4, owner: 5 }
const floor = { public: 0, member: 1, staff: 2, analyst: 3, manager: 4, owner: 5 }
const logins = { customer: 'jonas@demo.example', agent: 'agent@demo.example', analyst: 'analyst@demo.example', manager: 'manager@demo.example', owner: 'owner@demo.example' }
const planted = { private: 'zorbprivate', staff: 'zorbteamtalk', note: 'zorbnote', me: 'zorbonlyme', notes: 'zorbstaffnotes', hidden: 'zorbhidden', firm: 'zorbforfirm', house: 'zorbhouse', direct: 'zorbbetweentwo', room: 'zorbinaroom', promise: 'zorbpromised', word: 'zorbtheirword', toall: 'zorbtoall', claim: 'zorbclaim', verdict: 'zorbverdict', brand: 'zorbbrand' }
// routes that end the login of who asks, or everything that is known of it: asked by a visitor only
const ends = /logout|sessions\/end|sessions\/\{id\}\/end|\/tokens\//

for (const engine of engines) {
  test(`every route for everyone (${engine})`, { timeout: 180000 * slow }, async t => {
    const home = new Home(engine).demo()
    home.addPerson('Vera Quill', 'vera@demo.example', 'agent')
    home.addPerson('Quinn Low', 'quinn@demo.example')
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    const token = { visitor: undefined, ruth: home.token('customer@demo.example'), vera: home.token('vera@demo.example') }
    const cookie = { visitor: undefined }
    for (const [who, email] of Object.entries(logins)) { token[who] = home.token(email); cookie[who] = await server.login(email) }
    const routes = JSON.parse(home.must('routes', ['--json']))
    const must = async (method, path, options) => {
      const r = await server.api(method, path, options)
      assert.ok(r.status < 300, `${method} ${path}: ${r.status} ${JSON.stringify(r.body)}`)
      return r.body
    }

    // What not everyone may read: Ruth's private matter, the team's own talk, a note, what was taken down, fields of her profile.
    const say = (who, visibility, subject) => must('POST', '/conversations', { token: token[who], body: { kind: 'problem', subject, body: subject, visibility, place: { lat: 53.2, lon: -9.0 } } })
    const quiet = await say('ruth', 'private', `My bill ${planted.private}`)
    const team = await say('agent', 'staff', `Between us ${planted.staff}`)
    const open = await say('ruth', 'public', 'The bench outside the shop is gone')
    const note = await must('POST', `/conversations/${open.id}/messages`, { token: token.agent, body: { body: `He means it ${planted.note}`, internal: true } })
    await must('POST', `/conversations/${quiet.id}/messages`, { token: token.agent, body: { body: `We look at ${planted.private}` } })
    const comment = await must('POST', `/conversations/${open.id}/messages`, { token: token.customer, body: { body: 'Mine, too.' } })
    const hidden = await say('ruth', 'public', `Rude ${planted.hidden}`)
    const form = new FormData()
    form.append('file', new Blob([`in a file: ${planted.private}`], { type: 'text/plain' }), `${planted.private}.txt`)
    const file = await must('POST', '/files', { token: token.ruth, body: form })
    await must('POST', `/conversations/${quiet.id}/messages`, { token: token.ruth, body: { body: 'the letter', files: [file.id] } })
    const ruth = await must('GET', '/people/me', { token: token.ruth })
    // between Vera and Ruth, and Vera's question to Ruth and another: nobody of those who ask below, the owner neither
    const quinn = (await must('GET', '/people?q=quinn@demo.example', { token: token.vera })).data[0]
    const write = (kind, participants) => must('POST', '/conversations', { token: token.vera, body: { kind, subject: `Between us ${planted.direct}`, body: planted.direct, participants } })
    const direct = await write('direct', [ruth.id]), question = await write('group', [ruth.id, quinn.id])
    await must('POST', `/conversations/${direct.id}/messages`, { token: token.ruth, body: { body: `I agree: ${planted.direct}` } })
    const secret = [direct.id, question.id, question.id + 1, question.id + 2]
    // a room of Vera's, and a deal of hers with Ruth: nobody of those who ask below is in them, the owner neither
    const room = await must('POST', '/rooms', { token: token.vera, body: { name: `A room ${planted.room}`, words: planted.room, open: '0' } })
    await must('POST', `/conversations/${room.id}/messages`, { token: token.vera, body: { body: planted.room } })
    const vera = await must('GET', '/people/me', { token: token.vera })
    const deal = await must('POST', '/records', { token: token.vera, body: { type: 'deal', fields: { name: 'A deal' }, people: [{ person_id: vera.id, role: 'lead' }, { person_id: ruth.id, role: 'buyer' }] } })
    const inDeal = []
    for (const audience of ['both', 'note', 'lead']) inDeal.push(await must('POST', `/records/${deal.id}/room`, { token: token.vera, body: { audience, body: `${planted.room} for ${audience}` } }))
    const phoned = await must('POST', '/calls', { token: token.vera, body: { person_id: ruth.id, record_id: deal.id, said: planted.room, agreed: planted.room } })
    // a task from the deal's room, which the team learns nothing of; one of the team's
    const task = async (who, body) => (await must('POST', '/tasks', { token: token[who], body })).id
    const tasks = [await task('vera', { title: `To do for ${planted.room}`, text: planted.room, conversation_id: inDeal[0].conversation_id }), await task('agent', { title: `To do: ${planted.note}`, person_id: ruth.id })]
    const herDeal = JSON.stringify(await must('GET', `/records/${deal.id}/room`, { token: token.ruth }))
    assert.ok(herDeal.includes(`${planted.room} for both`) && !herDeal.includes(`${planted.room} for note`) && !herDeal.includes(`${planted.room} for lead`), 'she reads what is for both sides')
    secret.push(room.id, ...new Set(inDeal.map(m => m.conversation_id)))
    const keep = async (word, shared) => {
      const kept = new FormData()
      kept.append('person_id', `${ruth.id}`)
      if (shared) kept.append('shared', '1')
      kept.append('file', new Blob([`kept for her: ${word}`], { type: 'text/plain' }), `${word}.txt`)
      return (await must('POST', '/documents', { token: token.agent, body: kept })).data[0]
    }
    const shown = await keep(planted.private, true), kept = await keep(planted.notes, false)
    const changed = async (who, body) => {
      const now = await server.api('GET', `/people/${ruth.id}`, { token: token[who] })
      return must('PATCH', `/people/${ruth.id}`, { token: token[who], headers: { 'If-Match': now.headers.get('etag') ?? `"${now.body.version}"` }, body })
    }
    await changed('ruth', { hours: planted.me, title: planted.firm, audience_field: ['hours', 'title', 'about', 'phone'], audience: ['me', 'staff', 'public', 'me'], about: 'I keep bees.' })
    await changed('agent', { staff_notes: planted.notes })
    const house = await must('POST', '/organizations', { token: token.agent, body: { name: `The ${planted.house}`, notes: planted.notes } })
    await must('POST', `/organizations/${house.id}/members`, { token: token.agent, body: { person_id: ruth.id } })
    const hers = JSON.stringify(await must('GET', `/organizations/${house.id}`, { token: token.ruth }))
    assert.ok(hers.includes(planted.house) && !hers.includes(planted.notes), 'she sees her household, not what the team notes of it')
    const cookieOf = async (who, path, fields) => {
      const csrf = /name="csrf" value="([^"]+)"/.exec((await server.page(path, { cookie: cookie[who] })).text)[1]
      return fetch(server.url + path, { method: 'POST', redirect: 'manual', headers: { Cookie: cookie[who], Accept: 'text/html' }, body: new URLSearchParams({ csrf, ...fields }) })
    }
    assert.equal((await cookieOf('agent', `/conversations/${hidden.id}`, { act: 'hide' })).status, 303)
    // what was promised: for the team, between the two, to all in what was taken down, to all where anybody reads it; and her word about one
    const promise = async body => (await must('POST', '/expectations', { token: token.agent, body: { to: ruth.id, day: '2030-01-04', ...body } })).id
    const promises = [await promise({ text: `For us: ${planted.promise}`, audience: 'team', message_id: comment.id }), await promise({ text: `For her: ${planted.word}`, record_id: deal.id }),
      await promise({ text: `To all, once: ${planted.toall}`, audience: 'public', conversation_id: hidden.id })]
    const toAll = await promise({ text: 'The bench comes back', audience: 'public', conversation_id: open.id })
    assert.equal((await server.api('POST', `/expectations/${toAll}/resolve`, { token: token.agent, body: { outcome: 'kept' } })).status, 403, 'whether it was kept is hers to say')
    await must('POST', `/expectations/${toAll}/resolve`, { token: token.ruth, body: { outcome: 'exceeded', note: planted.word } })
    assert.equal((await server.api('POST', `/expectations/${promises[1]}/resolve`, { token: token.customer, body: { outcome: 'kept' } })).status, 404)
    assert.equal((await server.api('GET', `/expectations/${promises[0]}`, { token: token.ruth })).status, 404)
    assert.equal((await server.api('GET', `/expectations/${promises[1]}`, { token: token.ruth })).body.to, ruth.id)
    assert.equal((await server.api('GET', `/expectations/${toAll}`)).body.to, null, 'in public nobody learns to whom it was promised')
    // what the firm says to everybody: of its words others read what was promised with them; a verdict's words are the team's
    const brand = await must('POST', '/brand_texts', { token: token.manager, body: { title: 'On the posters', body: `Open on Saturdays. ${planted.brand}`, place: planted.brand } })
    assert.equal((await server.api('POST', '/expectations', { token: token.agent, body: { brand_text_id: brand.id, text: 'Open on Saturdays', day: '2030-01-04' } })).status, 403)
    const everybody = await must('POST', '/expectations', { token: token.manager, body: { brand_text_id: brand.id, text: 'Open on Saturdays', day: '2030-01-04' } })
    await must('POST', `/expectations/${everybody.id}/resolve`, { token: token.agent, body: { outcome: 'done' } })
    await must('POST', `/expectations/${everybody.id}/resolve`, { token: token.ruth, body: { outcome: 'missed', note: planted.verdict } })
    for (const who of ['agent', 'manager', 'owner']) assert.equal((await server.api('POST', `/expectations/${everybody.id}/resolve`, { token: token[who], body: { outcome: 'kept' } })).status, 403, `${who} says that it was kept`)
    assert.equal((await server.api('GET', `/expectations/${everybody.id}`)).body.verdicts.missed, 1)
    promises.push(everybody.id)
    // and what Ruth says was promised to her: hers and the team's
    const claim = await must('POST', '/expectations/claims', { token: token.ruth, body: { text: `You said: ${planted.claim}`, told: planted.claim, day: '2030-01-04' } })
    assert.equal((await server.api('GET', `/expectations/claims/${claim.id}`, { token: token.ruth })).body.told, planted.claim)
    await until(async () => (await server.api('GET', '/search?q=zorbhidden', { token: token.agent })).body.data.length > 0, 10000)
    await until(async () => (await server.api('GET', '/conversations?q=zorbprivate', { token: token.agent })).body.data.length > 0, 10000)

    /** What may not stand in an answer to this caller. */
    const secrets = who => rank[who] >= 2 ? [planted.me, planted.direct, planted.room] : Object.values(planted)
    const clean = (who, what, text) => { for (const word of secrets(who)) assert.ok(!text.includes(word), `${who} reads ${word} in ${what}`) }
    const ask = async (who, method, path, { api = path.startsWith('/api/'), body } = {}) => {
      const stop = new AbortController()
      const headers = api ? (token[who] ? { Authorization: `Bearer ${token[who]}` } : {}) : { Accept: 'text/html', ...(cookie[who] ? { Cookie: cookie[who] } : {}) }
      const r = await fetch(server.url + path, { method, redirect: 'manual', headers, body, signal: stop.signal })
      const what = `${method} ${path}`
      assert.ok(r.status < 500, `${who}: ${what}: ${r.status}`)
      let text = ''
      if (/event-stream/.test(r.headers.get('content-type') ?? '')) stop.abort()
      else text = Buffer.from(await r.arrayBuffer()).toString('latin1')
      // what was asked for may be said back: only where the address does not hold the word
      clean(who, what, text)
      return { status: r.status, location: r.headers.get('location') ?? '', text }
    }
    const denied = (who, route, path, r) => {
      if (rank[who] >= floor[route.who]) return
      const api = path.startsWith('/api/')
      const good = [401, 403, 404].includes(r.status) || (who === 'visitor' && !api && r.status === 303 && r.location.startsWith('/login'))
      assert.ok(good, `${who} comes to ${route.method} ${path}: ${r.status} ${r.location}`)
    }
    const ids = path => {
      if (path.includes('/brand')) return /\{\w+\}/.test(path) ? [brand.id, 999999].map(id => path.replace('{id}', id)) : [path]
      if (path.includes('/today/')) return [...[quiet, open, direct].map(c => ['conversation', c.id]), ['expectation', promises[0]], ['request', 1], ['room', room.id], ...tasks.map(id => ['task', id])].map(([kind, id]) => path.replace('{kind}', kind).replace('{id}', id))
      const of = /conversations|problems/.test(path) ? [quiet.id, team.id, open.id, hidden.id, direct.id, 999999] : path === '/messages/{id}' ? [...secret, quiet.id, 999999] : /people/.test(path) ? [ruth.id, 1, 999999]
        : /messages/.test(path) ? [note.id, comment.id] : /rooms/.test(path) ? [room.id, inDeal[0].conversation_id, 999999] : /records/.test(path) ? [deal.id, 1, 999999] : /claims/.test(path) ? [claim.id, 999999] : /expectations/.test(path) ? [...promises, toAll, 999999] : /tasks/.test(path) ? [...tasks, 999999] : /calls/.test(path) ? [phoned.id, 999999] : /organizations/.test(path) ? [house.id, 999999] : /documents/.test(path) ? [shown.id, kept.id, 999999] : /files|photo/.test(path) ? [file.id, shown.file_id, kept.file_id, 1, 2, 999999] : [1, 999999]
      return /\{\w+\}/.test(path) ? of.map(id => path.replace('{token}', 'x'.repeat(43)).replace('{sign}', 'x').replace('{person}', ruth.id).replace('{conversation}', quiet.id).replace(/\{\w+\}/g, id)) : [path]
    }
    const query = {
      '/search': '?q=bill', '/api/v1/search': '?q=bill', '/similar': '?q=bill', '/api/v1/conversations/similar': '?q=My%20bill', '/places': '?q=Tuam', '/api/v1/places': '?q=Tuam', '/live': `?topics=conversation:${quiet.id},conversations&after=0`,
      '/api/v1/live': `?topics=conversation:${quiet.id},person:${ruth.id}&after=0`, '/map.json': '?bbox=-180,-85,180,85&zoom=18', '/api/v1/events': '?after=0&limit=200',
      '/api/v1/conversations': '?limit=200', '/api/v1/people': '?limit=200', '/api/v1/audit': '?limit=200', '/api/v1/notices': '?limit=200', '/documents': `?person_id=${ruth.id}`, '/api/v1/documents': `?person_id=${ruth.id}`,
    }

    await t.test('reading', async () => {
      for (const route of routes.filter(r => r.method === 'GET'))
        for (const who of Object.keys(rank))
          for (const path of ids(route.path)) denied(who, route, path, await ask(who, 'GET', path + (query[route.path] ?? '')))
    })

    await t.test('looking for words that are not for everyone', async () => {
      for (const who of Object.keys(rank)) {
        for (const word of Object.values(planted)) {
          for (const path of ['/api/v1/conversations?q=', '/api/v1/conversations/similar?q=', '/api/v1/people?q=', '/api/v1/search?q=', '/api/v1/search?type=message&q=']) {
            const r = await ask(who, 'GET', path + word)
            if (r.status === 200 && secrets(who).includes(word)) assert.equal(JSON.parse(r.text).data.length, 0, `${who} finds by ${word} at ${path}`)
          }
          const found = await (await fetch(`${server.url}/search?q=${word}`, { headers: { Accept: 'text/html', ...(cookie[who] ? { Cookie: cookie[who] } : {}) } })).text()
          if (secrets(who).includes(word)) assert.ok(!/<li class="line">/.test(found), `${who} finds ${word} at /search`)
          const page = await fetch(`${server.url}/problems?q=${word}`, { headers: cookie[who] ? { Cookie: cookie[who] } : {} })
          const links = await page.text()
          for (const c of [quiet, team, hidden]) if (rank[who] < 2) assert.ok(!links.includes(`/conversations/${c.id}"`), `${who}: ${word}`)
        }
        // a customer is not found by what only the staff may know of them
        for (const path of [`/api/v1/people?q=Kessler`, `/api/v1/people?q=XM-10382`, `/api/v1/people?tag=valley%20line`, `/api/v1/people?q=customer@demo`, `/api/v1/people?q=5550144`]) {
          const found = JSON.parse((await ask(who, 'GET', path)).text).data.some(p => p.id === ruth.id)
          assert.equal(found, rank[who] >= 2 && !/5550144/.test(path), `${who} ${path}`)
        }
        for (const words of ['tag:valley-line', 'in:note', 'in:record', 'from:ruth', 'with:ruth', 'from:me', 'after:2020', '-zzz']) await ask(who, 'GET', `/api/v1/search?limit=200&q=${words}`)
        for (const sort of ['impact', 'new', 'active', 'answered']) { await ask(who, 'GET', `/problems?sort=${sort}`); await ask(who, 'GET', `/api/v1/conversations?sort=${sort}&limit=200`) }
        for (const zoom of [2, 9, 22]) await ask(who, 'GET', `/map.json?bbox=-180,-85,180,85&zoom=${zoom}`)
        for (const part of ['state', 'article', 'history', 'metoo']) for (const c of [quiet, team, open, hidden]) await ask(who, 'GET', `/conversations/${c.id}?part=${part}`)
        for (const tab of ['said', 'changed', 'things']) await ask(who, 'GET', `/people/${ruth.id}?tab=${tab}`)
        for (const sort of ['talk', 'note', 'record', 'profile']) { await ask(who, 'GET', `/people/${ruth.id}?show=${sort}`); await ask(who, 'GET', `/api/v1/people/${ruth.id}/timeline?sort=${sort}`) }
        await ask(who, 'GET', `/api/v1/organizations?q=The`)
        for (let after = 0; after !== null;) {
          const r = JSON.parse((await ask(who, 'GET', `/api/v1/events?after=${after}&limit=200`)).text)
          for (const e of r.data) for (const id of secret) assert.ok(![e.object, e.target].some(x => x?.kind === 'conversation' && x.id === id), `${who} hears of ${id}`)
          if (rank[who] < 2) for (const e of r.data) for (const c of [quiet, team]) assert.ok(!(e.object.kind === 'conversation' && e.object.id === c.id), `${who} hears of ${c.id}`)
          after = r.next === null ? null : +r.next
        }
      }
      for (const c of [quiet, team, hidden]) for (const who of ['visitor', 'customer']) {
        assert.equal((await ask(who, 'GET', `/api/v1/conversations/${c.id}`)).status, 404)
        assert.equal((await ask(who, 'GET', `/api/v1/conversations/${c.id}/messages`)).status, 404)
      }
      for (const id of secret) for (const who of Object.keys(rank)) {
        for (const path of [`/api/v1/conversations/${id}`, `/api/v1/conversations/${id}/messages`, `/conversations/${id}`, `/live?topics=conversation:${id}`])
          assert.equal((await ask(who, 'GET', path)).status, 404, `${who} knows of ${path}`)
        assert.equal((await ask(who, 'GET', `/messages/${id}`)).status, who === 'visitor' ? 303 : 404)
      }
      for (const who of ['visitor', 'customer']) for (const id of [file.id, shown.file_id, kept.file_id]) {
        assert.equal((await ask(who, 'GET', `/files/${id}`)).status, 404)
        assert.equal((await ask(who, 'GET', `/api/v1/files/${id}/about`)).status, 404)
      }
      assert.equal((await ask('customer', 'GET', `/documents?person_id=${ruth.id}`)).status, 404)
      assert.equal((await server.api('GET', `/documents/${shown.id}`, { token: token.ruth })).status, 200)
      assert.equal((await server.api('GET', `/documents/${kept.id}`, { token: token.ruth })).status, 404)
      assert.equal((await server.api('GET', `/files/${kept.file_id}`, { token: token.ruth })).status, 404)
    })

    await t.test('a live stream says no word of it', async () => {
      const streams = []
      for (const who of ['visitor', 'customer']) {
        const stop = new AbortController(), s = { who, stop, text: '' }
        const r = await fetch(`${server.url}/api/v1/live?topics=conversations,conversation:${open.id},conversation:${quiet.id}&after=0`, { headers: token[who] ? { Authorization: `Bearer ${token[who]}` } : {}, signal: stop.signal })
        if (r.status !== 200) { await r.body?.cancel(); assert.ok([403, 404].includes(r.status)); continue }
        ;(async () => { try { for await (const c of r.body) s.text += Buffer.from(c).toString() } catch { /* stopped */ } })()
        streams.push(s)
      }
      const more = await must('POST', `/conversations/${open.id}/messages`, { token: token.agent, body: { body: `again ${planted.note}`, internal: true } })
      assert.ok(more.id)
      await must('POST', `/conversations/${quiet.id}/messages`, { token: token.ruth, body: { body: `again ${planted.private}` } })
      await must('PUT', `/conversations/${open.id}/vote`, { token: token.customer })
      for (const s of streams) {
        await until(() => s.text.includes(`"${open.id}"`) || s.text.includes(`conversation:${open.id}`))
        s.stop.abort()
        clean(s.who, 'the live stream', s.text)
        assert.ok(!s.text.includes(`conversation:${quiet.id}"`), `${s.who} hears of a private matter`)
      }
    })

    await t.test('writing, with nothing in it', async () => {
      for (const route of routes.filter(r => r.method !== 'GET'))
        for (const who of Object.keys(rank)) {
          if (who !== 'visitor' && ends.test(route.path)) continue
          for (const path of ids(route.path)) {
            const r = await ask(who, route.method, path)
            denied(who, route, path, r)
          }
        }
      assert.equal((await server.page('/healthz')).status, 200)
    })

    await t.test('the store is whole', () => {
      const r = home.run('check')
      assert.equal(r.code, 0, r.out + r.err)
    })
  })
}
