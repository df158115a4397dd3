// Measures Rialto against references in the same run, in turns, so that a noisy machine is noisy for both. Ratio is always ours as a
// share of the reference's speed.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { promises } from './promises.mjs'
import { records } from './records.mjs'

const program = resolve(process.env.RIALTO_BUILD ?? 'build', 'rialto')
const only = process.argv[2] ?? ''
const dir = mkdtempSync(join(tmpdir(), 'rialto-bench-'))
const home = join(dir, 'home')
const results = []
// A connection of its own each time: while a measurement blocks us, the server ends idle ones and we would not notice.
const fetch = (url, o = {}) => globalThis.fetch(url, { ...o, headers: { ...o.headers, Connection: 'close' } })
const median = a => [...a].sort((x, y) => x - y)[a.length >> 1]
const spread = a => `${Math.min(...a).toFixed(2)}–${Math.max(...a).toFixed(2)}`
const run = (verb, ...args) => {
  const r = spawnSync(program, [verb, ...args, '--home', home], { encoding: 'utf8', input: 'rialto-demo\n', maxBuffer: 1 << 28 })
  if (r.status !== 0) throw new Error(`rialto ${verb}: ${r.stderr}`)
  return r.stdout.trim()
}
function note(name, value, unit, reference, ratio, aim, more = '') {
  results.push({ name, value: +value.toFixed(3), unit, reference, ratio: ratio === null ? null : +ratio.toFixed(3), aim })
  console.log(`${name.padEnd(52)} ${value.toFixed(value < 10 ? 2 : 0).padStart(9)} ${unit.padEnd(12)} ${ratio === null ? '' : 'ratio ' + ratio.toFixed(2)}  aim ${aim}  ${more}`)
}
const ticks = pid => {
  const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (+f[11] + +f[12]) * 10   // milliseconds
}
const memory = pid => +/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]

const slowDisk = { ...process.env, LD_PRELOAD: resolve('build/bench/slow_sync.so') }

function serve(env = process.env, at = home, where = []) {
  const child = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--home', at, ...where], { stdio: ['ignore', 'ignore', 'pipe'], env })
  return new Promise((good, bad) => {
    let log = ''
    child.on('exit', c => bad(new Error(`the server ended with ${c}: ${log}`)))
    child.stderr.on('data', d => {
      const m = /listening on http:\/\/[^:]+:(\d+)/.exec(log += d)
      if (m) good({ child, pid: child.pid, port: +m[1], url: `http://127.0.0.1:${m[1]}` })
    })
  })
}
const ended = child => new Promise(r => child.exitCode !== null ? r() : child.on('exit', r))

