// How soon customers are answered: a rule is made, the desk shows what is due first and how much time is left, an answer keeps it, and customers see none of it.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { engines, Home, until, slow } from './lib.mjs'

for (const engine of engines) {
  test(`what is due stands first on the desk (${engine})`, { timeout: 120000 * slow }, async t => {
    const home = new Home(engine, { clock: '2027-03-01T10:00:00Z' }).demo('banking')   // a Monday
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    const manager = home.token('manager@demo.example'), agent = home.token('agent@demo.example'), customer = home.token('customer@demo.example')
    const must = async (method, path, token, body) => {
      const r = await server.api(method, path, { token, body })
      assert.ok(r.status < 300, `${method} ${path}: ${r.status} ${JSON.stringify(r.body)}`)
      return r.body
    }
    const rule = await must('POST', '/service_rules', manager, { first: 4 })
    assert.equal((await server.api('POST', '/service_rules', { token: agent, body: { first: 15, first_unit: 'minutes' } })).status, 403)
    const asked = await must('POST', '/conversations', customer, { kind: 'question', subject: 'Is the branch open?', body: 'On Sunday.', visibility: 'private' })
    const due = await until(async () => (await must('GET', `/expectations?conversation_id=${asked.id}`, agent)).data[0])
    assert.equal(due.rule_id, rule.id)
    const waiting = await must('GET', '/conversations?assignee=nobody', agent)
    assert.equal(waiting.data[0].id, asked.id, 'what is due stands before what waits longer')
    const pages = (await must('GET', '/conversations?assignee=nobody&limit=1', agent))
    const second = await must('GET', `/conversations?assignee=nobody&limit=1&cursor=${pages.next}`, agent)
    assert.equal(pages.data[0].id, asked.id)
    assert.equal(second.data[0].id, waiting.data[1].id)
    const page = async (email, path) => (await server.page(path, { cookie: await server.login(email) })).text
    assert.match(await page('agent@demo.example', '/desk'), /First answer due in (4 h|3 h 5\d min)/)
    assert.doesNotMatch(await page('customer@demo.example', `/conversations/${asked.id}`), /First answer|working hours/)
    assert.deepEqual((await must('GET', `/expectations?conversation_id=${asked.id}`, customer)).data, [])
    home.clock.set('2027-03-01T16:00:00Z')
    assert.match(await page('agent@demo.example', '/desk'), /First answer late by/)
    home.clock.set('2027-03-01T16:00:01Z')
    await must('POST', `/conversations/${asked.id}/messages`, agent, { body: 'No, from Monday on.' })
    await until(async () => (await must('GET', `/expectations/${due.id}`, agent)).state === 'missed')
    await must('DELETE', `/service_rules/${rule.id}`, manager)
    assert.deepEqual((await must('GET', '/service_rules', manager)).data, [])
  })
}
