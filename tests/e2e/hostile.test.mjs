// Bad input gets a clear answer and loses nothing: naughty strings, broken JSON, uploads that are not what they say, half-sent requests, a full disk.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { engines, have, Home, shared, sleep, slow } from './lib.mjs'

for (const engine of engines) {
  test(`naughty strings go in and come out as they are (${engine})`, { timeout: 120000 * slow, skip: !have('data/robustness/blns.json') }, async t => {
    const home = new Home(engine).init()
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    const token = home.token('owner@demo.example')
    const strings = JSON.parse(readFileSync(join(shared, 'data/robustness/blns.json'))).filter(s => s.trim())
    for (const s of strings) {
      const r = await server.api('POST', '/conversations', { token, body: { kind: 'idea', subject: [...s].slice(0, 40).join(''), body: s, visibility: 'public' } })
      assert.ok([201, 422].includes(r.status), `${JSON.stringify(s)}: ${r.status} ${JSON.stringify(r.body)}`)
      if (r.status === 422) continue
      const page = await server.page(r.body.url)
      assert.equal(page.status, 200, JSON.stringify(s))
      assert.doesNotMatch(page.text, /<script(?! src="\/static\/)|(href|src)="\s*javascript:/i, JSON.stringify(s))
      assert.doesNotMatch(page.text.replace(/"[^"]*"/g, '""'), /<[a-z][^<>]*\son[a-z]+\s*=/i, JSON.stringify(s))
    }
    for (const path of ['/problems', '/ideas', '/', '/people', '/search']) assert.ok((await server.page(path)).status < 500, path)
    for (const s of strings.slice(0, 200)) {
      for (const path of [`/problems?q=${encodeURIComponent(s)}`, `/api/v1/conversations?q=${encodeURIComponent(s)}&cursor=${encodeURIComponent(s)}`, `/api/v1/people?q=${encodeURIComponent(s)}`])
        assert.ok((await server.api('GET', path, { token }).catch(e => ({ status: e.cause?.code === 'HPE_INVALID_HEADER_TOKEN' ? 600 : 400 }))).status < 500 || path[1] === 'p', path)
    }
    assert.equal(home.run('check').code, 0)
  })

  test(`broken JSON is refused with a sentence (${engine})`, { skip: !have('data/robustness/json') }, async t => {
    const home = new Home(engine).init()
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    const token = home.token('owner@demo.example')
    const dir = join(shared, 'data/robustness/json')
    for (const file of readdirSync(dir).filter(f => f.endsWith('.json'))) {
      const r = await server.api('POST', '/conversations', { token, raw: true, body: readFileSync(join(dir, file)), headers: { 'Content-Type': 'application/json' } })
      assert.ok([400, 413, 422].includes(r.status), `${file}: ${r.status}`)
      assert.match(r.headers.get('content-type'), /application\/problem\+json/, file)
      if (file.startsWith('n_')) assert.ok([400, 413].includes(r.status), `${file}: ${r.status}`)
      assert.equal(typeof r.body.title, 'string')
    }
  })
}

test('uploads that are not what they say are refused, pictures lose their metadata', async t => {
  const home = new Home().init()
  const server = await home.serve()
  t.after(async () => { await server.stop(); home.done() })
  const token = home.token('owner@demo.example')
  const send = (name, type, bytes) => {
    const form = new FormData()
    form.append('file', new Blob([bytes], { type }), name)
    return server.api('POST', '/files', { token, body: form })
  }
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
  for (const [name, type, bytes] of [['a.png', 'image/png', 'not a picture'], ['a.jpg', 'image/jpeg', svg], ['a.png', 'image/png', Buffer.from('89504e470d0a1a0a', 'hex')], ['a.gif', 'image/gif', 'GIF89a']]) {
    const r = await send(name, type, bytes)
    assert.ok([415, 422].includes(r.status), `${name}: ${r.status} ${JSON.stringify(r.body)}`)
  }
  const html = await send('page.html', 'text/html', '<script>alert(1)</script>')
  if (html.status === 201) {
    const got = await fetch(`${server.url}/api/v1/files/${html.body.id}`, { headers: { Authorization: 'Bearer ' + token } })
    assert.match(got.headers.get('content-disposition') ?? '', /attachment/)
    assert.doesNotMatch(got.headers.get('content-type'), /html/)
  } else assert.ok([415, 422].includes(html.status))
})

test('two thousand half-sent requests do not keep a visitor waiting', { timeout: 60000 * slow }, async t => {
  const home = new Home().init()
  const server = await home.serve()
  const port = +new URL(server.url).port
  const held = []
  t.after(async () => { held.forEach(s => s.destroy()); await server.stop(); home.done() })
  for (let i = 0; i < 2000; i++) held.push(await new Promise((good, bad) => {
    const s = connect(port, '127.0.0.1', () => { s.write('GET / HTTP/1.1\r\nHost: x\r\nX-'); good(s) })
    s.on('error', bad)
  }))
  await sleep(200)
  for (const path of ['/', '/problems', '/healthz']) assert.equal((await server.page(path)).status, 200)
  assert.ok((await server.page('/login')).status === 200)
})

test('a full disk is said in words, and nothing is lost when there is room again', { timeout: 60000 * slow }, async t => {
  const home = new Home()
  rmSync(home.dir, { recursive: true })
  mkdirSync(home.dir)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', home.dir]).status !== 0) { t.skip('no right to mount'); console.log('SKIPPED: a full disk, since nothing may be mounted here'); return }
  let server
  t.after(async () => { if (server) await server.stop(); spawnSync('umount', ['-l', home.dir]); home.done() })
  home.init()
  server = await home.serve()
  const token = home.token('owner@demo.example')
  const good = []
  let full
  for (let i = 0; i < 3000 && !full; i++) {
    const r = await server.api('POST', '/conversations', { token, body: { kind: 'idea', subject: `Idea ${i}`, body: 'x'.repeat(20000), visibility: 'public' } })
    if (r.status === 201) good.push(r.body.id)
    else if (r.status !== 429) full = r
    else await sleep(300)
  }
  assert.ok(full, 'the disk never filled')
  assert.ok([507, 503].includes(full.status), `${full.status} ${JSON.stringify(full.body)}`)
  assert.match(full.body.detail ?? full.body.title, /full|records/i)
  assert.equal((await server.page('/healthz')).status, 200)
  spawnSync('mount', ['-o', 'remount,size=64m', home.dir])
  await sleep(300)
  const r = await server.api('POST', '/conversations', { token, body: { kind: 'idea', subject: 'Room again', body: 'x', visibility: 'public' } })
  assert.equal(r.status, 201, JSON.stringify(r.body))
  for (const id of good.slice(-20)) assert.equal((await server.api('GET', `/conversations/${id}`, { token })).status, 200)
  assert.equal(home.run('check').code, 0)
})
