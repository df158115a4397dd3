// A real bank's data, as another program wrote it: clients, accounts, who holds them, cards, loans, standing orders and statement lines load with the
// pack's own mappings, twice without a change; totals are those of the file, and an account's lines page to their end, each once.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { engines, have, Home, shared, slow } from './lib.mjs'

const folder = join(shared, 'data/banking/berka')
const steps = [
  ['people', 'client.asc', 5369], ['records:account', 'account.asc', 4500], ['links', 'disp.asc', 5369], ['records:card', 'card.asc', 892],
  ['records:loan', 'loan.asc', 682], ['records:standing_order', 'order.asc', 6471], ['records:statement_line', 'trans-slice.asc', 16233],
]

for (const engine of engines) {
  test(`a bank's data loads, twice without a change, and serves (${engine})`, { timeout: 240000 * slow, skip: !have('data/banking/berka/client.asc') }, async t => {
    const home = new Home(engine).init('banking')
    t.after(() => home.done())
    const load = (kind, file) => JSON.parse(home.must('import', [kind, join(folder, file), '--source', 'berka', '--json']))
    for (const [kind, file, rows] of steps) assert.deepEqual(load(kind, file), { created: rows, updated: 0, unchanged: 0, rejected: 0 }, kind)
    for (const [kind, file, rows] of steps.slice(1, 3)) assert.deepEqual(load(kind, file), { created: 0, updated: 0, unchanged: rows, rejected: 0 }, kind)

    // the file's own sums, counted here
    const lines = readFileSync(join(folder, 'trans-slice.asc'), 'utf8').trim().split(/\r?\n/).slice(1).map(l => l.split(';').map(c => c.replace(/^"|"$/g, '')))
    const count = {}
    for (const l of lines) count[l[1]] = (count[l[1]] ?? 0) + 1
    const [account, most] = Object.entries(count).sort((a, b) => b[1] - a[1])[0]
    const minor = lines.filter(l => l[1] === account).reduce((n, l) => n + Math.round(l[5] * 100) * (l[3] === 'PRIJEM' ? 1 : -1), 0)

    const server = await home.serve()
    t.after(() => server.stop())
    const owner = home.token('owner@demo.example')
    const all = async (path, token) => {
      const data = []
      for (let next = ''; next !== null;) {
        const r = await server.api('GET', `${path}&limit=200${next && `&cursor=${next}`}`, { token })
        assert.equal(r.status, 200)
        data.push(...r.body.data)
        next = r.body.next
      }
      return data
    }
    const found = (await all('/records?type=account', owner)).find(r => r.external_id === account)
    assert.ok(found.people.some(p => p.role === 'holder'))

    // the page to bring a file offers what the firm keeps, each once
    const cookie = await server.login('owner@demo.example')
    const offered = [...(await server.page('/import', { cookie })).text.matchAll(/value="(records:[a-z_]+)"/g)].map(m => m[1])
    assert.deepEqual(offered.sort(), ['records:account', 'records:card', 'records:deal', 'records:loan', 'records:standing_order', 'records:statement_line'])

    // every line of it once, page by page, and they add up
    const seen = new Set()
    let sum = 0, path = found.url
    while (path) {
      const html = (await server.page(path, { cookie })).text
      const ledger = html.slice(html.indexOf('id="lines"'), html.indexOf('class="stick'))
      for (const m of ledger.matchAll(/href="\/records\/(\d+)"><span class="who">[^<]*<\/span><span class="sum( plus)?">([^<]*)</g)) {
        assert.ok(!seen.has(m[1]), 'a line stands once')
        seen.add(m[1])
        sum += Math.round(Number(m[3].replace(/[^0-9.]/g, '')) * 100) * (m[2] ? 1 : -1)
      }
      const older = /class="pager"[^>]*><a[^>]*href="([^"]+)"/.exec(ledger)
      path = older && older[1].replaceAll('&amp;', '&')
    }
    assert.equal(seen.size, most)
    assert.equal(sum, minor)
    assert.equal(home.run('check').code, 0)
  })
}
