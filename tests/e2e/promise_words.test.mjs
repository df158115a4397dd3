// A promise is offered while it is written, and behind sending it; it is made by nobody but who clicks.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, visitor } from './lib.mjs'

after(closeBrowser)

for (const engine of engines) {
  test(`"by Friday" is offered as a promise, with scripts and without (${engine})`, { timeout: 120000 }, async t => {
    const home = new Home(engine).demo('banking')
    const server = await home.serve()
    const agent = await visitor(server), plain = await visitor(server, { js: false, width: 360 })
    t.after(async () => { await agent.context().close(); await plain.context().close(); await server.stop(); home.done() })
    const customer = home.token('customer@demo.example'), token = home.token('agent@demo.example')
    const talk = await server.api('POST', '/conversations', { token: customer, body: { kind: 'problem', subject: 'The form for my card', body: 'It has not come.', visibility: 'private' } })
    const count = async () => (await server.api('GET', `/expectations?view=all&conversation_id=${talk.body.id}`, { token })).body.data.length
    const friday = (await server.api('GET', '/expectations/offers?q=' + encodeURIComponent('Wir schicken Ihnen das Formular bis Freitag.'), { token })).body
    assert.equal(new Date(friday.day).getUTCDay(), 5)
    assert.deepEqual([friday.direction, friday.said], ['ours', 'Freitag'])

    // while it is written
    await logIn(agent, 'agent@demo.example')
    await agent.goto(`/conversations/${talk.body.id}`)
    const field = agent.locator('#say textarea')
    await field.fill('Thank you. We will send you the form by Friday.')
    const offer = agent.locator('#offers')
    await offer.getByText('This reads like a promise').waitFor()
    assert.deepEqual(await audit(agent), [])
    const form = new URL(await offer.getByRole('link', { name: 'Write it down' }).getAttribute('href'), agent.url())
    assert.equal(form.searchParams.get('day'), friday.day)
    await field.fill('Did you get our letter on Friday?')
    await offer.getByText('This reads like a promise').waitFor({ state: 'detached' })
    await agent.goto(form.href)
    assert.equal(await agent.getByLabel('By which day?').inputValue(), friday.day)

    // behind sending it, without scripts
    await logIn(plain, 'agent@demo.example')
    await plain.goto(`/conversations/${talk.body.id}`)
    await plain.locator('#say textarea').fill('Thank you. We will send you the form by Friday.')
    await plain.getByRole('button', { name: 'Send it' }).click()
    await plain.getByText('That reads like a promise').waitFor()
    assert.equal(await count(), 0)
    assert.deepEqual([...agent.faults, ...plain.faults], [])
  })
}
