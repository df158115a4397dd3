// "What news on the Rialto?": what happened, for each as far as they may know of it, live; and the log as ActivityStreams 2.0.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, until, visitor, slow } from './lib.mjs'

after(closeBrowser)

for (const engine of engines) {
  test(`news (${engine})`, { timeout: 120000 * slow }, async t => {
    const home = new Home(engine).init('telecom')
    home.addPerson('Agatha Agent', 'agent@demo.example', 'agent')
    home.addPerson('Hanna Holder', 'hanna@demo.example')
    home.addPerson('Otto Other', 'otto@demo.example')
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    const token = Object.fromEntries(['agent', 'hanna', 'otto'].map(who => [who, home.token(`${who}@demo.example`)]))
    const must = async (who, method, path, body, headers) => {
      const r = await server.api(method, path, { token: token[who], body, headers })
      assert.ok(r.status < 300, `${who} ${method} ${path}: ${r.status} ${JSON.stringify(r.body)}`)
      return r.body
    }
    const news = async (who, query = '') => (await must(who, 'GET', '/news' + query)).data
    const say = (who, id, body, more) => must(who, 'POST', `/conversations/${id}/messages`, { body, ...more })

    const open = await must('hanna', 'POST', '/conversations', { kind: 'problem', subject: 'The mast by the mill is dark', body: 'Since Monday.', visibility: 'public' })
    const hidden = await must('hanna', 'POST', '/conversations', { kind: 'question', subject: 'Why was I billed twice', body: 'In May.', visibility: 'private' })
    await must('otto', 'PUT', `/conversations/${open.id}/vote`)
    await say('agent', open.id, 'A mason is on it, tell nobody.', { internal: true })
    await say('agent', open.id, 'It shines again on Friday.')
    await say('agent', hidden.id, 'You get the second bill back.')

    await t.test('each reads what they may know, the newest first', async () => {
      await until(async () => (await news('agent')).some(x => /second bill/.test(x.words)))
      const all = JSON.stringify(await news('agent'))
      for (const words of ['The mast by the mill is dark', 'Why was I billed twice', 'A mason is on it', 'It shines again', 'second bill']) assert.ok(all.includes(words), words)
      assert.ok(!all.includes('"like"'), 'a vote is no news')
      const own = JSON.stringify(await news('hanna'))
      for (const words of ['The mast by the mill is dark', 'Why was I billed twice', 'It shines again', 'second bill']) assert.ok(own.includes(words), words)
      assert.ok(!own.includes('mason'))
      const others = JSON.stringify(await news('otto'))
      assert.ok(others.includes('The mast by the mill is dark') && others.includes('It shines again'))
      for (const words of ['billed', 'mason', 'second bill']) assert.ok(!others.includes(words), words)
      assert.equal((await server.api('GET', '/news')).status, 401)
      const seqs = (await news('hanna')).map(x => x.seq)
      assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => b - a))
    })

    await t.test('by kind, and page by page', async () => {
      const notes = await news('agent', '?sort=note')
      assert.equal(notes.length, 1)
      assert.match(notes[0].words, /mason/)
      assert.equal((await news('otto', '?sort=note')).length, (await news('otto')).length, 'notes are no kind of theirs')
      for (const who of ['agent', 'hanna', 'otto']) {
        const whole = (await news(who)).map(x => x.seq), paged = []
        let cursor = ''
        do {
          const page = await must(who, 'GET', '/news?limit=2' + cursor)
          paged.push(...page.data.map(x => x.seq))
          cursor = page.next ? `&cursor=${page.next}` : ''
        } while (cursor)
        assert.deepEqual(paged, whole, who)
      }
    })

    await t.test('what happens comes to the open page', async () => {
      const page = await visitor(server)
      await logIn(page, 'otto@demo.example')
      await page.goto(server.url + '/news')
      assert.deepEqual(await audit(page), [])
      await say('agent', open.id, 'The lamp is in the post.')
      await page.getByText('The lamp is in the post.').waitFor()
      await page.context().close()
    })

    await t.test('the log as ActivityStreams 2.0, as far as each may know', async () => {
      const as2 = async who => {
        const r = await fetch(server.url + '/api/v1/events?limit=200', { headers: { Authorization: 'Bearer ' + token[who], Accept: 'application/activity+json' } })
        assert.equal(r.headers.get('content-type'), 'application/activity+json')
        return r.json()
      }
      const all = await as2('agent'), others = await as2('otto')
      assert.equal(all['@context'], 'https://www.w3.org/ns/activitystreams')
      assert.equal(all.type, 'OrderedCollectionPage')
      const made = all.orderedItems.find(x => x.type === 'Create' && x.object.id.endsWith(`/conversations/${open.id}`))
      assert.equal(made.actor.type, 'Person')
      assert.ok(!Number.isNaN(Date.parse(made.published)))
      assert.ok(all.orderedItems.some(x => x.object?.id.endsWith(`/conversations/${hidden.id}`)))
      assert.ok(!JSON.stringify(others).includes(`/conversations/${hidden.id}"`))
      assert.ok(others.orderedItems.some(x => x.type === 'Like'), 'their own')
    })
  })
}
