// The community as people use it: a visitor who reads and is asked to log in, a customer who reports, joins, follows and keeps a profile,
// an agent who answers. What one does stands on the open pages of the others without a reload. Every page is looked over by axe.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { audit, closeBrowser, engines, Home, logIn, until, visitor, slow } from './lib.mjs'

after(closeBrowser)

let looked = false
const firm = 'XYZ Mobile', train = 'No signal on the train between Athenry and Tuam'
const ruth = 'customer@demo.example', jonas = 'jonas@demo.example', daniel = 'agent@demo.example', kofi = 'manager@demo.example'

/** The browser of someone who is logged in already. */
async function as(server, email, options) {
  const page = await visitor(server, options)
  const [name, value] = (server.sessions[email] ??= await server.login(email)).split('=')
  await page.context().addCookies([{ name, value, url: server.url }])
  return page
}
const done = async (...pages) => { for (const p of pages) { assert.deepEqual(p.faults, [], p.url()); await p.context().close() } }

/** The page as it stands (the same on all engines, so the first is enough): axe finds nothing, nothing sticks out sideways; wide and narrow, and for main pages in light and in dark. */
async function look(page, main = false) {
  if (looked) return
  const looks = main ? [[1280, 'light'], [1280, 'dark'], [360, 'light']] : [[1280, 'light'], [360, 'dark']]
  const was = page.viewportSize()
  for (const [width, colorScheme] of looks) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.evaluate(() => Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations < 99).map(a => a.finished.catch(() => {}))))
    const at = `${page.url()} at ${width} px, ${colorScheme}`
    assert.deepEqual(await audit(page), [], at)
    const [has, fits] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
    assert.ok(has <= fits, `${at}: ${has} px wide`)
    assert.deepEqual(page.faults, [], at)
  }
  await page.setViewportSize(was)
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
}
const idOf = page => +/\/conversations\/(\d+)/.exec(page.url())[1]
const votes = page => page.locator('.big [data-votes]').textContent().then(t => +t.replace(/\D/g, ''))
const shows = (page, text) => page.getByText(text).first().waitFor()
const has = async (page, text) => (await page.locator('main').innerText()).includes(text)
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
const card = page => page.locator('ol.reports > li')

/** A photo as a phone makes it: a JPEG whose EXIF says where it was taken. */
async function phonePhoto(page) {
  const drawn = await page.evaluate(() => {
    const c = Object.assign(document.createElement('canvas'), { width: 320, height: 200 }), g = c.getContext('2d')
    g.fillStyle = '#27a'; g.fillRect(0, 0, 320, 200); g.fillStyle = '#fd4'; g.fillRect(60, 50, 90, 90)
    return c.toDataURL('image/jpeg', 0.9).split(',')[1]
  })
  const jpeg = Buffer.from(drawn, 'base64')
  const degrees = d => { const b = Buffer.alloc(24); [[d, 1], [16, 1], [3, 1]].flat().forEach((n, i) => b.writeUInt32BE(n, 4 * i)); return b }
  const entry = (tag, type, count, value) => { const b = Buffer.alloc(12); b.writeUInt16BE(tag); b.writeUInt16BE(type, 2); b.writeUInt32BE(count, 4); typeof value === 'string' ? b.write(value, 8) : b.writeUInt32BE(value, 8); return b }
  const short = n => { const b = Buffer.alloc(2); b.writeUInt16BE(n); return b }
  const none = Buffer.alloc(4), make = Buffer.from('SpyPhone 7\0\0')
  // header 8, IFD0 2 + 2 * 12 + 4, the maker's name 12, GPS IFD 2 + 4 * 12 + 4, then the degrees
  const tiff = Buffer.concat([Buffer.from('MM\0*\0\0\0\x08', 'latin1'), short(2), entry(0x010f, 2, 11, 38), entry(0x8825, 4, 1, 50), none, make,
    short(4), entry(1, 2, 2, 'N'), entry(2, 5, 3, 104), entry(3, 2, 2, 'W'), entry(4, 5, 3, 128), none, degrees(53), degrees(9)])
  const exif = Buffer.concat([Buffer.from('Exif\0\0'), tiff])
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), short(exif.length + 2), exif, jpeg.subarray(2)])
}

