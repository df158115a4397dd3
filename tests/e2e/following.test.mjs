// A customer follows an order and a tag; colleagues change the one and put on the other, and she is told. What is the team's alone tells her nothing.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, until, visitor, slow } from './lib.mjs'

after(closeBrowser)

for (const engine of engines) {
  test(`what one follows tells (${engine})`, { timeout: 180000 * slow }, async t => {
    const home = new Home(engine).demo('telecom')
    const server = await home.serve()
    const agent = await visitor(server), ruth = await visitor(server), narrow = await visitor(server, { js: false, width: 360 })
    t.after(async () => { for (const p of [agent, ruth, narrow]) await p.context().close(); await server.stop(); home.done() })
    const token = home.token('customer@demo.example'), colleague = home.token('agent@demo.example')
    const must = async (method, path, options) => {
      const r = await server.api(method, path, options)
      assert.ok(r.status < 300, `${method} ${path}: ${r.status} ${JSON.stringify(r.body)}`)
      return r.body
    }
    const order = (await must('GET', '/records?type=order', { token })).data[0]
    const [first, second] = (await must('GET', '/conversations?kind=problem&status=open&sort=new', {})).data
    const news = async () => (await must('GET', '/notices', { token })).data.filter(n => n.kind === 'follow')
    await logIn(agent, 'agent@demo.example')
    await logIn(ruth, 'customer@demo.example')
    const puts = async (path, name) => {
      await agent.goto(path)
      await agent.locator('#tags > summary').click()
      await agent.getByLabel('New tag').fill(name)
      await agent.getByRole('button', { name: 'Put it on' }).click()
      await agent.getByRole('link', { name, exact: true }).waitFor()
    }

    // she follows her order, and a tag that a colleague put on a report
    await puts(`/conversations/${first.id}`, 'Western Line')
    await ruth.goto(`/conversations/${first.id}`)
    await ruth.getByRole('link', { name: 'Western Line', exact: true }).click()
    await ruth.waitForURL(/\/tags\//)                    // the page before has such a button, too
    await ruth.getByRole('button', { name: /^Follow ?: / }).click()
    await ruth.getByRole('button', { name: /^Following ?: / }).waitFor()
    await ruth.goto(order.url)
    await ruth.getByRole('button', { name: /^Follow ?: / }).click()
    await ruth.getByRole('button', { name: /^Following ?: / }).waitFor()
    await ruth.goto('/following')
    await ruth.getByRole('link', { name: 'Western Line' }).waitFor()
    await ruth.getByRole('link', { name: order.title }).waitFor()
    assert.deepEqual(await audit(ruth), [])

    // both change
    await puts(`/conversations/${second.id}`, 'western line').catch(() => agent.getByRole('link', { name: 'Western Line', exact: true }).waitFor())
    await agent.goto(`${order.url}/edit`)
    await agent.getByLabel('State').selectOption('delivered')
    await agent.getByRole('button', { name: 'Save' }).click()
    await agent.waitForURL(`**${order.url}`)
    await until(async () => (await news()).length === 2)
    await logIn(narrow, 'customer@demo.example')
    await narrow.goto('/notices')
    await narrow.getByText('New under “Western Line”, a tag that you follow.').waitFor()
    await narrow.getByText('There is news.', { exact: true }).first().waitFor()
    await narrow.getByRole('main').getByRole('link', { name: order.title }).first().click()
    await narrow.waitForURL(`**${order.url}`)

    // a tag on her order is the team's: she reads nothing of it, and is not told; nor of anything once she follows no more
    await puts(order.url, 'Fragile xyzzytag')
    await ruth.goto('/following')
    for (const name of [order.title, 'Western Line']) {
      const end = ruth.getByRole('listitem').filter({ hasText: name }).getByRole('button', { name: /^Unfollow/ })
      await end.click()
      await until(async () => await end.count() === 0)
    }
    await agent.goto(`${order.url}/edit`)
    await agent.getByLabel('State').selectOption('returned')
    await agent.getByRole('button', { name: 'Save' }).click()
    await agent.waitForURL(`**${order.url}`)
    await must('POST', '/conversations', { token: colleague, body: { kind: 'direct', subject: 'The anchor', body: 'All before it was read.', participants: [(await must('GET', '/people/me', { token })).id] } })
    await until(async () => (await must('GET', '/notices', { token })).data.some(n => n.kind === 'message'))
    assert.equal((await news()).length, 2)
    await ruth.goto(order.url)
    assert.ok(!(await ruth.content()).includes('xyzzytag'))
    assert.equal((await server.page('/tags/Fragile%20xyzzytag', { cookie: await server.login('customer@demo.example') })).status, 404)
    assert.deepEqual([...agent.faults, ...ruth.faults, ...narrow.faults], [])
  })
}
