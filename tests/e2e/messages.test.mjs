// An agent asks five clients at once; two answer and see nothing of each other; the agent sees the table fill while it is open, and reminds those
// who are silent. Without scripts the same pages do it.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, until, visitor, slow } from './lib.mjs'

after(closeBrowser)
const names = ['Ada Fenwick', 'Bruno Castell', 'Clara Dunmore', 'Dario Esk', 'Elin Forsa']
const mail = name => `${name.split(' ')[0].toLowerCase()}@clients.example`

for (const engine of engines) {
  test(`five are asked, and none sees the others (${engine})`, { timeout: 180000 * slow }, async t => {
    const home = new Home(engine).demo('banking')
    for (const name of names) home.addPerson(name, mail(name))
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })

    const anna = await visitor(server)
    await logIn(anna, 'agent@demo.example')
    await anna.goto('/messages')
    await anna.getByRole('heading', { name: 'No messages yet' }).waitFor()
    await anna.getByRole('link', { name: 'Write or ask' }).click()
    const fill = async lines => {
      await anna.getByLabel('To whom?').fill(lines.join('\n'))
      await anna.getByLabel('What is it about?').fill('Saturday opening')
      await anna.getByLabel('Your words').fill('Would you come on a Saturday?')
      await anna.getByRole('button', { name: 'Send it' }).click()
    }
    await fill(['Ada Fenwick', 'Nobody Known'])
    await anna.getByText('We do not know “Nobody Known”.').waitFor()
    await fill(['Ada Fenwick', 'bruno castell', mail(names[2]), names[3], names[4]])
    await anna.getByRole('heading', { name: '0 of 5 answered' }).waitFor()
    assert.deepEqual(await audit(anna), [])
    const question = new URL(anna.url()).pathname

    // two of them answer, one without scripts; each sees a talk with Anna, and nothing of the others
    const answer = async (name, words, js) => {
      const page = await visitor(server, { js })
      await logIn(page, mail(name))
      await page.goto('/messages')
      await page.getByRole('link', { name: 'Saturday opening' }).click()
      await page.getByText('Only you and Anna Keller can read it.').waitFor()
      const before = await page.locator('body').innerText()
      for (const other of [...names.filter(n => n !== name).map(n => n.split(' ')[0]), 'group', 'ten o’clock']) assert.ok(!before.includes(other), `${name} sees ${other}`)
      await page.getByLabel('Your words').fill(words)
      await page.getByRole('button', { name: 'Send it' }).click()
      await page.locator('.msg-mine', { hasText: words }).waitFor()
      assert.equal((await page.goto(question)).status(), 404)
      return page
    }
    const ada = await answer(names[0], 'Yes, at ten o’clock', true)
    await anna.getByRole('heading', { name: '1 of 5 answered' }).waitFor()
    const bruno = await answer(names[1], 'Rather not', false)
    await anna.getByRole('heading', { name: '2 of 5 answered' }).waitFor()        // nobody loaded the page again
    const row = name => anna.getByRole('row').filter({ hasText: name })
    await row(names[0]).getByText('Yes, at ten o’clock').waitFor()
    await row(names[1]).getByText('Rather not').waitFor()
    assert.equal(await anna.getByText('still silent').count(), 3)

    // the silent ones are told again, the others are not
    await anna.getByRole('button', { name: 'Remind the 3 who are silent' }).click()
    await anna.getByText('Those who have not answered are told again.').waitFor()
    assert.equal(await anna.getByRole('button', { name: /Remind/ }).count(), 0)
    const told = async name => (await server.api('GET', '/notices', { token: home.token(mail(name)) })).body.data.map(n => n.kind)
    for (const name of names.slice(2)) await until(async () => (await told(name)).includes('reminder'))
    for (const name of names.slice(0, 2)) assert.deepEqual(await told(name), ['message'])

    // from the table to one of them; she answers while Ada looks
    await row(names[0]).getByRole('link').click()
    await ada.goto('/messages')
    await ada.getByRole('link', { name: 'Saturday opening' }).click()
    await anna.getByLabel('Your words').fill('Thank you, Ada.')
    await anna.getByRole('button', { name: 'Send it' }).click()
    await ada.getByText('Thank you, Ada.').waitFor()
    assert.deepEqual(await audit(anna), [])
    await anna.goto(question)
    await anna.getByRole('button', { name: 'Close the question' }).click()
    await anna.getByText('Nobody is reminded any more.').waitFor()
    for (const page of [anna, ada, bruno]) assert.deepEqual(page.faults, [])
    assert.equal(home.run('check').code, 0)
  })
}
