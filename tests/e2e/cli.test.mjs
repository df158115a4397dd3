// The command line as its contract says: exits, what is printed where, imports that can be repeated, a backup while serving that restores.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { engines, have, Home, password, shared, until, slow } from './lib.mjs'

test('help, version, routes, and what is wrong usage', () => {
  const home = new Home()
  assert.match(home.must('version'), /^rialto \d+\.\d+\.\d+\n$/)
  assert.match(home.must('help'), /import/)
  assert.match(home.must('help', ['import']), /--source/)
  assert.ok(JSON.parse(home.must('routes', ['--json'])).length > 50)
  for (const [verb, args] of [['nothing', []], ['serve', ['--nonsense']], ['import', []], ['user', ['fly']], ['help', ['nothing']]]) assert.equal(home.run(verb, args).code, 2, verb)
  const r = home.run('check')
  assert.equal(r.code, 1, 'there is no business yet')
  assert.match(r.err, /rialto init/)
  assert.equal(r.out, '')
  home.done()
})

test('wrong usage leaves nothing behind', () => {
  const home = new Home(), wrong = [
    ['init', ['--pack', 'cheese', '--name', 'X', '--admin', 'a@b.example']], ['init', ['--pack', 'telecom']], ['init', ['--nonsense']],
    ['init', ['--pack', 'telecom', '--name', 'X', '--admin', 'nobody']], ['demo', ['--pack', 'cheese']], ['restore', []], ['migrate', ['more']],
  ]
  for (const [verb, args] of wrong) {
    assert.equal(home.run(verb, args).code, 2, `${verb} ${args}`)
    assert.deepEqual(readdirSync(home.dir), [], `${verb} ${args}`)
  }
  const short = ['--pack', 'telecom', '--name', 'X', '--admin', 'a@b.example', '--password-stdin']
  assert.equal(home.run('init', short, { input: 'x\n' }).code, 1)
  assert.deepEqual(readdirSync(home.dir), [], 'a password that is too short')
  home.done()
})

