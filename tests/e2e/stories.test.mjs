// Three stories, as people live them, from both sides: at the bank, with the insurer, with the telephone company.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, password, visitor, slow } from './lib.mjs'

after(closeBrowser)

const link = (page, name) => page.getByRole('main').getByRole('link', { name }).first()
const button = (page, name) => page.getByRole('main').getByRole('button', { name }).first()

/** A customer's and an agent's page of a demo. */
async function both(t, engine, pack) {
  const home = new Home(engine).demo(pack), server = await home.serve()
  const customer = await visitor(server), agent = await visitor(server)
  t.after(async () => { await customer.context().close(); await agent.context().close(); await server.stop(); home.done() })
  await logIn(customer, 'customer@demo.example')
  await logIn(agent, 'agent@demo.example')
  return { customer, agent }
}

/** Fills in and sends the question; ends on its page. */
async function ask(page, words) {
  await link(page, /Ask about this/).click()
  await page.locator('input[name=reason]').first().check()
  await page.getByLabel('Your question').fill(words)
  assert.deepEqual(await audit(page), [])
  await button(page, /Send the question/).click()
  await page.waitForURL(/\/conversations\/\d+$/)
  await page.getByText(words).first().waitFor()
}

/** The agent finds the question on the desk, and says something. */
async function reply(agent, question, words, answer) {
  await agent.goto('/desk')
  await agent.getByRole('main').locator(`a[href="${new URL(question.url()).pathname}"]`).first().click()
  await agent.getByText(words).first().waitFor()
  assert.deepEqual(await audit(agent), [])
  await agent.locator('#say label', { hasText: 'Comment' }).click()
  await agent.locator('#say textarea').fill(answer)
  await button(agent, 'Send it').click()
  await agent.locator('ol.thread').getByText(answer).first().waitFor()
}

/** From the form over the page that says what will happen, with the password where it is asked, to the receipt. */
async function doBusiness(page, name, fill) {
  await link(page, name).click()
  await fill(page)
  assert.deepEqual(await audit(page), [])
  await button(page, 'Look it over').click()
  await button(page, 'Yes, do it').waitFor()
  assert.deepEqual(await audit(page), [])
  const proof = page.getByLabel('Your password, once more')
  if (await proof.count()) await proof.fill(password)
  await button(page, 'Yes, do it').click()
  await page.waitForURL(/\/requests\/\d+$/)
  assert.deepEqual(await audit(page), [])
}

for (const engine of engines) {
  test(`at the bank: one entry is questioned, and the answer arrives (${engine})`, { timeout: 120000 * slow }, async t => {
    const { customer, agent } = await both(t, engine, 'banking')
    await customer.goto('/things')
    await link(customer, /Account 50218-01/).click()
    await link(customer, /Coney Street Grocers/).click()
    const line = customer.url()
    await ask(customer, 'I was not in York that day. What is this?')
    await customer.getByRole('heading', { name: /Coney Street Grocers/ }).first().waitFor()
    await reply(agent, customer, 'I was not in York that day.', 'The shop books two days late; you were there on Saturday.')
    await customer.getByText('The shop books two days late').first().waitFor()
    await customer.goto(line)
    await customer.getByText(/a question is open|Asked about it/).first().waitFor()
  })

  test(`with the insurer: a driver is added, and a cover asked about (${engine})`, { timeout: 120000 * slow }, async t => {
    const { customer, agent } = await both(t, engine, 'insurance')
    await customer.goto('/things')
    await link(customer, /HF-K 20714/).click()
    const policy = customer.url()
    await doBusiness(customer, 'Add a driver', async page => {
      await page.getByLabel('Full name').fill('Lena Hollis')
      await page.getByLabel('Born').fill('2008-05-17')
      await page.getByLabel('Driving licence since').fill('2026-11-12')
      await page.getByLabel('Who is it to you?').selectOption('child')
    })
    await customer.getByText('Waits for our yes').first().waitFor()
    await customer.goto(policy)
    assert.equal(await customer.getByText('Lena Hollis').count(), 0, 'not before somebody said yes')

    await agent.goto('/requests')
    await agent.getByRole('main').getByRole('link', { name: /Add a driver/ }).first().click()
    await agent.getByText('Lena Hollis').first().waitFor()
    await button(agent, 'Approve it').click()
    await agent.getByText(/^Done/).first().waitFor()

    await customer.goto(policy)
    await customer.getByRole('link', { name: /Lena Hollis/ }).first().waitFor()
    await customer.getByRole('main').locator('section', { hasText: 'Covers' }).last().getByRole('link').first().click()
    await ask(customer, 'Is she covered in France, too?')
    await reply(agent, customer, 'Is she covered in France, too?', 'Yes, in all of the EU and in Switzerland.')
    await customer.getByText('Yes, in all of the EU and in Switzerland.').first().waitFor()
  })

  test(`with the telephone company: one line of an invoice is disputed (${engine})`, { timeout: 120000 * slow }, async t => {
    const { customer, agent } = await both(t, engine, 'telecom')
    await customer.goto('/things')
    await link(customer, /Invoice|XM-/).click()
    await link(customer, /Quiz & Win/).click()
    const line = customer.url()
    await doBusiness(customer, 'Dispute this line', async page => {
      await page.getByLabel('What is wrong').selectOption('not_ordered')
      await page.getByLabel('What happened').fill('I have never won anything.')
    })
    const receipt = customer.url()
    await agent.goto('/requests?state=sent')
    await agent.getByRole('main').getByRole('link', { name: /Dispute this line/ }).first().click()
    await agent.getByText('I have never won anything.').first().waitFor()
    await agent.getByRole('main').locator('textarea[name=note]').last().fill('The money is back with your next invoice.')
    await button(agent, 'It is done').click()
    await agent.getByText('The money is back with your next invoice.').first().waitFor()
    await customer.goto(receipt)
    await customer.getByText('The money is back with your next invoice.').first().waitFor()
    await customer.goto(line)
    await customer.getByRole('heading', { name: 'Requests' }).waitFor()
  })
}
