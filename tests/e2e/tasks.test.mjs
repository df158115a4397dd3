// A task's way through the house: an agent makes one of a customer's words for a colleague, who finds it in the list of the day, changes its day and does it; whoever gave it
// is told; the customer never learns of it.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, until, visitor, slow } from './lib.mjs'

after(closeBrowser)

for (const engine of engines) {
  test(`a task is noted, given and done (${engine})`, { timeout: 300000 * slow }, async t => {
    const home = new Home(engine).demo('insurance')
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    const as = async (email, path) => { const page = await visitor(server); await logIn(page, email); await page.goto(path); return page }
    const marta = { token: home.token('customer@demo.example') }
    const asked = (await server.api('POST', '/conversations', { ...marta, body: { kind: 'question', subject: 'The green card for Norway', body: 'We drive on Friday and need it on paper.', visibility: 'private' } })).body

    const manager = await as('manager@demo.example', `/conversations/${asked.id}`)
    await manager.getByRole('link', { name: 'Note a task' }).click()
    await manager.waitForURL(/\/tasks\/new/)
    await manager.getByText('The green card for Norway').waitFor()
    await manager.getByLabel('What is to be done?').fill('Print the green card and post it')
    await manager.getByLabel('By which day?').fill('2024-02-01')
    await manager.getByLabel('Who does it?').selectOption({ label: 'Tomas Reyes' })
    assert.deepEqual(await audit(manager), [])
    await manager.evaluate(() => document.querySelector('#day').removeAttribute('min'))
    await manager.getByRole('button', { name: 'Note it' }).click()
    await manager.getByText('This day is over.').waitFor()
    assert.equal(await manager.getByLabel('What is to be done?').inputValue(), 'Print the green card and post it')
    await manager.getByLabel('By which day?').fill('')
    await manager.getByRole('button', { name: 'Note it' }).click()
    await manager.getByText('It is noted, and your colleague is told.').waitFor()
    assert.deepEqual(await audit(manager), [])

    const agent = await as('agent@demo.example', '/notices')
    await until(async () => { await agent.goto('/notices'); return await agent.getByText('Print the green card').count() > 0 })
    await agent.goto('/today')
    await agent.locator('section[aria-labelledby=tasks]').getByRole('link', { name: /Print the green card/ }).click()
    await agent.waitForURL(/\/tasks\/\d+$/)
    await agent.getByText('Change it, or give it to a colleague').click()
    const day = await agent.evaluate(() => new Date(Date.now() + 3 * 86400e3).toISOString().slice(0, 10))
    await agent.getByLabel('By which day?').fill(day)
    await agent.getByRole('button', { name: 'Save' }).click()
    await agent.getByText('Saved.').waitFor()
    await agent.getByRole('link', { name: 'Tasks' }).first().click()
    await agent.waitForURL(/\/tasks$/)
    assert.deepEqual(await audit(agent), [])
    await agent.getByRole('button', { name: /^Done.*Print the green card/ }).click()
    await agent.getByText('Done. Well done.').waitFor()
    assert.equal(await agent.getByText('Print the green card').count(), 0)
    await agent.getByRole('link', { name: 'Over' }).click()
    await agent.getByText('Print the green card and post it').waitFor()

    await until(async () => { await manager.goto('/notices'); return await manager.getByText('Tomas Reyes has done it.').count() > 0 })
    const customer = await as('customer@demo.example', '/today')
    for (const path of ['/today', `/conversations/${asked.id}`, '/me', '/notices']) {
      await customer.goto(path)
      assert.ok(!(await customer.content()).includes('Print the green card'), path)
    }
    assert.equal((await server.api('GET', '/tasks', marta)).status, 403)
    for (const page of [manager, agent, customer]) { assert.deepEqual(page.faults, []); await page.context().close() }
  })
}
