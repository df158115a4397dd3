// A profile over the API as programs use it: lists that are emptied, what only its owner sees is found by nobody else, claimed or not.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { engines, Home } from './lib.mjs'

for (const engine of engines) {
  test(`profiles over the API (${engine})`, async t => {
    const home = new Home(engine).demo()
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    const agent = home.token('agent@demo.example'), owner = home.token('owner@demo.example'), customer = home.token('customer@demo.example')
    const change = async (token, path, body) => {
      const now = await server.api('GET', path, { token })
      return await server.api('PATCH', path, { token, headers: { 'If-Match': now.headers.get('etag') ?? `"${now.body.version}"` }, body })
    }
    const me = (await server.api('GET', '/people/me', { token: customer })).body, path = `/people/${me.id}`

    // an empty list empties, one that is not there changes nothing
    let r = await change(agent, path, { tags: ['loyal', 'early'], phones: ['+49 151 1234', '030 99'] })
    assert.deepEqual([r.status, r.body.tags, r.body.phones.length], [200, ['early', 'loyal'], 2])
    r = await change(agent, path, { about: 'A gardener.' })
    assert.deepEqual([r.body.tags, r.body.phones.length], [['early', 'loyal'], 2])
    r = await change(agent, path, { tags: [], phones: [] })
    assert.deepEqual([r.status, r.body.tags, r.body.phones], [200, [], []])
    assert.equal((await change(customer, '/people/me', { tags: [] })).status, 422, 'tags are for the staff')
    const said = (await server.api('POST', '/conversations', { token: customer, body: { kind: 'problem', subject: 'The lift is stuck', body: 'Since noon.' } })).body
    const tags = async body => (await server.api('PATCH', `/conversations/${said.id}`, { token: agent, body })).status
    const tagged = async () => (await server.api('GET', `/conversations/${said.id}`, { token: agent })).body.tags
    await tags({ tags: ['lift'] })
    assert.deepEqual(await tagged(), ['lift'])
    await tags({ topic: '' })
    assert.deepEqual(await tagged(), ['lift'])
    await tags({ tags: [] })
    assert.deepEqual(await tagged(), [])

    // a colleague's title that is only for them
    assert.equal((await change(agent, '/people/me', { title: 'Zorblatt whisperer', audience_field: ['title'], audience: ['me'] })).status, 200)
    for (const token of [undefined, customer, owner, agent]) {
      const found = async path => (await server.api('GET', path, { token })).body.data.map(p => p.title)
      for (const path of ['/people?q=zorblatt', '/search?q=zorblatt', '/search?q=zorblatt&type=person'])
        assert.equal((await found(path)).length, token === agent ? 1 : 0, `${path}: found by themselves alone`)
    }

    // who can log in needs no claim link
    const cookie = await server.login('owner@demo.example'), html = async id => (await server.page(`/people/${id}`, { cookie })).text
    assert.doesNotMatch(await html(me.id), /\/invite/)
    const made = (await server.api('POST', '/people', { token: owner, body: { name: 'Nobody Yet', email: 'nobody@home.example' } })).body
    assert.match(await html(made.id), /\/invite/)
  })
}