for (const engine of engines) {
  test(`the community (${engine})`, { timeout: 600000 * slow }, async t => {
    const home = new Home(engine).demo()
    const server = await home.serve()
    server.sessions = {}
    t.after(async () => { looked = true; await server.stop(); home.done() })

    await t.test('a visitor reads: two doors, orders, map, a report, search, German', async () => {
      const page = await visitor(server)
      await page.goto('/')
      assert.equal(await page.locator('.doors > a.door').count(), 2)
      await until(async () => await page.locator('#map-box .m-pin').count() > 2)
      await until(async () => /\d/.test(await page.locator('#map-says').textContent()))
      await look(page, true)

      const first = () => card(page).first().locator('h3').textContent()
      assert.equal(await first(), train, 'by impact')
      await page.getByRole('link', { name: 'Newest' }).click()
      await page.waitForURL(/sort=new/)
      const newest = await first()
      await page.getByRole('link', { name: 'Just answered' }).click()
      await page.waitForURL(/sort=answered/)
      const answered = await first()
      assert.notEqual(newest, answered)
      await page.getByRole('link', { name: 'By impact' }).click()
      await page.waitForURL(u => !/sort=(new|answered)/.test(u.search))
      assert.equal(await first(), train)
      await look(page, true)

      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Map' }).click()
      await until(async () => await page.locator('#map-box .m-pin').count() > 2)
      const says = await page.locator('#map-says').textContent(), changed = async () => await page.locator('#map-says').textContent() !== says
      for (let step = 0; step < 8 && !await changed(); step++) { // each step is waited for: so close that nothing is left says the same for ever
        await page.getByRole('button', { name: 'Closer', exact: true }).click()
        await until(changed, 2000).catch(() => {})
      }
      assert.ok(await changed())
      assert.ok(await card(page).count() > 5, 'the list beside the map')
      assert.ok(await page.locator('ol.places > li').count() > 2)
      await look(page, true)
      await page.getByRole('link', { name: 'Ideas', exact: true }).last().click()
      await shows(page, 'Ideas on the map')

      await page.goto('/')
      await page.getByRole('link', { name: train }).first().click()
      await page.waitForURL(/\/conversations\/\d+$/)
      await shows(page, 'Our answer')
      assert.ok(await page.locator('ol.track > li').count() >= 2)
      assert.ok(await page.locator('ol.thread > li').count() >= 3)
      assert.equal(await page.locator('.msg-note').count(), 0)
      await until(() => page.locator('.photo').first().evaluate(i => i.complete && i.naturalWidth > 0))
      await until(async () => await page.locator('.m-drop').count() === 1)
      await look(page, true)

      const answer = page.locator('.official')
      assert.ok(await answer.evaluate((el) => el.compareDocumentPosition(document.querySelector('ol.thread')) & 4), 'the answer before the comments')

      await page.getByRole('banner').getByRole('searchbox', { name: 'Search' }).fill('ferry')
      await page.getByRole('banner').getByRole('searchbox', { name: 'Search' }).press('Enter')
      await page.waitForURL(/\/search\?q=ferry/)
      await until(async () => { await page.reload(); return /ferry/.test(await page.locator('#found').textContent()) })
      await look(page)
      await page.goto('/problems?q=zeppelin')
      await shows(page, 'Nobody has said that yet')
      await look(page)

      for (const path of ['/ideas', '/questions', '/firm', '/login', '/forgot', '/api', '/conversations/999999', '/report?kind=need']) {
        await page.goto(path)
        await look(page)
      }
      await page.goto('/')
      await page.getByLabel('Deutsch').check({ force: true })
      await until(async () => {
        if (await page.locator('html').getAttribute('lang') === 'de') return true
        const button = page.getByRole('button', { name: 'Use these' })
        if (await button.isVisible()) await button.click()
      })
      assert.equal(await page.locator('html').getAttribute('lang'), 'de')
      for (const path of ['/', '/problems', '/report']) { await page.goto(path); await look(page) }
      await page.goto('/problems')
      await shows(page, 'Nach Gewicht')
      await done(page)
    })

    await t.test('a visitor who wants to say something is asked to log in, and finds all as it was', async () => {
      const page = await visitor(server)
      await page.goto('/problems?q=library')
      await page.getByRole('link', { name: 'One bar inside the new library' }).first().click()
      await page.waitForURL(/\/conversations\/\d+$/)
      const report = page.url(), before = await votes(page)
      await page.locator('.metoo-wide').click()
      await page.waitForURL(/\/login/)
      await look(page)
      await logIn(page, ruth)
      await page.waitForURL(report)
      if (await page.locator('.metoo-wide').getAttribute('aria-pressed') === 'false') await page.locator('.metoo-wide').click()
      await shows(page, 'You said me too')
      assert.equal(await votes(page), before + 1)
      await page.locator('.metoo-wide').click()
      await shows(page, 'One voice each')
      assert.equal(await votes(page), before)
      await done(page)

      const words = await visitor(server)
      await words.goto('/')
      await words.locator('.door').nth(1).click()
      await words.waitForURL(/\/report/)
      await words.getByLabel('In one sentence').fill('Parcels are left beside the quay')
      await words.getByLabel('Tell us more').fill('Twice now.\n\nIn the "rain" & wind – für alle.')
      await words.getByLabel('Town or address').fill('Athlone')
      await words.locator('#places input').first().waitFor()
      await words.locator('#places input').first().check()
      await words.getByRole('button', { name: `Tell ${firm}` }).click()
      await words.waitForURL(/\/login/)
      await logIn(words, jonas)
      await words.waitForURL(/\/report/)
      assert.equal(await words.getByLabel('In one sentence').inputValue(), 'Parcels are left beside the quay')
      assert.equal((await words.getByLabel('Tell us more').inputValue()).replace(/\r/g, ''), 'Twice now.\n\nIn the "rain" & wind – für alle.')
      assert.equal(await words.getByLabel('Town or address').inputValue(), 'Athlone')
      await words.getByRole('button', { name: `Tell ${firm}` }).click()
      await words.waitForURL(/\/conversations\/\d+/)
      await shows(words, 'Parcels are left beside the quay')
      await shows(words, 'In the "rain" & wind – für alle.')
      await done(words)

      const comment = await visitor(server)
      await comment.goto(report)
      await comment.getByLabel('Add a comment').fill('In the reading room, too.')
      await press(comment, 'Comment')
      await comment.waitForURL(/\/login/)
      await logIn(comment, ruth)
      await comment.waitForURL(/\/conversations\/\d+/)
      assert.equal(await comment.getByLabel('Add a comment').inputValue(), 'In the reading room, too.')
      await press(comment, 'Comment')
      await shows(comment, 'In the reading room, too.')
      await done(comment)
    })

    await t.test('all of it without scripts', async () => {
      const page = await visitor(server, { js: false })
      await page.goto('/')
      assert.equal(await page.locator('.doors > a.door').count(), 2)
      assert.ok(await page.locator('ol.places > li').count() > 2, 'towns instead of the map')
      for (const [language, code] of [['Deutsch', 'de'], ['English', 'en']]) {
        await page.locator('form[action="/appearance"]').getByLabel(language).check({ force: true })
        await page.getByRole('button', { name: /^(Use these|Übernehmen)$/ }).click()
        await until(async () => await page.locator('html').getAttribute('lang') === code)
      }
      await page.getByRole('link', { name: 'Newest' }).click()
      await page.waitForURL(/sort=new/)
      await page.getByRole('link', { name: /motorway past Athlone/ }).first().click()
      const report = page.url(), before = await votes(page)
      await page.locator('.metoo-wide').click()
      await page.waitForURL(/\/login/)
      await logIn(page, jonas)
      await page.waitForURL(/\/conversations\/\d+/)
      await page.locator('.metoo-wide').click()
      await page.waitForURL(report)
      assert.equal(await votes(page), before + 1)
      assert.equal(await page.locator('.metoo-wide').getAttribute('aria-pressed'), 'true')
      await page.getByLabel('Add a comment').fill('Without a **script**.')
      await press(page, 'Comment')
      assert.equal(await page.locator('.msg strong', { hasText: 'script' }).count(), 1)

      await page.goto('/report?kind=need')
      await page.getByLabel('In one sentence').fill('A counter at the harbour')
      await page.getByLabel('Tell us more').fill('For those who come by boat.')
      await page.getByLabel('Town or address').fill('Newcastle')
      await press(page, 'Look whether someone said it already')
      assert.equal(await page.getByLabel('In one sentence').inputValue(), 'A counter at the harbour')
      await page.locator('#places label', { hasText: 'Newcastle West' }).locator('input').check()
      await page.getByRole('button', { name: `Tell ${firm}` }).click()
      if (await page.getByText('Someone may have said this already').count()) await page.getByRole('button', { name: `Tell ${firm}` }).click()
      await page.waitForURL(/\/conversations\/\d+/)
      await shows(page, 'A counter at the harbour')
      const made = await server.api('GET', `/conversations/${idOf(page)}`)
      assert.ok(Math.abs(made.body.place.lat - 52.45) < 0.1 && Math.abs(made.body.place.lon + 9.06) < 0.1, JSON.stringify(made.body.place))
      await done(page)
    })

    let mine // Ruth's report
    await t.test('a customer reports with a place and a photo, and joins what is there', async () => {
      const page = await as(server, ruth)
      await page.goto('/report?kind=problem')
      await page.getByLabel('In one sentence').fill('The box at the old mill hums all night')
      await page.getByLabel('Tell us more').fill('Since the storm. *Nobody* sleeps.')
      const map = page.locator('#pick')
      await map.scrollIntoViewIfNeeded()
      await until(async () => await map.locator('.leaflet-tile, .m-land').count() > 0)
      await map.click({ position: { x: 150, y: 90 } })
      await until(async () => await page.locator('#lat').inputValue() !== '')
      const lat = +await page.locator('#lat').inputValue(), lon = +await page.locator('#lon').inputValue()
      const photo = await phonePhoto(page)
      assert.ok(photo.includes('SpyPhone'))
      await page.locator('#photos').setInputFiles({ name: 'mill.jpg', mimeType: 'image/jpeg', buffer: photo })
      await shows(page, /mill\.jpg/)
      await look(page, true)
      await page.getByRole('button', { name: `Tell ${firm}` }).click()
      await page.waitForURL(/\/conversations\/\d+/)
      mine = idOf(page)
      await shows(page, 'The box at the old mill hums all night')
      const made = (await server.api('GET', `/conversations/${mine}`)).body
      assert.ok(Math.abs(made.place.lat - lat) < 1e-4 && Math.abs(made.place.lon - lon) < 1e-4)
      const src = await page.locator('img.photo').getAttribute('src')
      const served = await fetch(server.url + src), bytes = Buffer.from(await served.arrayBuffer())
      assert.equal(served.headers.get('content-type'), 'image/webp')
      assert.equal(bytes.toString('latin1', 8, 12), 'WEBP')
      assert.ok(!bytes.includes('Exif') && !bytes.includes('EXIF') && !bytes.includes('SpyPhone'), 'where it was taken is gone')
      await look(page)

      // What others said is shown while typing; one click joins them.
      await page.goto('/report?kind=problem')
      await page.getByLabel('In one sentence').pressSequentially('no signal on the train to Tuam')
      const like = page.locator('#similar li', { hasText: train })
      await like.waitFor()
      await look(page)
      const before = (await server.api('GET', '/conversations?q=train%20athenry')).body.data.find(c => c.subject === train)
      await like.getByRole('button', { name: 'I would have written the same' }).click()
      await page.waitForURL(`**${before.url}`)
      await shows(page, 'You said me too')
      assert.equal(await votes(page), before.votes + 1)
      assert.equal((await server.api('GET', '/conversations?q=hums')).body.data.length, 1, 'and nothing was reported twice')
      await done(page)
    })

    await t.test('a voice, a follower, a comment and a reply; others see them come', async () => {
      const page = await as(server, jonas), watcher = await visitor(server)
      await watcher.goto(`/conversations/${mine}`)
      await page.goto(`/conversations/${mine}`)
      assert.equal(await votes(watcher), 1)
      await page.locator('.metoo-wide').click()
      await shows(page, 'You said me too')
      await until(async () => await votes(watcher) === 2)
      assert.match(await watcher.locator('.big').innerText(), /2 people say so/)
      await page.locator('.metoo-wide').click()
      await until(async () => await votes(watcher) === 1)
      await shows(page, 'One voice each')
      const follow = page.getByRole('button', { name: /^Follow/ })
      if (await follow.getAttribute('aria-pressed') === 'true') {
        await follow.click()
        await until(async () => await follow.getAttribute('aria-pressed') === 'false')
      }
      await follow.click()
      await until(async () => await follow.getAttribute('aria-pressed') === 'true')
      assert.equal((await server.api('GET', `/conversations/${mine}`, { headers: { Cookie: server.sessions[jonas] } })).body.follows, true)

      await page.getByLabel('Add a comment').fill('I hear it across the river.')
      await press(page, 'Comment')
      await shows(page, 'I hear it across the river.')
      await until(() => has(watcher, 'I hear it across the river.'))
      const author = await as(server, ruth)
      await author.goto(`/conversations/${mine}`)
      await author.locator('.msg', { hasText: 'across the river' }).getByRole('link', { name: /^Reply/ }).click()
      await shows(author, /^You answer Jonas/)
      await author.getByLabel('Add a comment').fill('Then it is loud.')
      await press(author, 'Comment')
      await until(() => has(page, 'Then it is loud.'))
      await until(async () => /to Jonas/.test(await watcher.locator('.msg', { hasText: 'Then it is loud.' }).innerText().catch(() => '')))
      await look(author)
      await done(page, watcher, author)
    })

    await t.test('without scripts: photos outlive a form that is not taken, older words can be read, all is in "my reports"', async () => {
      const page = await as(server, jonas, { js: false })
      const scripted = await as(server, jonas), photo = await phonePhoto(scripted)
      await page.goto('/report')
      await page.getByLabel('In one sentence').fill('The lamp at Salmon Weir flickers')
      await page.getByLabel('Town or address').fill('Springfield')
      await page.locator('#photos').setInputFiles({ name: 'lamp.jpg', mimeType: 'image/jpeg', buffer: photo })
      await press(page, `Tell ${firm}`)
      await shows(page, 'There are several of that name')
      assert.equal(await page.getByLabel('Send this photo').count(), 1)
      await page.getByLabel('Town or address').fill('Galway')
      await press(page, `Tell ${firm}`)
      await page.waitForURL(/\/conversations\/\d+$/)
      assert.equal(await page.locator('img.photo').count(), 1)
      const address = page.url()
      await page.getByRole('link', { name: 'Change it' }).click()
      await page.getByLabel('In one sentence').fill('The lamp at Salmon Weir is dark')
      await press(page, 'Save the change')
      await page.waitForURL(address)
      const reader = await visitor(server)
      await reader.goto(address)
      await reader.getByRole('link', { name: 'changed ' }).click()
      await shows(reader, 'The lamp at Salmon Weir flickers')
      await look(reader, true)
      for (const show of ['told', 'followed']) {
        await scripted.goto(`/mine?show=${show}`)
        await shows(scripted, 'The lamp at Salmon Weir is dark')
        await look(scripted)
      }
      await done(page, reader, scripted)
    })

    await t.test('a customer says who sees what; others see no more', async () => {
      const page = await as(server, ruth)
      await page.goto('/me')
      await look(page, true)
      await page.getByRole('link', { name: 'Edit my profile' }).click()
      await page.getByLabel('About you').first().fill('I keep bees and read the Irish Times.')
      await page.getByLabel('Who sees: About you').selectOption('public')
      await page.getByLabel('Best time').first().fill('only when the heron is out')
      await page.getByLabel('Who sees: Best time').selectOption('me')
      await page.getByLabel('Who sees: Phone').selectOption('me')
      await page.getByLabel('Languages').first().fill('English, Gaeilge-for-the-firm')
      await page.getByLabel('Who sees: Languages').selectOption('staff')
      await look(page, true)
      await press(page, 'Save the profile')
      await page.waitForURL(u => !/edit/.test(u.pathname))
      await shows(page, 'I keep bees')
      await shows(page, 'only when the heron is out')
      const person = +/\/people\/(\d+)/.exec(await page.getByRole('link', { name: 'Edit my profile' }).getAttribute('href'))[1]
      const seen = async (who, ...expected) => {
        const texts = []
        const other = who ? await as(server, who) : await visitor(server)
        await other.goto(`/people/${person}`)
        texts.push(await other.content())
        texts.push(JSON.stringify((await server.api('GET', `/people/${person}`, { headers: who ? { Cookie: server.sessions[who] } : {} })).body))
        await done(other)
        for (const text of texts) {
          for (const [word, yes] of [['I keep bees', expected[0]], ['Gaeilge-for-the-firm', expected[1]], ['heron is out', false], ['555 0144', false], ['14 Canal Walk', expected[1]]])
            assert.equal(text.includes(word), yes, `${who ?? 'a visitor'}: ${word}`)
        }
      }
      await seen(null, true, false)
      await seen(jonas, true, false)
      await seen(daniel, true, true)
      for (const path of ['/me?tab=said', '/me?tab=changed', `/people/${person}/photo`, '/me/login', '/notices']) {
        await page.goto(path)
        await look(page)
      }
      await done(page)
      server.ruth = person
    })

    await t.test('an agent works: states, reasons, answers, notes; all of it live', async () => {
      const page = await as(server, daniel), watcher = await visitor(server), author = await as(server, ruth)
      // what the visitor's stream says, word for word
      const heard = [], stop = new AbortController()
      const stream = await fetch(`${server.url}/live?topics=conversation:${mine},conversations`, { signal: stop.signal })
      ;(async () => { try { for await (const c of stream.body) heard.push(Buffer.from(c).toString()) } catch { /* stopped */ } })()
      await page.goto('/desk')
      await look(page, true)
      await page.locator('.inbox').getByRole('link', { name: /old mill/ }).first().click()
      await page.waitForURL(`**/conversations/${mine}`)
      await watcher.goto(`/conversations/${mine}`)
      await author.goto(`/conversations/${mine}`)
      const state = () => watcher.locator('header .status-pill').first().innerText()
      const say = async (kind, words, to) => {
        await page.locator('#say label', { hasText: kind }).click()
        await page.locator('#say textarea').fill(words)
        if (to) await page.getByLabel('State from then on').selectOption(to)
        await press(page, 'Send it')
      }
      await say('Official answer', 'We look at it **on Monday**.', 'planned')
      await shows(page, 'on Monday')
      await until(async () => /Planned/.test(await state()))
      await until(() => has(watcher, 'We look at it on Monday.'))
      assert.ok(await watcher.locator('.official').evaluate(el => el.compareDocumentPosition(document.querySelector('ol.thread')) & 4), 'first')
      await say('Official answer', 'The mechanic is on the way.', 'in_work')
      await until(async () => /In work/i.test(await state()))
      await shows(page, 'What we answered before')

      // without words "not done" is not taken
      await say('Official answer', '', 'not_done')
      await until(async () => await page.locator('[role=alert], .error').count() > 0)
      assert.match(await state(), /In work/i)
      await look(page)
      await page.goto(`/conversations/${mine}`)

      await say('Note for the team', 'He rang the mayor: xyzzynote.')
      await page.locator('.msg-note', { hasText: 'xyzzynote' }).waitFor()
      await look(page)
      // after the note something public, so that all who listen have caught up
      await say('Comment', 'Thank you for your patience.')
      await until(() => has(watcher, 'Thank you for your patience.'))
      await until(() => has(author, 'Thank you for your patience.'))
      assert.ok(!(await watcher.content()).includes('xyzzynote') && !(await author.content()).includes('xyzzynote'))
      for (const headers of [{}, { Cookie: server.sessions[ruth] }]) {
        for (const path of [`/conversations/${mine}`, `/conversations/${mine}/messages?limit=200`, '/events?after=0&limit=200', '/conversations?q=xyzzynote'])
          assert.ok(!JSON.stringify((await server.api('GET', path, { headers })).body).includes('xyzzynote'), path)
      }
      assert.ok(JSON.stringify((await server.api('GET', `/conversations/${mine}/messages?limit=200`, { headers: { Cookie: server.sessions[daniel] } })).body).includes('xyzzynote'))
      await until(() => heard.join('').includes(`conversation:${mine}`))
      assert.ok(!heard.join('').includes('xyzzynote'))
      stop.abort()

      // Ruth is told
      await until(async () => { await author.goto('/notices'); return has(author, `Daniel Okafor of ${firm} has answered.`) })
      await look(author)
      await author.getByRole('link', { name: /old mill/ }).first().click()
      await author.waitForURL(new RegExp(`/conversations/${mine}`))

      // a comment taken down is gone for all but the team
      await page.locator('.msg', { hasText: 'across the river' }).first().getByRole('button', { name: 'Take it down' }).click()
      await shows(page, 'taken down, only the team sees it')
      await until(async () => !(await has(watcher, 'I hear it across the river.')))
      assert.ok(!(await server.page(`/conversations/${mine}`)).text.includes('across the river'))
      assert.ok(!JSON.stringify((await server.api('GET', `/conversations/${mine}/messages`)).body).includes('across the river'))

      // not fixed for me
      await say('Official answer', 'The box is quiet now.', 'done')
      await until(async () => /Done/.test(await state()))
      await author.goto(`/conversations/${mine}`)
      await author.getByText('Not fixed for me').first().click()
      await author.getByLabel('What is still wrong?').fill('It hums again since Tuesday.')
      await look(author)
      await press(author, 'Open it again')
      await shows(author, 'opened again once')
      await until(async () => !/Done/.test(await state()))
      await until(() => has(watcher, 'It hums again since Tuesday.'))
      await page.goto('/desk')
      await page.locator('#again').locator('..').getByRole('link', { name: /old mill/ }).waitFor()

      // why it stands where it stands: what it is worth is for the team
      await page.goto('/problems')
      assert.match(await card(page).first().innerText(), /worth .*[\d] a year/)
      await look(page)
      await watcher.goto('/problems')
      assert.doesNotMatch(await watcher.locator('main').innerText(), /worth /)
      assert.ok(await card(watcher).locator('p.meta .with-icon').count() > 0, 'but why is said to everyone')
      await done(page, watcher, author)
    })

    await t.test('a look at a customer is written down, and the manager reads it', async () => {
      const page = await as(server, daniel), manager = await as(server, kofi)
      await page.goto('/people')
      await look(page, true)
      await page.goto('/people?q=Ruth')
      await page.locator('main').getByRole('link', { name: /Ruth Kessler/ }).first().click()
      await page.waitForURL(`**/people/${server.ruth}`)
      await look(page, true)
      for (const path of [`/people/${server.ruth}/edit`, '/people/new', '/outbox']) { await page.goto(path); await look(page) }
      await until(async () => {
        await manager.goto('/audit')
        return (await manager.locator('tbody tr', { hasText: 'Daniel Okafor' }).filter({ hasText: 'Ruth Kessler' }).count()) > 0
      })
      await look(manager, true)
      for (const path of ['/admin', '/admin/firm', '/admin/mail', '/admin/firm/logo', '/import']) { await manager.goto(path); await look(manager) }
      await page.goto('/audit')
      assert.ok(!(await has(page, 'Who looked at what')), 'not for agents')
      await done(page, manager)
    })
  })
}
