// What end-to-end tests share: a server of their own in a fresh home (or PostgreSQL schema), calls to its API, a browser.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

export const program = resolve(process.env.RIALTO_BUILD ?? 'build', 'rialto')
export const shared = resolve(process.env.RIALTO_SHARED ?? '../shared')
export const password = 'rialto-demo'
export const engines = process.env.RIALTO_TEST_PG ? ['sqlite', 'postgresql'] : ['sqlite']
if (engines.length < 2) console.log('SKIPPED: PostgreSQL, since RIALTO_TEST_PG is not set')

let schemas = 0
export const slow = /san/.test(program) ? 6 : 1          // sanitizers take their time

/** The time of a home's servers and commands (tests/README.md): set to a moment, from which it goes on. */
export class Clock {
  constructor(file, moment) {
    this.file = file
    this.fd = openSync(file, 'w')
    this.set(moment)
  }
  set(moment) {
    const bytes = Buffer.alloc(8)
    this.moved = Date.parse(moment) - Date.now()
    bytes.writeBigInt64LE(BigInt(this.moved) * 1000n)
    writeSync(this.fd, bytes, 0, 8, 0)
  }
  now() { return new Date(Date.now() + this.moved) }
}

/** A place for a business: its options for the command line. clock: the moment at which its time begins; else it has the system's. */
export class Home {
  constructor(engine = 'sqlite', { clock } = {}) {
    this.engine = engine
    this.dir = mkdtempSync(join(tmpdir(), 'rialto-e2e-'))
    this.options = ['--home', this.dir]
    this.env = { ...process.env }
    if (clock) {
      this.clock = new Clock(join(this.dir, 'clock'), clock)
      this.env.RIALTO_CLOCK = this.clock.file
    }
    if (engine === 'postgresql') {
      const url = process.env.RIALTO_TEST_PG
      this.url = `${url}${url.includes('?') ? '&' : '?'}schema=e2e_${process.pid}_${++schemas}`
      this.options.push('--database', this.url)
    }
  }
  /** Runs `rialto VERB …`; returns {code, out, err}. */
  run(verb, args = [], { input = '', env = {} } = {}) {
    const r = spawnSync(program, [verb, ...args, ...this.options], { input, encoding: 'utf8', maxBuffer: 1 << 28, env: { ...this.env, ...env } })
    return { code: r.status, out: r.stdout, err: r.stderr }
  }
  must(verb, args = [], more) {
    const r = this.run(verb, args, more)
    if (r.code !== 0) throw new Error(`rialto ${verb} ${args.join(' ')}: exit ${r.code}\n${r.err}`)
    return r.out
  }
  demo(pack = 'telecom') { this.must('demo', ['--pack', pack, '--no-serve']); return this }
  init(pack = 'telecom', name = 'Test & Söhne') {
    this.must('init', ['--pack', pack, '--name', name, '--admin', 'owner@demo.example', '--password-stdin'], { input: password + '\n' })
    return this
  }
  addPerson(name, email, role = 'customer') {
    this.must('user', ['add', '--name', name, '--email', email, '--role', role, '--password-stdin'], { input: password + '\n' })
  }
  token(email) { return this.must('token', ['--person', email]).trim() }
  async serve(args = [], env = {}) { return await new Server(this, args, env).ready }
  done() {
    if (this.clock) closeSync(this.clock.fd)
    rmSync(this.dir, { recursive: true, force: true })
  }
}

