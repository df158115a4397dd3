// Somebody is called by name: from the offer behind the "@" to the notice, in the browser and with the keys alone.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, until, visitor, slow } from './lib.mjs'

after(closeBrowser)

for (const engine of engines) {
  test(`a colleague is called by name, and who may not read it is not (${engine})`, { timeout: 120000 * slow }, async t => {
    const home = new Home(engine).demo('banking')
    home.addPerson('Vera Quill', 'vera@demo.example', 'agent')
    const server = await home.serve()
    const agent = await visitor(server), narrow = await visitor(server, { js: false, width: 360 })
    t.after(async () => { await agent.context().close(); await narrow.context().close(); await server.stop(); home.done() })
    const token = home.token('agent@demo.example')
    const vera = await server.api('GET', '/people/me', { token: home.token('vera@demo.example') })
    const talk = await server.api('POST', '/conversations', { token, body: { kind: 'problem', subject: 'The machine at the station keeps cards', body: 'Twice today.', visibility: 'staff' } })
    await logIn(agent, 'agent@demo.example')

    await agent.goto(`/conversations/${talk.body.id}`)
    const field = agent.locator('#say textarea')
    await field.focus()
    await field.pressSequentially('Please look, @qui')
    const list = agent.getByRole('listbox')
    await list.getByRole('option', { name: /Vera Quill/ }).waitFor()
    assert.equal(await field.getAttribute('aria-activedescendant'), await list.getByRole('option').first().getAttribute('id'))
    assert.deepEqual(await audit(agent), [])
    await field.press('Escape')
    assert.equal(await list.count(), 0)
    await field.pressSequentially('l')
    await list.getByRole('option', { name: /Vera Quill/ }).waitFor()
    await field.press('ArrowDown')
    await field.press('Enter')
    assert.equal(await field.inputValue(), 'Please look, @Vera Quill ')
    await agent.getByRole('button', { name: 'Send it' }).click()
    await agent.locator('ol.thread').getByRole('link', { name: '@Vera Quill' }).waitFor()
    assert.equal(await agent.locator('ol.thread').getByRole('link', { name: '@Vera Quill' }).getAttribute('href'), `/people/${vera.body.id}`)

    // Vera is told, and finds it without scripts on a narrow screen
    await until(async () => (await server.api('GET', '/notices?kind=mention', { token: home.token('vera@demo.example') })).body.data.length === 1)
    await logIn(narrow, 'vera@demo.example')
    await narrow.goto('/notices')
    await narrow.getByRole('link', { name: 'Where I was mentioned' }).click()
    await narrow.getByText('mentions you.').waitFor()
    await narrow.getByRole('main').getByRole('link', { name: 'The machine at the station keeps cards' }).click()
    await narrow.locator('ol.thread').getByText('@Vera Quill').waitFor()

    // in a room that she is not in she is not offered, and her name tells her nothing
    const room = await server.api('POST', '/rooms', { token, body: { name: 'Cards', words: '', open: '0' } })
    await agent.goto(`/rooms/${room.body.id}`)
    const words = agent.locator('textarea[name=body]').first()
    const asked = agent.waitForResponse(r => /mentionable\?q=Vera/.test(r.url()))
    await words.pressSequentially('@Vera')
    assert.deepEqual((await (await asked).json()).data, [])
    assert.equal(await agent.locator('.mention-list').count(), 0)
    await words.pressSequentially(' Quill should not know')
    await agent.getByRole('button', { name: 'Say it' }).click()
    await agent.getByText('Not told, since they cannot read this: Vera Quill.').waitFor()
    assert.deepEqual(await audit(agent), [])
    assert.equal((await server.api('GET', '/notices?kind=mention', { token: home.token('vera@demo.example') })).body.data.length, 1)
    assert.deepEqual([...agent.faults, ...narrow.faults], [])
  })
}
