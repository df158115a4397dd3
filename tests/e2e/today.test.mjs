// The day's page of two colleagues, with keys alone: through the rows, not now and back again with the clock, given on with the promise and a note; and
// without scripts the same.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, until, visitor, slow } from './lib.mjs'

after(closeBrowser)

/** A bank on a Friday; a colleague beside Anna; two questions that Anna is on, and what she promised in the first. */
const begin = async (engine, t) => {
  const home = new Home(engine, { clock: '2027-03-05T10:00:00Z' }).demo('banking')
  home.addPerson('Vera Quill', 'vera@demo.example', 'agent')
  const server = await home.serve()
  const anna = await visitor(server), vera = await visitor(server, { js: false, width: 360 })
  t.after(async () => { await anna.context().close(); await vera.context().close(); await server.stop(); home.done() })
  const agent = home.token('agent@demo.example'), customer = home.token('customer@demo.example'), colleague = home.token('vera@demo.example')
  const must = async (method, path, options) => {
    const r = await server.api(method, path, options)
    assert.ok(r.status < 300, `${method} ${path}: ${r.status} ${JSON.stringify(r.body)}`)
    return r.body
  }
  const asks = async subject => (await must('POST', '/conversations', { token: customer, body: { kind: 'question', subject, body: 'Please.', visibility: 'private' } })).id
  const me = await must('GET', '/people/me', { token: agent }), ruth = await must('GET', '/people/me', { token: customer })
  const first = await asks('Where is my form?'), second = await asks('And my card?')
  for (const id of [first, second]) await must('PATCH', `/conversations/${id}`, { token: agent, body: { assignee_id: me.id } })
  await must('POST', '/expectations', { token: agent, body: { to: ruth.id, text: 'The form is with you', day: '2027-03-19', conversation_id: first } })
  await logIn(anna, 'agent@demo.example')
  await logIn(vera, 'vera@demo.example')
  return { home, server, anna, vera, customer, agent, colleague, first, second, must }
}

// what changed has rows of its own
const row = (page, title) => page.locator('.inbox:not(:has(#changed)) .entry', { has: page.locator('strong', { hasText: title }) })
const focused = page => page.evaluate(() => document.activeElement?.closest('.entry')?.querySelector('strong').textContent ?? '')

