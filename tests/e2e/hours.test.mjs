// A manager says when the firm works, without JavaScript and on a phone; customers read on the public page whether it is open now; an older store has said
// nothing yet.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, visitor, slow } from './lib.mjs'

test.after(closeBrowser)

for (const engine of engines) test(`hours from the form to the public page (${engine})`, { timeout: 90000 * slow }, async t => {
  const home = new Home(engine, { clock: '2027-03-23T09:00:00Z' }).init('insurance', 'The Firm')   // a Tuesday
  home.addPerson('Mara Manager', 'manager@demo.example', 'manager')
  home.addPerson('Jonas Weber', 'jonas@demo.example')
  const server = await home.serve()
  t.after(async () => { await server.stop(); home.done() })
  const owner = home.token('owner@demo.example')
  assert.equal((await server.api('PATCH', '/business', { token: owner, headers: { 'If-Match': '*' }, body: { zone: 'Europe/Berlin' } })).status, 200)

  const page = await visitor(server, { js: false, width: 360 })
  await logIn(page, 'manager@demo.example')
  await page.goto('/firm')
  assert.doesNotMatch(await page.locator('main').innerText(), /Opening hours/)
  await page.goto('/admin')
  await page.getByRole('link', { name: 'Working hours and holidays' }).click()
  assert.match(await page.locator('main').innerText(), /You have not said them yet/)
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday']) await page.getByLabel(day, { exact: true }).fill('9:00–12:30, 14–18')
  await page.getByLabel('Friday', { exact: true }).fill('9-13, 12-14')
  await page.getByLabel('Good Friday').check()
  await page.getByLabel('Easter Monday').check()
  await page.getByLabel(/Other days/).fill('25.3.2027 9-11 Works outing\n12-24 Christmas Eve\n\nsome day')
  await page.getByRole('button', { name: 'Save the hours' }).click()
  // What is wrong is said beside the field; what was typed is still there.
  assert.match(await page.locator('main').innerText(), /Line 4 is not a day with a name/)
  assert.match(await page.locator('main').innerText(), /none within another/)
  assert.equal(await page.getByLabel('Monday', { exact: true }).inputValue(), '9:00–12:30, 14–18')
  assert.ok(await page.getByLabel('Good Friday').isChecked())
  await page.getByLabel('Friday', { exact: true }).fill('9-13')
  await page.getByLabel(/Other days/).fill('25.3.2027 9-11 Works outing\n12-24 Christmas Eve')
  await page.getByRole('button', { name: 'Save the hours' }).click()
  assert.equal(await page.getByLabel('Monday', { exact: true }).inputValue(), '09:00-12:30, 14:00-18:00')
  assert.equal(await page.getByLabel(/Other days/).inputValue(), '2027-03-25 09:00-11:00 Works outing\n12-24 Christmas Eve')
  assert.equal((await page.getByLabel('Good Friday').isChecked()) && !(await page.getByLabel('Christmas Day').isChecked()), true)

  const read = await visitor(server, { locale: 'de-DE', width: 360 })
  const told = async (moment, words) => {
    home.clock.set(moment)
    await read.goto('/firm')
    assert.match(await read.locator('main').innerText(), words)
  }
  await logIn(read, 'jonas@demo.example')
  await told('2027-03-23T09:00:00Z', /Jetzt geöffnet, bis 12:30/)
  await told('2027-03-23T12:00:00Z', /Geschlossen, öffnet heute um 14:00/)
  await told('2027-03-25T10:00:00Z', /Geschlossen, öffnet am Dienstag um 9:00/)      // after the outing and over Easter
  await told('2027-03-26T10:00:00Z', /26\. März[^]*Karfreitag[^]*geschlossen/)
  await told('2027-03-30T07:00:00Z', /Jetzt geöffnet, bis 12:30/)                    // nine o'clock in summer
  assert.deepEqual(await audit(read), [])
  const said = (await server.api('GET', '/audit', { token: owner })).body.data
  assert.equal(said.filter(a => a.action === 'settings' && a.detail === 'working hours').length, 1)
  await server.stop()
  assert.equal(home.run('check').code, 0)
})
