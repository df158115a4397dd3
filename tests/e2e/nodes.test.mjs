// Two nodes on one PostgreSQL work as one: a voice given through the first is heard live on a page of the second, and the second's kept page
// is not served a moment too long: who was told live and asks again sees the new count. And a PostgreSQL that is killed and comes back.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeBrowser, engines, Home, logIn, sleep, until, visitor } from './lib.mjs'

after(closeBrowser)
const skip = engines.includes('postgresql') ? false : 'no PostgreSQL'

/** Reads a live stream; calls hear(data) for each message. */
async function listen(url, hear) {
  const stop = new AbortController()
  const r = await fetch(url, { headers: { Accept: 'text/event-stream' }, signal: stop.signal })
  assert.equal(r.status, 200)
  ;(async () => {
    let text = ''
    try {
      for await (const chunk of r.body) {
        text += Buffer.from(chunk).toString()
        for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
          const data = /^data: (.*)$/m.exec(text.slice(0, end))
          if (data) hear(JSON.parse(data[1]))
        }
      }
    } catch { /* stopped */ }
  })()
  return () => stop.abort()
}
const count = page => +/data-votes="\d+"[^>]*>\s*([\d,.]+)/.exec(page.text)[1]

test('a voice through one node is live on the other, and its kept page is fresh', { skip, timeout: 90000 }, async t => {
  const home = new Home('postgresql').init()
  const people = []
  for (let i = 0; i < 8; i++) { home.addPerson(`Node ${i}`, `node${i}@demo.example`); people.push(home.token(`node${i}@demo.example`)) }
  const [a, b] = [await home.serve(), await home.serve()]
  t.after(async () => { await a.stop(); await b.stop(); home.done() })
  const made = await a.api('POST', '/conversations', { token: people[0], body: { kind: 'problem', subject: 'Heard on both banks', body: '', visibility: 'public' } })
  const { id, url } = made.body
  const kept = () => b.page(url)
  await until(async () => (await kept()).status === 200)
  await kept()
  const etag = (await kept()).headers.get('etag')
  assert.ok(etag, 'the second node keeps the page')

  const page = await visitor(b)
  await page.goto(url)
  const shown = page.locator(`[data-votes="${id}"]`).first()
  assert.equal((await shown.textContent()).trim(), '1')
  for (let i = 1; i < 8; i++) {
    let told
    const heard = new Promise(r => { told = r })
    const stop = await listen(`${b.url}/live?topics=conversation:${id}`, m => m.votes?.[id] === i + 1 && told())
    await a.api('PUT', `/conversations/${id}/vote`, { token: people[i] })
    await heard
    assert.equal(count(await kept()), i + 1, 'asked again at the moment it was told')
    stop()
  }
  await until(async () => (await shown.textContent()).trim() === '8')
  assert.notEqual((await kept()).headers.get('etag'), etag)
  assert.deepEqual(page.faults, [])
})

test('the desk on one node hears of the other: what waits, and who answers at the same time', { skip, timeout: 90000 }, async t => {
  const home = new Home('postgresql').init()
  home.addPerson('Carla Caller', 'carla@demo.example')
  home.addPerson('Anna Agent', 'anna@demo.example', 'agent')
  home.addPerson('Bert Agent', 'bert@demo.example', 'agent')
  const carla = home.token('carla@demo.example')
  const [a, b] = [await home.serve(), await home.serve()]
  t.after(async () => { await a.stop(); await b.stop(); home.done() })
  const tell = subject => a.api('POST', '/conversations', { token: carla, body: { kind: 'question', subject, body: 'Soon?', visibility: 'private' } })

  const desk = await visitor(b)
  await desk.goto('/login')
  await logIn(desk, 'bert@demo.example')
  await desk.goto('/desk')
  const { url } = (await tell('When does the bridge open?')).body
  await desk.getByRole('main').getByText('When does the bridge open?').first().waitFor()

  await desk.goto(url)
  const writes = desk.getByText(/Anna Agent is writing an answer/)
  assert.equal(await writes.count(), 0)
  const hers = await visitor(a)
  await hers.goto('/login')
  await logIn(hers, 'anna@demo.example')
  await hers.goto(url)
  await hers.locator('#say textarea[name="body"]').pressSequentially('At nine')
  await writes.first().waitFor()
  await desk.locator('#say textarea[name="body"]').fill('At ten, I think')     // what he writes stays, and he is warned beside it
  await hers.locator('#say').getByRole('button', { name: 'Send it' }).click()
  await desk.getByText(/Anna Agent answered/).first().waitFor()
  assert.equal(await desk.locator('#say textarea[name="body"]').inputValue(), 'At ten, I think')
  await desk.goto('/desk')
  await desk.getByText('When does the bridge open?').first().waitFor({ state: 'detached' })
  await tell('And when does it close?')
  await desk.getByRole('main').getByText('And when does it close?').first().waitFor()
  assert.deepEqual([...desk.faults, ...hers.faults], [])
})

test('a killed PostgreSQL: clear answers, and all is well when it is back', { skip, timeout: 120000 }, async t => {
  const dir = mkdtempSync(join(tmpdir(), 'rialto-pg-'))
  chmodSync(dir, 0o755)
  const cluster = (...args) => spawnSync('tests/pg-cluster', args, { encoding: 'utf8' })
  const before = process.env.RIALTO_TEST_PG
  process.env.RIALTO_TEST_PG = cluster('start', join(dir, 'pg')).stdout.trim()
  const home = new Home('postgresql').init()
  process.env.RIALTO_TEST_PG = before
  const server = await home.serve()
  t.after(async () => { await server.stop(); cluster('stop', join(dir, 'pg'), 'immediate'); rmSync(dir, { recursive: true, force: true }); home.done() })
  const token = home.token('owner@demo.example')
  const say = subject => server.api('POST', '/conversations', { token, body: { kind: 'idea', subject, body: 'x', visibility: 'public' } })
  assert.equal((await say('before')).status, 201)
  assert.equal((await server.page('/ideas')).status, 200)

  cluster('stop', join(dir, 'pg'), 'immediate')
  const gone = await say('while it is gone')
  assert.equal(gone.status, 503)
  assert.ok(gone.headers.get('retry-after'))
  assert.match(gone.headers.get('content-type'), /problem\+json/)
  const page = await server.page('/ideas')
  assert.equal(page.status, 503, 'no kept page while nobody tells of changes')
  assert.match(page.text, /<h1>/)
  assert.equal((await server.page('/healthz')).status, 200)
  assert.equal((await server.page('/readyz')).status, 503)

  cluster('start', join(dir, 'pg'))
  await until(async () => (await server.page('/readyz')).status === 200, 30000)
  await until(async () => (await say('after')).status === 201, 30000)
  await sleep(500)
  const text = (await server.page('/ideas')).text
  assert.match(text, /before/)
  assert.match(text, /after/)
  assert.doesNotMatch(text, /while it is gone/)
  assert.equal(home.run('check').code, 0)
})
