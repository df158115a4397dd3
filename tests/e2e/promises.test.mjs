// Two stories of one promise, from both sides in the browser, with a clock that the test sets: told six weeks and here in four; and its bad twin,
// which slips, is told of early, moved, late, and in the end not kept.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, until, visitor, slow } from './lib.mjs'

after(closeBrowser)

/** A bank on 1 March, a customer's private question and our words under it; Anna with scripts, Ruth without on a narrow screen. */
const begin = async (engine, t) => {
  const home = new Home(engine, { clock: '2027-03-01T09:00:00Z' }).demo('banking')
  const server = await home.serve()
  const anna = await visitor(server), ruth = await visitor(server, { js: false, width: 360 })
  t.after(async () => { await anna.context().close(); await ruth.context().close(); await server.stop(); home.done() })
  const f = { home, clock: home.clock, server, anna, ruth, agent: home.token('agent@demo.example'), customer: home.token('customer@demo.example'), owner: home.token('owner@demo.example') }
  const asked = await server.api('POST', '/conversations', { token: f.customer, body: { kind: 'question', subject: 'Where is my new passport?', body: 'I asked for it in January.', visibility: 'private' } })
  assert.equal(asked.status, 201)
  f.talk = asked.body.id
  assert.equal((await server.api('POST', `/conversations/${f.talk}/messages`, { token: f.agent, body: { body: 'You have it within six weeks.' } })).status, 201)
  await logIn(anna, 'agent@demo.example')
  await logIn(ruth, 'customer@demo.example')
  f.get = async (path, token = f.customer) => (await server.api('GET', path, { token })).body
  f.told = async (token, kind) => (await f.get('/notices?limit=200', token)).data.filter(n => n.expectation_id === f.id && n.kind === `promise_${kind}`).length
  return f
}

/** Anna makes her words a promise, in one step from the message. */
const promise = async f => {
  await f.anna.goto(`/conversations/${f.talk}`)
  await f.anna.locator('ol.thread').getByRole('link', { name: /^Promise/ }).click()
  assert.equal(await f.anna.locator('#text').inputValue(), 'You have it within six weeks.')
  await f.anna.locator('#text').fill('Your new passport is with you')
  await f.anna.locator('#day').fill('2027-04-12')
  await f.anna.locator('#said').fill('within six weeks')
  assert.deepEqual(await audit(f.anna), [])
  await f.anna.getByRole('button', { name: 'Promise it' }).click()
  await f.anna.waitForURL(/\/expectations\/\d+/)
  f.id = +f.anna.url().split('/').pop()
  await until(async () => await f.told(f.customer, 'new') === 1)
  return f.id
}

const goOn = async (f, day) => { f.clock.set(`2027-${day}T10:00:00Z`) }

