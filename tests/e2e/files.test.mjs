// Files, from both sides, in a browser: dropped into a private question and sent with a bar; read; a letter kept for a customer, switched on, told, and
// found among their own files. And the same without scripts.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, until, visitor, slow } from './lib.mjs'

after(closeBrowser)

function pdf(words) {
  const draw = `BT /F1 24 Tf 72 700 Td (${words}) Tj ET`
  return Buffer.from(`%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>>>>>endobj
4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
5 0 obj<</Length ${draw.length}>>stream
${draw}
endstream endobj
trailer<</Size 6/Root 1 0 R>>
%%EOF
`)
}

/** Drops a file on an element as a person would. */
async function drop(page, selector, name, type, bytes) {
  const data = await page.evaluateHandle(([name, type, text]) => {
    const d = new DataTransfer()
    d.items.add(new File([text], name, { type }))
    return d
  }, [name, type, bytes.toString('latin1')])
  await page.dispatchEvent(selector, 'dragover', { dataTransfer: data })
  await page.dispatchEvent(selector, 'drop', { dataTransfer: data })
}

for (const engine of engines) {
  test(`files from both sides (${engine})`, { timeout: 180000 * slow }, async t => {
    const home = new Home(engine).demo('banking')
    const server = await home.serve()
    t.after(async () => { await server.stop(); home.done() })
    const token = home.token('customer@demo.example')
    const ruth = (await server.api('GET', '/people/me', { token })).body
    const talk = (await server.api('POST', '/conversations', { token, body: { kind: 'question', subject: 'Which day is right?', body: 'See the letter.', visibility: 'private' } })).body
    const customer = await visitor(server), team = await visitor(server)
    await logIn(customer, 'customer@demo.example')
    await logIn(team, 'agent@demo.example')

    await t.test('a customer drops a letter into a private question', async () => {
      await customer.goto(`/conversations/${talk.id}`)
      await customer.locator('#say textarea').fill('Here is the letter.')
      await drop(customer, '#say', 'letter.pdf', 'application/pdf', pdf('the twelfth of March'))
      assert.match(await customer.locator('#say-photo-list').textContent(), /letter\.pdf/)
      await Promise.all([customer.waitForURL(/#m\d+/), customer.locator('#say button.btn-primary').click()])
      await customer.locator('.file', { hasText: 'letter.pdf' }).waitFor()
      await customer.locator('.file', { hasText: 'letter.pdf' }).click()
      await customer.locator('pre', { hasText: 'the twelfth of March' }).waitFor()   // read by now, or as soon as it is
      await customer.locator('img[src$="/preview"]').waitFor()
      assert.deepEqual(await audit(customer), [])
    })

    await t.test('its words are found by who may read the question, and by nobody else', async () => {
      home.addPerson('Otto Other', 'otto@demo.example')
      const found = async as => (await server.api('GET', '/search?q=twelfth', { token: as })).body.data.length
      await until(async () => await found(token) === 1)
      assert.equal(await found(home.token('agent@demo.example')), 1)
      assert.equal(await found(home.token('otto@demo.example')), 0)
      assert.equal(await found(undefined), 0)
    })

    await t.test('the team keeps a letter for the customer and lets them see it', async () => {
      await team.goto(`/people/${ruth.id}`)
      await team.locator('main a', { hasText: 'Files' }).first().click()
      await drop(team, 'form.panel', 'confirmation.pdf', 'application/pdf', pdf('we confirm'))
      await Promise.all([team.waitForLoadState('load'), team.locator('form.panel button').click()])
      await team.locator('.line', { hasText: 'confirmation.pdf' }).locator('a').click()
      await team.waitForURL(/\/documents\/\d+/)
      const where = new URL(team.url()).pathname
      assert.equal((await customer.goto(where)).status(), 404)
      await team.locator('button[value=share]').click()
      await team.locator('button[value=hide]').waitFor()
      await until(async () => (await server.api('GET', '/notices', { token })).body.data.some(n => n.subject === 'confirmation.pdf'))
      await customer.goto('/notices')
      await customer.locator('a', { hasText: 'confirmation.pdf' }).click()
      await customer.waitForURL(u => u.pathname === where)
      await customer.goto('/documents')
      await customer.locator('.line', { hasText: 'confirmation.pdf' }).waitFor()
      assert.deepEqual(await audit(customer), [])
      assert.deepEqual(await audit(team), [])
      assert.deepEqual([...customer.faults, ...team.faults], [])
    })

    await t.test('a new version, without scripts', async () => {
      const plain = await visitor(server, { js: false })
      await logIn(plain, 'agent@demo.example')
      await plain.goto(`/documents?person_id=${ruth.id}`)
      await plain.locator('.line a', { hasText: 'confirmation.pdf' }).click()
      await plain.locator('#new-version summary').click()
      await plain.locator('#new-version input[type=file]').setInputFiles({ name: 'corrected.pdf', mimeType: 'application/pdf', buffer: pdf('corrected') })
      await plain.locator('#new-version button').click()
      await plain.locator('text=Version 2').waitFor()
      await customer.goto('/documents')
      assert.match(await customer.locator('.line').first().textContent(), /version 2/)
      assert.deepEqual(plain.faults, [])
    })

    assert.equal(home.run('check').code, 0)
  })
}
