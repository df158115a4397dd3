// An agency's data, as other programs wrote it: insured people, policies, vehicles, claims and years of losses load with the pack's own mappings,
// found by the files' headers, twice without a change; sums are those of the files, and each thing hangs where it belongs.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { engines, have, Home, shared, slow } from './lib.mjs'

const folder = join(shared, 'data/insurance')
const steps = [
  ['people', 'insurance_claims.csv', 'claims', 1000, 0], ['records:policy', 'insurance_claims.csv', 'claims', 1000, 0],
  ['records:vehicle', 'insurance_claims.csv', 'claims', 1000, 0], ['records:claim', 'insurance_claims.csv', 'claims', 1000, 0],
  ['people', 'AutoClaims.csv', 'paid', 6773, 0], ['records:policy', 'AutoClaims.csv', 'paid', 6773, 0], ['records:claim', 'AutoClaims.csv', 'paid', 6773, 0],
  ['people', 'SingaporeAuto.csv', 'cars', 7483, 0], ['records:policy', 'SingaporeAuto.csv', 'cars', 7483, 0], ['records:vehicle', 'SingaporeAuto.csv', 'cars', 7483, 0],
  ['records:policy', 'WorkersComp.csv', 'workers', 121, 726], ['records:experience', 'WorkersComp.csv', 'workers', 847, 0],
]

for (const engine of engines) {
  test(`an agency's data loads, twice without a change, and serves (${engine})`, { timeout: 240000 * slow, skip: !have('data/insurance/insurance_claims.csv') }, async t => {
    const home = new Home(engine).init('insurance')
    t.after(() => home.done())
    const load = (kind, file, source) => JSON.parse(home.must('import', [kind, join(folder, file), '--source', source, '--json']))
    for (const [kind, file, source, created, unchanged] of steps)
      assert.deepEqual(load(kind, file, source), { created, updated: 0, unchanged, rejected: 0 }, `${kind} ${file}`)
    for (const [kind, file, source, created, unchanged] of [steps[0], steps[3], steps[11]])
      assert.deepEqual(load(kind, file, source), { created: 0, updated: 0, unchanged: created + unchanged, rejected: 0 }, `${kind} ${file} again`)

    const server = await home.serve()
    t.after(() => server.stop())
    const token = home.token('owner@demo.example')
    const [head, ...rows] = readFileSync(join(folder, 'insurance_claims.csv'), 'utf8').trim().split(/\r?\n/).map(l => l.split(','))
    const byNumber = new Map(rows.map(r => [r[head.indexOf('policy_number')], Object.fromEntries(head.map((h, i) => [h, r[i]]))]))
    let minor = 0, seen = 0
    for (let next = ''; next !== null;) {
      const r = await server.api('GET', `/records?type=claim&limit=200${next && `&cursor=${next}`}`, { token })
      assert.equal(r.status, 200)
      for (const claim of r.body.data) {
        const row = byNumber.get(claim.external_id)
        if (row === undefined || claim.state !== 'reported') continue
        seen++
        minor += claim.amount.amount
        assert.equal(claim.fields.happened, row.incident_date)
        assert.equal(claim.fields.vehicles, Number(row.number_of_vehicles_involved))
      }
      next = r.body.next
    }
    assert.equal(seen, 1000)
    assert.equal(minor, rows.reduce((n, r) => n + Number(r[head.indexOf('total_claim_amount')]) * 100, 0))

    // one of them from the policy's page down to the claim: what stood in one row hangs together
    const claim = (await server.api('GET', '/records?type=claim&limit=200', { token })).body.data[0]
    const policy = (await server.api('GET', `/records/${claim.parent_id}`, { token })).body
    assert.equal(policy.type, 'policy')
    assert.equal(policy.external_id, claim.external_id)
    assert.equal(policy.people.filter(p => p.role === 'holder').length, 1)
    const cookie = await server.login('owner@demo.example')
    assert.ok((await server.page(`${policy.url}?tab=claims`, { cookie })).text.includes(`href="${claim.url}"`))
    assert.equal(home.run('check').code, 0)
  })
}