/** wrk for some seconds; requests per second. */
function wrk(url, { seconds = 3, connections = 32, headers = [] } = {}) {
  const r = spawnSync('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...headers.flatMap(h => ['-H', h]), url], { encoding: 'utf8' })
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(r.stdout)
  if (r.status !== 0 || bad) throw new Error(`wrk ${url}: ${bad ? bad[0] : r.stderr}`)
  const p99 = /99%\s+([\d.]+)(us|ms|s)/.exec(r.stdout)
  return { rate: +/Requests\/sec:\s+([\d.]+)/.exec(r.stdout)[1], requests: +/(\d+) requests in/.exec(r.stdout)[1],
    p99: +p99[1] * { us: 1e-3, ms: 1, s: 1e3 }[p99[2]] }
}

function startNginx(files) {
  const root = join(dir, 'nginx')
  mkdirSync(root, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(root, name), bytes)
  const port = 20000 + process.pid % 20000
  writeFileSync(join(dir, 'nginx.conf'), `worker_processes 2; error_log stderr crit; pid ${dir}/nginx.pid; daemon off;
events { worker_connections 4096; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=100; default_type text/html;
client_body_temp_path ${dir}; proxy_temp_path ${dir}; fastcgi_temp_path ${dir}; uwsgi_temp_path ${dir}; scgi_temp_path ${dir};
server { listen 127.0.0.1:${port}; root ${root}; } }`)
  const child = spawn('nginx', ['-c', join(dir, 'nginx.conf'), '-p', dir], { stdio: 'ignore' })
  return { child, port, url: `http://127.0.0.1:${port}` }
}

/** Ours and the reference in turns; the median ratio. */
function turns(rounds, ours, theirs) {
  const a = [], b = []
  for (let i = 0; i < rounds; i++) for (const side of i % 2 ? [1, 0] : [0, 1]) side ? b.push(theirs()) : a.push(ours())
  return { a, b, ratios: a.map((x, i) => x.rate / b[i].rate) }
}

async function login(server, email) {
  const r = await fetch(server.url + '/login', { method: 'POST', redirect: 'manual', body: new URLSearchParams({ login: email, password: 'rialto-demo' }) })
  return /(?:^|, )(rialto=[^;]+)/.exec(r.headers.get('set-cookie'))[1]
}

async function pages(server) {
  const list = await (await fetch(server.url + '/api/v1/conversations?kind=problem&sort=impact&limit=1')).json()
  const report = list.data[0].url
  const cookie = await login(server, 'customer@demo.example')
  const cases = [
    ['report page, kept, plain', report, [], '0.95'],
    ['report page, kept, gzip', report, ['Accept-Encoding: gzip'], '0.95'],
    ['list, kept, plain', '/problems', [], '0.95'],
    ['list, kept, gzip', '/problems', ['Accept-Encoding: gzip'], '0.95'],
    ['report page, built for a logged-in person', report, ['Cookie: ' + cookie], 'CPU < 150 us'],
    ['list, built for a logged-in person', '/problems', ['Cookie: ' + cookie], 'CPU < 150 us'],
  ]
  for (const [name, path, headers, aim] of cases) {
    const h = Object.fromEntries(headers.map(x => x.split(': ')))
    let body = Buffer.from(await (await fetch(server.url + path, { headers: { Accept: 'text/html', ...h } })).arrayBuffer())
    if (/gzip/.test(name)) body = gzipSync(body, { level: 5 })
    const nginx = startNginx({ 'page.html': body })
    await new Promise(r => setTimeout(r, 300))
    wrk(server.url + path, { seconds: 1, headers }), wrk(nginx.url + '/page.html', { seconds: 1 })
    let used = 0, made = 0
    const t = turns(5, () => { const c = ticks(server.pid), r = wrk(server.url + path, { headers }); used += ticks(server.pid) - c; made += r.requests; return r },
      () => wrk(nginx.url + '/page.html'))
    nginx.child.kill()
    await ended(nginx.child)
    note(name, median(t.a.map(x => x.rate)), 'requests/s', `nginx, static file of ${body.length} bytes`, median(t.ratios), aim,
      `(${spread(t.ratios)}; CPU ${(used / made * 1e3).toFixed(1)} us a request; p99 ${median(t.a.map(x => x.p99)).toFixed(1)} ms)`)
    if (/logged-in/.test(name)) note(name + ', CPU', used / made * 1e3, 'us', 'the aim, 150 us', 150 / (used / made * 1e3), '1 or more')
  }
}

async function writes(server) {
  const tokens = []
  for (let i = 0; i < 64; i++) {
    run('user', 'add', '--name', `Bench ${i}`, '--email', `bench${i}@demo.example`, '--role', 'customer', '--password-stdin')
    tokens.push(run('token', '--person', `bench${i}@demo.example`))
  }
  writeFileSync(join(dir, 'tokens'), tokens.join('\n') + '\n')
  await votes(server, 'this disk', process.env, [64, 8, 1])
}

/** The load goes through ids one by one; between those that everybody may see stand others that a customer may not. */
function longestRun(ids) {
  let best = []
  for (let from = 0, to = 1; to <= ids.length; to++) {
    if (ids[to] === ids[to - 1] + 1) continue
    if (to - from > best.length) best = ids.slice(from, to)
    from = to
  }
  return best
}

/** Durable "me too"s on every report in turn, and on one alone, as when a line is down, against the bare writer on the same disk. */
async function votes(server, disk, env, crowds) {
  const ids = longestRun((await (await fetch(server.url + '/api/v1/conversations?limit=200')).json()).data.map(c => c.id).sort((a, b) => a - b))
  const cases = [...crowds.map(clients => ({ clients, last: ids.at(-1), what: '' })), { clients: 64, last: ids[0], what: ', one report' }]
  for (const { clients, last, what } of cases) {
    let refused = 0, failed = 0, worst = 0, used = 0, made = 0
    const t = turns(5, () => {
      const c = ticks(server.pid)
      const r = spawnSync('build/bench/load', [server.port, 3, clients, join(dir, 'tokens'), ids[0], last].map(String), { encoding: 'utf8' })
      if (r.status !== 0) throw new Error(r.stderr)
      const j = JSON.parse(r.stdout)
      used += ticks(server.pid) - c, made += j.acks * 3
      refused += j.refused, failed += j.failed, worst = Math.max(worst, j.max_ms)
      return { rate: j.acks, p99: j.p99_ms }
    }, () => ({ rate: JSON.parse(spawnSync('build/bench/bare', [dir, '3', String(clients)], { encoding: 'utf8', env }).stdout).acks }))
    note(`durable "me too"s, ${clients} clients${what}, ${disk}`, median(t.a.map(x => x.rate)), 'acks/s', 'bare SQLite writer, group commit, no HTTP', median(t.ratios),
      clients === 64 ? '0.8' : 'none refused',
      `(${spread(t.ratios)}; bare ${median(t.b.map(x => x.rate)).toFixed(0)}/s; CPU ${(used / made * 1e3).toFixed(0)} us; p99 ${median(t.a.map(x => x.p99)).toFixed(1)} ms, longest ${worst.toFixed(0)} ms; refused ${refused}, failed ${failed})`)
    if (clients > 1) note(`writes refused, ${clients} clients${what}, ${disk}`, refused + failed, 'requests', 'none', refused + failed === 0 ? 1 : 0, '1')
  }
}

/** On a server of its own: what the load before took and gave back would hide what a stream takes. */
async function streams() {
  const server = await serve()
  const token = readFileSync(join(dir, 'tokens'), 'utf8').split('\n')[0]
  const id = (await (await fetch(server.url + '/api/v1/conversations?limit=1')).json()).data[0].id
  const before = memory(server.pid), n = 5000
  const child = spawn('build/bench/streams', [server.port, n, `conversation:${id}`, token, id, 9].map(String), { stdio: ['pipe', 'pipe', 'inherit'] })
  let out = ''
  const line = () => new Promise((good, bad) => {
    const look = () => { const i = out.indexOf('\n'); if (i >= 0) { const l = out.slice(0, i); out = out.slice(i + 1); good(JSON.parse(l)); return true } }
    if (look()) return
    child.stdout.on('data', function hear(d) { out += d; if (look()) child.stdout.off('data', hear) })
    child.on('exit', c => c && bad(new Error('streams failed')))
  })
  await line()
  const each = (memory(server.pid) - before) / n
  child.stdin.write('\n')
  const t = await line()
  await ended(child)
  note('live streams, memory each', each, 'KiB', 'the aim, 8 KiB', 8 / each, '1 or more')
  server.child.kill()
  await ended(server.child)
  note('live streams, commit to the last of 5,000', t.last_ms, 'ms', 'none', null, 'reported', `(worst of 9: ${t.worst_ms} ms; first after ${t.first_ms} ms)`)
}

/** The texts of support conversations, one a line; none when they are not beside the repository. */
function texts() {
  const root = join(process.env.RIALTO_SHARED ?? resolve('..', 'shared'), 'data', 'support'), lines = []
  const read = name => { try { return readFileSync(join(root, name), 'utf8').split('\n') } catch { return [] } }
  for (const part of ['finance', 'insurance', 'media', 'software']) lines.push(...read(`multidogo/${part}-dev.tsv`).slice(1).map(l => l.split('\t')[3]))
  lines.push(...read('banking77-test.csv').slice(1).map(l => l.replace(/,[a-z_]+\r?$/, '').replace(/^"|"$/g, '')))
  lines.push(...read('twitter-care-dev.json').filter(l => /^"message": /.test(l)).map(l => l.slice(12, -2).replace(/\\[a-z"]/g, ' ')))
  let irc = []
  try { irc = readdirSync(join(root, 'ubuntu-irc')).filter(f => /raw/.test(f)) } catch { /* said below */ }
  for (const f of irc) lines.push(...read(`ubuntu-irc/${f}`).map(l => l.replace(/^\[\d+:\d+\] <[^>]*> /, '')))
  return lines.map(l => l?.replace(/\s+/g, ' ').trim()).filter(l => l?.length > 15)
}

/** The newest matches over a million things that were said, as the team (which sees all) and as a customer (who sees a twenty-fifth). */
async function search() {
  const lines = texts()
  if (lines.length < 1000) return console.log('SKIPPED: the texts of ../shared/data/support are missing; the search was not measured')
  const messages = +(process.env.MESSAGES ?? 1e6)
  const made = spawnSync('build/bench/messages', [join(home, 'rialto.db'), String(messages)], { encoding: 'utf8', input: lines.join('\n') + '\n' })
  if (made.status !== 0) throw new Error(made.stderr)
  let server = await serve()
  const agent = { Authorization: 'Bearer ' + run('token', '--person', 'agent@demo.example') }
  const began = Date.now(), last = async () => (await (await fetch(`${server.url}/api/v1/search?q=verylastmessage`, { headers: agent })).json()).data.length
  while (await last() === 0) await new Promise(r => setTimeout(r, 500))
  note('messages into the index, while serving', messages / (Date.now() - began) * 1e3, 'a second', 'none', null, 'reported', `(${((Date.now() - began) / 1e3).toFixed(0)} s)`)
  const seen = new Map()
  for (const l of lines) for (const w of new Set(l.toLowerCase().match(/[a-z]{4,}/g))) seen.set(w, (seen.get(w) ?? 0) + 1)
  const words = [...seen].sort((a, b) => b[1] - a[1]).map(w => w[0])
  let dice = 1
  const any = (list, from, to) => list[from + (dice = dice * 48271 % 2147483647) % (to - from)]
  const phrase = () => { for (;;) { const l = any(lines, 0, lines.length).match(/[a-z]+ [a-z]+ [a-z]+/); if (l) return `"${l[0]}"` } }
  const kinds = {
    'a common word': () => any(words, 0, 100), 'a rare word': () => any(words, 2000, words.length), 'two common words': () => `${any(words, 0, 100)} ${any(words, 0, 100)}`,
    'a phrase': phrase, 'a beginning, as it is typed': () => any(words, 0, 1000).slice(0, 3), 'words of a year without one': () => `${any(words, 0, 300)} after:2021 before:2022 -${any(words, 0, 100)} `,
  }
  for (const [who, email] of [['the team', 'agent@demo.example'], ['a customer', 'customer@demo.example']]) {
    const headers = { Authorization: 'Bearer ' + run('token', '--person', email) }
    let all = []
    const used = ticks(server.pid)
    for (const [kind, make] of Object.entries(kinds)) {
      const times = []
      for (let i = 0; i < 300; i++) {
        const from = process.hrtime.bigint(), r = await fetch(`${server.url}/api/v1/search?limit=20&q=${encodeURIComponent(make())}`, { headers })
        await r.arrayBuffer()
        if (r.status !== 200) throw new Error(`search: ${r.status}`)
        times.push(Number(process.hrtime.bigint() - from) / 1e6)
      }
      times.sort((a, b) => a - b)
      all = all.concat(times)
      note(`search, ${kind}, ${who}: p99`, times[296], 'ms', 'the aim, 50 ms', 50 / times[296], '1 or more', `(median ${median(times).toFixed(1)}, longest ${times[299].toFixed(0)})`)
    }
    all.sort((a, b) => a - b)
    const p99 = all[Math.floor(all.length * 0.99)]
    note(`search over ${messages} messages, ${who}: p99`, p99, 'ms', 'the aim, 50 ms', 50 / p99, '1 or more',
      `(CPU ${((ticks(server.pid) - used) / all.length).toFixed(1)} ms a search)`)
  }
  server.child.kill()
  await ended(server.child)
}

async function starting() {
  const times = []
  for (let i = 0; i < 9; i++) {
    const port = 30000 + process.pid % 20000
    const began = process.hrtime.bigint()
    const child = spawn(program, ['serve', '--listen', `127.0.0.1:${port}`, '--home', home], { stdio: 'ignore' })
    await new Promise(good => {
      const knock = () => {
        const s = connect(port, '127.0.0.1', () => s.write('GET /problems HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'))
        s.on('data', () => { s.destroy(); good() })
        s.on('error', () => setTimeout(knock, 1))
      }
      knock()
    })
    times.push(Number(process.hrtime.bigint() - began) / 1e6)
    child.kill()
    await ended(child)
  }
  note('start to first answer, existing store', median(times), 'ms', 'the aim, 50 ms', 50 / median(times), '1 or more', `(${spread(times)})`)
}

try {
  run('demo', '--pack', 'telecom', '--no-serve')
  const groups = { pages, writes }
  let server = await serve()
  for (const [name, measure] of Object.entries(groups)) if (name.includes(only) || (name === 'writes' && 'streams'.includes(only))) await measure(server)
  await new Promise(r => setTimeout(r, 2000))
  if (results.length) note('resident memory after the load', memory(server.pid) / 1024, 'MiB', 'the aim, 40 MiB', 40 / (memory(server.pid) / 1024), '1 or more')
  server.child.kill()
  await ended(server.child)
  const check = spawnSync(program, ['check', '--home', home], { encoding: 'utf8' })
  if (check.status !== 0) throw new Error('the store is not sound after the load: ' + check.stdout + check.stderr)
  if ('writes'.includes(only)) {
    server = await serve(slowDisk)
    await votes(server, 'syncs of 4 ms', slowDisk, [64, 8])
    server.child.kill()
    await ended(server.child)
  }
  if ('streams'.includes(only)) await streams()
  if ('promises'.includes(only)) await promises({ dir, program, serve, ended, note })
  if ('records'.includes(only)) await records({ dir, program, serve, ended, login, wrk, ticks, note })
  if ('starting'.includes(only)) await starting()
  if ('search'.includes(only)) await search()
  writeFileSync('build/bench.json', JSON.stringify(results, null, 1) + '\n')
  console.log(`${results.length} figures in build/bench.json`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