for (const engine of engines) {
  test(`init, people, tokens, passwords (${engine})`, async t => {
    const home = new Home(engine).init()
    t.after(() => home.done())
    assert.equal(home.run('init', ['--pack', 'telecom', '--name', 'Again', '--admin', 'x@demo.example', '--password-stdin'], { input: password + '\n' }).code, 1)
    home.addPerson('Nadia Novak', 'nadia@demo.example', 'agent')
    home.must('user', ['add', '--name', 'Carl Kunde', '--email', 'carl@demo.example', '--role', 'customer', '--customer-no', 'C-7', '--password-stdin'], { input: password + '\n' })
    assert.equal(home.run('user', ['add', '--name', 'Twice', '--email', 'carl@demo.example', '--role', 'customer', '--password-stdin'], { input: password + '\n' }).code, 1)
    const list = JSON.parse(home.must('user', ['list', '--json']))
    assert.ok(JSON.stringify(list).includes('nadia@demo.example'))
    const token = home.must('token', ['--person', 'nadia@demo.example'])
    assert.match(token, /^[A-Za-z0-9_-]{20,}\n$/, 'the token and nothing else')
    const server = await home.serve()
    t.after(() => server.stop())
    const me = await server.api('GET', '/people/me', { token: token.trim() })
    assert.equal(me.body.name, 'Nadia Novak')
    assert.ok(await server.login('C-7'), 'a customer number is a login, too')
    home.must('passwd', ['carl@demo.example', '--password-stdin'], { input: 'quite another one\n' })
    await assert.rejects(server.login('carl@demo.example'))
    assert.ok(await server.login('carl@demo.example', 'quite another one'))
    const firm = async () => await (await fetch(server.url + '/firm')).text()
    assert.match(await firm(), /Nadia Novak/)
    home.must('user', ['disable', 'nadia@demo.example'])
    assert.equal((await server.api('GET', '/people/me', { token: token.trim() })).status, 401)
    await until(async () => !/Nadia Novak/.test(await firm()))  // who may not log in is on no kept page
    assert.equal(home.run('user', ['disable', 'owner@demo.example']).code, 1, 'the last owner stays')
    home.must('user', ['enable', 'nadia@demo.example'])
    assert.deepEqual(JSON.parse(home.must('user', ['list', '--json'])).filter(p => p.disabled), [])
    assert.equal((await server.api('GET', '/people/me', { token: token.trim() })).status, 401, 'what was ended stays ended')
    await until(async () => /Nadia Novak/.test(await firm()))
    assert.equal((await server.api('GET', '/people/me', { token: home.token('nadia@demo.example') })).body.name, 'Nadia Novak')
    assert.equal((await server.stop()).code, 0, 'SIGTERM ends with 0')
  })

  test(`a backup while serving, restored elsewhere, is the same business (${engine})`, async t => {
    const home = new Home(engine).demo()
    const file = join(home.dir, 'copy.backup')
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    home.must('backup', [file])
    assert.equal(home.run('backup', [file]).code, 1, 'an existing file is not overwritten')
    for (const other of engines) {
      const there = new Home(other)
      t.after(() => there.done())
      there.must('restore', [file])
      assert.equal(there.run('restore', [file]).code, 1, 'only into an empty store')
      assert.match(there.must('migrate'), /nothing to do/)
      const r = there.run('check')
      assert.equal(r.code, 0, r.out + r.err)
      const copy = await there.serve()
      const list = async s => (await s.api('GET', '/conversations?limit=200&sort=new')).body.data.map(c => [c.id, c.subject, c.votes, c.status])
      assert.deepEqual(await list(copy), await list(server))
      assert.ok(await copy.login('customer@demo.example'))
      await copy.stop()
    }
    const dir = join(home.dir, 'export')
    home.must('export', [dir])
    assert.ok(readdirSync(dir).includes('people.jsonl'))
    for (const f of readdirSync(dir).filter(f => f.endsWith('.jsonl'))) for (const line of readFileSync(join(dir, f), 'utf8').split('\n').filter(Boolean)) JSON.parse(line)
    const all = readdirSync(dir).filter(f => f.endsWith('.jsonl')).map(f => readFileSync(join(dir, f), 'utf8')).join('')
    assert.doesNotMatch(all, /\$argon2/, 'no password hash leaves')
    assert.equal(home.run('export', [dir]).code, 1)
  })

  test(`a firm's own pack goes along into an export, and is taken elsewhere (${engine})`, async t => {
    const home = new Home(engine)
    const folder = join(home.dir, 'bakery')
    t.after(() => home.done())
    mkdirSync(join(folder, 'import'), { recursive: true })
    const pack = JSON.parse(readFileSync('packs/banking/pack.json', 'utf8'))
    writeFileSync(join(folder, 'pack.json'), JSON.stringify({ ...pack, name: 'bakery', label: { en: 'Bakery', de: 'Bäckerei' } }))
    const mapping = readdirSync('packs/banking/import')[0]
    writeFileSync(join(folder, 'import', mapping), readFileSync(join('packs/banking/import', mapping)))
    home.init(folder)
    const dir = join(home.dir, 'export')
    const rows = home.must('export', [dir, '--json']).trim().split('\n').map(l => JSON.parse(l))
    assert.equal(rows.find(r => r.file === 'pack/bakery').rows, 2)
    for (const f of ['pack.json', join('import', mapping)]) assert.deepEqual(readFileSync(join(dir, 'pack/bakery', f)), readFileSync(join(folder, f)))
    const there = new Home(engine)
    t.after(() => there.done())
    there.init(join(dir, 'pack/bakery'))
    const again = join(there.dir, 'export')
    there.must('export', [again])
    assert.deepEqual(readFileSync(join(again, 'pack/bakery/pack.json')), readFileSync(join(folder, 'pack.json')))
    assert.match(readFileSync(join(again, 'business.jsonl'), 'utf8'), /"bakery"/)
    // a pack of the program is there already
    const plain = new Home(engine).init()
    t.after(() => plain.done())
    plain.must('export', [join(plain.dir, 'export')])
    assert.ok(!readdirSync(join(plain.dir, 'export')).includes('pack'))
  })

  test(`the real customers and reports load, twice without a change (${engine})`, { timeout: 180000 * slow, skip: !have('data/telecom/telco-customer-churn.csv') }, async t => {
    const home = new Home(engine).init()
    t.after(() => home.done())
    const run = (...args) => JSON.parse(home.must('import', [...args, '--json']))
    const people = ['people', join(shared, 'data/telecom/telco-customer-churn.csv'), '--source', 'telco']
    assert.deepEqual(run(...people, '--dry-run'), { created: 7043, updated: 0, unchanged: 0, rejected: 0 })
    assert.deepEqual(run(...people), { created: 7043, updated: 0, unchanged: 0, rejected: 0 })
    assert.deepEqual(run(...people), { created: 0, updated: 0, unchanged: 7043, rejected: 0 })
    assert.match(readFileSync(join(home.dir, 'telco-customer-churn.csv.remarks'), 'utf8'), /TotalCharges/)
    const reports = ['conversations', join(shared, 'data/geo/nyc311-csv-1000.csv'), '--source', 'nyc']
    assert.equal(run(...reports).created, 1000)
    assert.equal(run(...reports).unchanged, 1000)
    const r = home.run('check')
    assert.equal(r.code, 0, r.out + r.err)
    const server = await home.serve()
    t.after(() => server.stop())
    const box = await server.api('GET', '/conversations?kind=problem&bbox=-74.3,40.4,-73.6,41&limit=200')
    assert.equal(box.body.data.length, 200)
    const cookie = await server.login('owner@demo.example')
    assert.doesNotMatch((await server.page('/import', { cookie })).text, /records:(account|policy|claim)/, 'what another pack keeps is not offered')
    for (const path of ['/', '/problems', '/map', box.body.data[0].url]) assert.equal((await server.page(path)).status, 200, path)
  })
}

test('rows that cannot be taken are kept with their reasons, beside the home', t => {
  const home = new Home().init()
  t.after(() => home.done())
  const input = join(home.dir, 'in')
  mkdirSync(input)
  writeFileSync(join(input, 'list.csv'), 'external_id,name,email\n1,Ada,ada@demo.example\n2,,nobody\n3,Bo,not an address\n')
  const r = home.run('import', ['people', join(input, 'list.csv'), '--source', 'list', '--json'])
  assert.equal(r.code, 0, r.err)
  const counts = JSON.parse(r.out)
  assert.equal(counts.created, 1)
  assert.equal(counts.rejected, 2)
  assert.deepEqual(readdirSync(input), ['list.csv'], 'nothing is put beside the input')
  assert.ok(existsSync(join(home.dir, 'list.csv.rejected')))
  assert.match(readFileSync(join(home.dir, 'list.csv.rejected'), 'utf8'), /not an address/)
  assert.equal(home.run('import', ['people', join(input, 'nothing.csv'), '--source', 'x']).code, 1)
  rmSync(input, { recursive: true })
})