export class Server {
  constructor(home, args = [], env = {}) {
    this.home = home
    this.log = ''
    this.child = spawn(program, ['serve', '--listen', '127.0.0.1:0', ...args, ...home.options], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...home.env, ...env } })
    this.pid = this.child.pid
    this.ended = new Promise(r => this.child.on('exit', (code, signal) => { if (code || signal === 'SIGABRT') console.log(this.log.slice(-6000)); r({ code, signal }) }))
    this.ready = new Promise((good, bad) => {
      const late = setTimeout(() => bad(new Error('the server did not start: ' + this.log)), 20000 * slow)
      this.child.stderr.on('data', d => {
        this.log += d
        const m = /listening on (http:\/\/\S+)/.exec(this.log)
        if (m) { clearTimeout(late); this.url = m[1]; good(this) }
      })
      this.child.on('exit', code => { clearTimeout(late); bad(new Error(`the server ended with ${code}: ${this.log}`)) })
    })
  }
  async stop(signal = 'SIGTERM') { this.child.kill(signal); return await this.ended }
  /** Calls the API: api('GET', '/people/me', {token}) → {status, headers, body}. */
  async api(method, path, { token, body, headers = {}, raw } = {}) {
    const h = { ...headers }
    if (token) h.Authorization = 'Bearer ' + token
    if (body !== undefined && !(body instanceof FormData) && !raw) h['Content-Type'] = 'application/json'
    const r = await fetch(this.url + (path.startsWith('/api') ? path : '/api/v1' + path),
      { method, headers: h, redirect: 'manual', body: body === undefined ? undefined : raw || body instanceof FormData ? body : JSON.stringify(body) })
    const text = await r.text()
    let parsed = text
    try { parsed = JSON.parse(text) } catch { /* not JSON */ }
    return { status: r.status, headers: r.headers, body: parsed }
  }
  async page(path, { cookie, headers = {} } = {}) {
    const r = await fetch(this.url + path, { redirect: 'manual', headers: { Accept: 'text/html', ...(cookie ? { Cookie: cookie } : {}), ...headers } })
    return { status: r.status, headers: r.headers, text: await r.text() }
  }
  /** Logs in like a browser without scripts; returns the cookie. */
  async login(email, secret = password) {
    const r = await fetch(this.url + '/login', { method: 'POST', redirect: 'manual', body: new URLSearchParams({ login: email, password: secret }), headers: { Accept: 'text/html' } })
    const set = /(?:^|, )(rialto=[^;]+)/.exec(r.headers.get('set-cookie'))
    if (!set) throw new Error(`${email} could not log in: ${r.status}`)
    return set[1]
  }
}

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']
let started
export async function browser() { return started ??= await chromium.launch({ executablePath: '/usr/bin/chromium-headless-shell', args: flags }) }
export async function closeBrowser() { if (started) await started.close(); started = undefined }

/** A page of a fresh visitor; fails the test on script errors and on requests to other hosts. */
export async function visitor(server, { js = true, locale = 'en-GB', width = 1280, ...more } = {}) {
  const context = await (await browser()).newContext({ baseURL: server.url, javaScriptEnabled: js, locale, viewport: { width, height: 900 }, ...more })
  const page = await context.newPage()
  page.faults = []
  page.engine = server.home.engine
  page.on('pageerror', e => page.faults.push(String(e)))
  page.on('request', r => { if (!r.url().startsWith(server.url) && !/^(data|blob|about):/.test(r.url())) page.faults.push('asks another host: ' + r.url()) })
  page.setDefaultTimeout(10000 * slow)
  return page
}
export async function logIn(page, email, secret = password) {
  if (!/\/login/.test(page.url())) await page.goto('/login')
  const form = page.locator('form:has(input[type=password])').first()
  await form.locator('input[name=login]').fill(email)
  await form.locator('input[type=password]').fill(secret)
  await Promise.all([page.waitForURL(u => !/\/login/.test(u.pathname)), form.locator('button').first().click()])
}
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** What axe finds on the page, as short lines. The pages are the same on all engines: it looks at those of the first. */
export async function audit(page) {
  if (page.engine !== engines[0]) return []
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe)
  const r = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], preload: false }))
  return r.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')}`)
}
export const have = file => existsSync(join(shared, file)) || (console.log(`SKIPPED: ${file} is not beside the repository`), false)
export const sleep = ms => new Promise(r => setTimeout(r, ms))
export const until = async (what, ms = 15000 * slow) => {
  for (const end = Date.now() + ms; ;) {
    const r = await what()
    if (r) return r
    if (Date.now() > end) throw new Error('it did not come: ' + what)
    await sleep(50)
  }
}
