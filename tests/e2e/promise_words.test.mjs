// A promise is offered while it is written, and behind sending it; it is made by nobody but who clicks.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, visitor, slow } from './lib.mjs'

after(closeBrowser)

for (const engine of engines) {
  test(`"by Friday" is offered as a promise, with scripts and without (${engine})`, { timeout: 120000 * slow }, async t => {
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
    const tick = offer.getByLabel('Note it as a promise when this is sent'), day = offer.getByLabel('By which day?')
    assert.equal(await tick.isChecked(), false)
    assert.equal(await day.inputValue(), friday.day)
    await field.fill('Did you get our letter on Friday?')
    await offer.getByText('This reads like a promise').waitFor({ state: 'detached' })

    // ticked, its day put right, and more written: it stays so, and is made with the words that are sent
    const later = new Date(Date.parse(friday.day) + 3 * 86400e3).toISOString().slice(0, 10)
    await field.fill('Thank you. We will send you the form by Friday.')
    await tick.check()
    await day.fill(later)
    const answered = agent.waitForResponse(r => r.url().includes('/expectations/offers'))
    await field.fill('Thank you. We will send you the form by Friday. Bye!')
    await answered
    assert.equal(await tick.isChecked(), true)
    assert.equal(await day.inputValue(), later)
    await agent.getByRole('button', { name: 'Send it' }).click()
    await agent.getByRole('heading', { name: 'What was promised here' }).waitFor()
    const made = (await server.api('GET', `/expectations?view=all&conversation_id=${talk.body.id}`, { token })).body.data
    assert.equal(made.length, 1)
    assert.deepEqual([made[0].text, made[0].said, made[0].audience], ['We will send you the form by Friday.', 'Friday', 'both'])
    assert.ok(made[0].message_id)
    assert.ok(Math.abs(Date.parse(made[0].due_at) - Date.parse(`${later}T23:59:59Z`)) < 86400e3)     // in the firm's zone

    // the same in a room of the team: with whom it is nobody knows there, so a link leads to the form
    const room = (await server.api('POST', '/rooms', { token, body: { name: 'Cards', words: '', open: '1' } })).body
    await server.api('POST', `/conversations/${room.id}/messages`, { token, body: { body: 'Hello.' } })
    await agent.goto(`/rooms/${room.id}`)
    await agent.locator('.composer textarea').fill('We will send them the form by Friday.')
    await offer.getByRole('link', { name: 'Write it down' }).waitFor()

    // behind sending it, without scripts
    await logIn(plain, 'agent@demo.example')
    await plain.goto(`/conversations/${talk.body.id}`)
    await plain.locator('#say textarea').fill('Thank you. We will send you the form by Friday.')
    await plain.getByRole('button', { name: 'Send it' }).click()
    const behind = plain.locator('#offered')
    await behind.getByText('This reads like a promise').waitFor()
    await agent.goto(plain.url())
    assert.deepEqual(await audit(agent), [])
    assert.equal(await count(), 1)
    await behind.getByRole('button', { name: 'Note it as a promise' }).click()
    await plain.getByRole('heading', { name: 'We will send you the form by Friday.' }).waitFor()
    assert.equal(await count(), 2)
    assert.deepEqual([...agent.faults, ...plain.faults], [])
  })
}