for (const engine of engines) {
  test(`told six weeks, here in four (${engine})`, { timeout: 120000 * slow }, async t => {
    const f = await begin(engine, t)
    const id = await promise(f)
    // she can look at any time: what, by when, said how, and where it stands
    await f.ruth.goto('/expectations')
    await f.ruth.getByRole('link', { name: 'Your new passport is with you' }).click()
    await f.ruth.getByText('Due by Monday 12 April').waitFor()
    await f.ruth.getByText('within six weeks”').waitFor()
    await goOn(f, '03-15')
    await f.ruth.reload()
    await f.ruth.getByText('in four weeks').waitFor()
    await f.anna.goto('/expectations?view=mine')
    await f.anna.getByRole('link', { name: 'Your new passport is with you' }).click()
    await goOn(f, '03-29')
    await f.anna.reload()
    await f.anna.locator('#d-note').fill('It went to you by courier.')
    await f.anna.getByRole('button', { name: 'It is done' }).click()
    await f.anna.getByText('Done after 28 of 42 days.', { exact: false }).waitFor()
    await until(async () => await f.told(f.customer, 'done') === 1)
    await f.ruth.goto('/expectations')
    await f.ruth.getByRole('heading', { name: 'We say it is done. Is it?' }).waitFor()
    // nobody says otherwise: with so much of its time saved, it counts as better than promised
    await goOn(f, '04-11')
    assert.equal((await f.get(`/expectations/${id}`)).state, 'done')
    await goOn(f, '04-13')
    const end = await until(async () => { const x = await f.get(`/expectations/${id}`); return x.state !== 'done' && x })
    assert.deepEqual([end.state, end.word_of, end.due_at.slice(0, 10)], ['exceeded', 'silence', '2027-04-12'])
    await f.ruth.goto(`/expectations/${id}`)
    await f.ruth.locator('.track').getByText('Better than promised').waitFor()
    await f.ruth.getByText('Nobody said otherwise.').waitFor()
    for (const kind of ['soon', 'due', 'late', 'team']) for (const token of [f.agent, f.customer]) assert.equal(await f.told(token, kind), 0, `nobody is reminded of what is done: ${kind}`)
    assert.deepEqual([...f.anna.faults, ...f.ruth.faults], [])
  })

  test(`the bad twin: it slips, and is not kept (${engine})`, { timeout: 120000 * slow }, async t => {
    const f = await begin(engine, t)
    const id = await promise(f)
    await goOn(f, '03-25')
    for (const page of [f.anna, f.ruth]) await page.goto('/expectations')    // a session that is not used for a month ends
    await goOn(f, '04-05')
    await f.anna.goto(`/expectations/${id}`)
    await f.anna.getByText('Move the date').click()
    await f.anna.locator('#m-day').fill('2027-04-20')
    await f.anna.locator('#m-note').fill('The printer of the passports stands still.')
    await f.anna.getByRole('button', { name: 'Move it' }).click()
    await until(async () => await f.told(f.customer, 'moved') === 1)      // told a week before it was due
    await f.ruth.goto(`/expectations/${id}`)
    await f.ruth.locator('header s').getByText('by Monday 12 April').waitFor()
    await f.ruth.getByText('The printer of the passports stands still.').waitFor()
    await goOn(f, '04-13')
    assert.equal(await f.told(f.customer, 'late'), 0)                     // the old day counts no more
    // a restart between what is due and what is told of it
    await f.server.stop()
    await goOn(f, '04-27')                                                 // three working days behind that Tuesday is Monday
    const again = await f.home.serve()
    const get = async (path, token) => (await again.api('GET', path, { token })).body
    const told = async (token, kind) => (await get('/notices?limit=200', token)).data.filter(n => n.expectation_id === id && n.kind === `promise_${kind}`).length
    await until(async () => await told(f.owner, 'chief') === 1)
    for (const kind of ['soon', 'due', 'team', 'chief']) assert.equal(await told(f.agent, kind), 1, `Anna is told once: ${kind}`)
    assert.equal(await told(f.customer, 'late'), 1)
    assert.equal((await get(`/expectations/${id}`, f.customer)).late, true)
    assert.equal((await again.api('POST', `/conversations/${f.talk}/status`, { token: f.agent, body: { status: 'done', answer: 'It is on its way.' } })).status, 200)
    assert.equal((await again.api('POST', `/expectations/${id}/resolve`, { token: f.agent, body: { outcome: 'done' } })).status, 200)
    // her word: no
    const ruth = await visitor(again, { js: false, width: 360 })
    await logIn(ruth, 'customer@demo.example')
    await ruth.goto('/expectations')
    await ruth.getByLabel(/^A word about it/).fill('Nothing has come.')
    await ruth.getByRole('button', { name: /^No, not kept/ }).click()
    await ruth.getByText('Thank you. We have heard it.').waitFor()
    await until(async () => (await get(`/conversations/${f.talk}`, f.customer)).status === 'in_work')    // her question is open again
    await until(async () => await told(f.agent, 'word') === 1)
    const end = await get(`/expectations/${id}`, f.agent)
    assert.deepEqual([end.state, end.word_of, end.note, end.moved, end.first_due_at.slice(0, 10)], ['missed', 'them', 'Nothing has come.', 1, '2027-04-12'])
    assert.equal((await again.api('POST', `/expectations/${id}/resolve`, { token: f.agent, body: { outcome: 'kept' } })).status, 409)
    assert.deepEqual([...f.anna.faults, ...f.ruth.faults, ...ruth.faults], [])
    await ruth.context().close()
    await again.stop()
    const check = f.home.run('check')
    assert.equal(check.code, 0, check.out + check.err)
  })
}
