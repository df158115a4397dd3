// kill -9 in the middle of a storm of writes, twenty times: every acknowledged write is there, nothing is half there, and the store is sound.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { engines, Home, sleep, slow, until } from './lib.mjs'

const rounds = +(process.env.RIALTO_KILLS ?? 20)
const people = 12

for (const engine of engines) test(`kill -9 loses nothing that was acknowledged (${engine}, ${rounds} times)`, { timeout: 200000 * slow * slow }, async t => {
  const home = new Home(engine).init()
  let server
  t.after(async () => { await server?.stop('SIGKILL'); home.done() })
  const tokens = []
  for (let i = 0; i < people; i++) {
    home.addPerson(`Storm ${i}`, `storm${i}@demo.example`)
    tokens.push(home.token(`storm${i}@demo.example`))
  }
  server = await home.serve()
  const made = await server.api('POST', '/conversations', { token: tokens[0], body: { kind: 'problem', subject: 'A storm is coming', body: 'And it kills.', visibility: 'public' } })
  assert.equal(made.status, 201)
  const id = made.body.id

  const said = new Map()        // text → acknowledged
  const voted = new Array(people).fill(null)   // null: unknown, else what was acknowledged last
  let n = 0, acknowledgements = 0
  for (let round = 0; round < rounds; round++) {
    let storm = true
    const writers = tokens.map(async (token, who) => {
      for (let k = 0; storm; k++) {
        try {
          if (k % 2) {
            const text = `message ${++n} of ${who}`
            said.set(text, false)
            const r = await server.api('POST', `/conversations/${id}/messages`, { token, body: { body: text } })
            if (r.status === 201) said.set(text, true), acknowledgements++
            else assert.ok([429, 503].includes(r.status), `a message got ${r.status} ${JSON.stringify(r.body)}`)
          } else {
            const on = (k >> 1) % 2 === 0
            voted[who] = null
            const r = await server.api(on ? 'PUT' : 'DELETE', `/conversations/${id}/vote`, { token })
            if (r.status < 300) voted[who] = on
          }
        } catch (e) { if (e.code === 'ERR_ASSERTION') throw e; return }   // the line broke: the server was killed
      }
    })
    const before = acknowledgements
    await until(() => acknowledgements > before, 20000)      // on a busy machine the storm takes its time to rise
    await sleep(Math.random() * 300)
    await server.stop('SIGKILL')
    storm = false
    await Promise.all(writers)
    server = await home.serve()
  }

  const there = new Map()
  for (let cursor = ''; cursor !== null;) {
    const r = await server.api('GET', `/conversations/${id}/messages?limit=200${cursor ? '&cursor=' + cursor : ''}`, { token: tokens[0] })
    assert.equal(r.status, 200)
    for (const m of r.body.data) there.set(m.body, (there.get(m.body) ?? 0) + 1)
    cursor = r.body.next
  }
  const acknowledged = [...said].filter(([, ok]) => ok).map(([text]) => text)
  assert.ok(acknowledged.length > rounds, `only ${acknowledged.length} writes were acknowledged in all`)
  assert.deepEqual(acknowledged.filter(text => !there.has(text)), [], 'acknowledged and lost')
  assert.deepEqual([...there].filter(([text, times]) => text.startsWith('message ') && (times !== 1 || !said.has(text))), [], 'written twice, or never sent')
  for (let who = 0; who < people; who++) if (voted[who] !== null) {
    const r = await server.api('GET', `/conversations/${id}`, { token: tokens[who] })
    assert.equal(r.body.voted, voted[who], `the voice of ${who}`)
  }
  const while_serving = home.run('check')
  assert.equal(while_serving.code, 0, while_serving.out + while_serving.err)
  await server.stop()
  const r = home.run('check')
  assert.equal(r.code, 0, r.out + r.err)
})