for (const engine of engines) {
  test(`a day with keys alone, and a colleague who takes over (${engine})`, { timeout: 120000 * slow }, async t => {
    const f = await begin(engine, t)
    const { anna, vera } = f
    assert.match(anna.url(), /\/today$/, 'whoever logs in begins there')
    assert.deepEqual(await audit(anna), [])

    // from row to row; at the ends nothing happens; a field keeps its letters
    const titles = await anna.locator('.entry > a > strong').allTextContents()
    assert.ok(titles.includes('Where is my form?') && titles.includes('And my card?') && titles.includes('The form is with you'), titles.join())
    for (const title of titles) { await anna.keyboard.press('j'); assert.equal(await focused(anna), title) }
    await anna.keyboard.press('j')
    assert.equal(await focused(anna), titles.at(-1))
    await anna.keyboard.press('k')
    assert.equal(await focused(anna), titles.at(-2))
    await anna.locator('#q-top').focus()
    await anna.keyboard.type('jk?')
    assert.equal(await anna.locator('#q-top').inputValue(), 'jk?')
    await anna.locator('h1').click()
    await anna.keyboard.press('?')
    assert.ok(await anna.locator('#keys').getAttribute('open') !== null)
    await anna.getByLabel('Use them').uncheck()
    await anna.locator('h1').click()
    await anna.keyboard.press('j')
    assert.equal(await focused(anna), '', 'switched off, they do nothing')
    await anna.getByLabel('Use them').check()
    await anna.locator('h1').click()

    // not now: s, then Enter on the first answer; live or not, it is gone, and back when we open on Monday
    const reach = async title => { for (let i = 0; i < 30 && await focused(anna) !== title; i++) await anna.keyboard.press('j'); assert.equal(await focused(anna), title) }
    await reach('And my card?')
    await anna.keyboard.press('s')
    await anna.keyboard.press('Escape')
    assert.equal(await focused(anna), 'And my card?', 'closed again, where one was')
    await anna.keyboard.press('s')
    assert.deepEqual(await audit(anna), [])
    await anna.keyboard.press('Enter')
    await anna.getByText('It stands here again then').waitFor()
    assert.equal(await row(anna, 'And my card?').count(), 0)
    assert.equal(await focused(anna), titles.filter(title => title !== 'And my card?')[titles.indexOf('And my card?')], 'the one behind it is next')
    f.home.clock.set('2027-03-08T12:00:00Z')
    await anna.goto('/today')
    assert.equal(await row(anna, 'And my card?').count(), 1)

    // put off once more: when the customer says something it is back at once, in the page that is open
    await f.must('POST', `/today/conversation/${f.second}`, { token: f.agent, body: { until: 'next_week' } })
    await anna.reload()
    assert.equal(await row(anna, 'And my card?').count(), 0)
    await anna.getByRole('link', { name: 'What you put off' }).click()
    await row(anna, 'And my card?').getByRole('button', { name: /Back now/ }).waitFor()
    assert.deepEqual(await audit(anna), [])
    await anna.goto('/today')
    await f.must('POST', `/conversations/${f.second}/messages`, { token: f.customer, body: { body: 'Is anybody there?' } })
    await row(anna, 'And my card?').waitFor()

    // given to Vera: d, the name, a note; what Anna promised in it goes along
    await reach('Where is my form?')
    await anna.keyboard.press('d')
    await anna.waitForURL(/\/today\/conversation\/\d+#give$/)
    assert.deepEqual(await audit(anna), [])
    await anna.locator('#give').selectOption({ label: 'Vera Quill' })
    await anna.locator('#note').fill('He wrote from a ship; mind the time there.')
    await anna.keyboard.press('Control+Enter')
    await anna.waitForURL(/\/today$/)
    await anna.getByText('It is theirs now').waitFor()
    assert.equal(await row(anna, 'Where is my form?').count(), 0)
    assert.equal(await row(anna, 'The form is with you').count(), 0)

    // Vera, without scripts on a narrow screen: it stands on her page, with the promise; the note came with the notice
    await vera.goto('/today')
    assert.equal(await row(vera, 'Where is my form?').count(), 1)
    assert.equal(await row(vera, 'The form is with you').count(), 1)
    await until(async () => (await f.must('GET', '/notices?limit=50', { token: f.colleague })).data.some(n => n.kind === 'assigned' && n.excerpt.includes('mind the time there')))
    await vera.goto('/notices')
    await vera.getByText('mind the time there').waitFor()
    await vera.goto('/today')
    await row(vera, 'The form is with you').getByText('Not now').click()
    await row(vera, 'The form is with you').getByRole('button', { name: 'Next week' }).click()
    await vera.getByText('It stands here again then').waitFor()
    assert.equal(await row(vera, 'The form is with you').count(), 0)
    const shown = await vera.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
    assert.ok(shown, 'nothing runs out of a narrow page')
    assert.ok(!JSON.stringify(await f.must('GET', `/conversations/${f.first}/messages`, { token: f.customer })).includes('mind the time there'))
  })
}

for (const engine of engines) {
  test(`a customer begins at a page of their own (${engine})`, { timeout: 120000 * slow }, async t => {
    const f = await begin(engine, t)
    const mine = await visitor(f.server), narrow = await visitor(f.server, { js: false, width: 360, locale: 'de-DE' })
    t.after(async () => { await mine.context().close(); await narrow.context().close() })
    await logIn(mine, 'customer@demo.example')
    assert.match(mine.url(), /\/today$/, 'whoever logs in begins there')
    await mine.getByRole('heading', { name: 'My page' }).waitFor()
    const list = name => mine.locator('section.inbox', { has: mine.locator(`#${name}`) })
    assert.ok(await list('asked').getByText('Where is my form?').isVisible())
    assert.ok(await list('counted').getByText('The form is with you').isVisible())
    assert.equal(await mine.getByText('Not now').count(), 0, 'nothing is put off there')
    assert.deepEqual(await audit(mine), [])

    // we answer: without reloading it waits for them; what is done asks for their word
    await f.must('POST', `/conversations/${f.first}/messages`, { token: f.agent, body: { body: 'In your letter box.' } })
    await until(async () => await list('waiting').getByText('Where is my form?').count() === 1)
    assert.equal(await list('asked').getByText('Where is my form?').count(), 0)
    const promise = (await f.must('GET', '/expectations', { token: f.customer })).data.find(x => x.text === 'The form is with you')
    await f.must('POST', `/expectations/${promise.id}/resolve`, { token: f.agent, body: { outcome: 'done' } })
    await until(async () => await list('waiting').getByRole('link', { name: /The form is with you/ }).count() === 1)
    // their word, right there, and back
    assert.deepEqual(await audit(mine), [])
    await list('waiting').getByRole('button', { name: /^Yes, kept/ }).click()
    await mine.getByText('Thank you. We have heard it.').waitFor()
    assert.equal(new URL(mine.url()).pathname, '/today')
    assert.equal(await list('waiting').getByText('The form is with you').count(), 0)

    await logIn(narrow, 'customer@demo.example')
    await narrow.getByRole('heading', { name: 'Meine Seite' }).waitFor()
    assert.ok(await narrow.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
    assert.deepEqual([...mine.faults, ...narrow.faults], [])
  })
}
