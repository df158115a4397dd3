// An account of 100,000 statement lines: loading them against the sqlite3 shell loading the same file, and a page of them at any depth. The page of a
// customer with 10,000 events in their timeline, against the same page of one with 100.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const LINES = 100000, EVENTS = 10000, FEW = 100

/** The files a bank's old program would give: one account, and its lines over twenty years. */
function files(dir) {
  const account = join(dir, 'account.asc'), lines = join(dir, 'trans.asc')
  writeFileSync(account, '"account_id";"district_id";"frequency";"date"\n1;1;"POPLATEK MESICNE";750101\n')
  const rows = ['"trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank";"account"']
  for (let i = 0; i < LINES; i++) {
    const day = new Date(Date.UTC(1975, 0, 2 + Math.floor(i * 7300 / LINES))).toISOString().slice(2, 10).replaceAll('-', '')
    rows.push(`${i + 1};1;${day};"${i % 3 ? 'VYDAJ' : 'PRIJEM'}";"PREVOD NA UCET";${(i * 37 % 90000 + 100) / 100};${(i * 91 % 900000) / 100};"SIPO";"AB";${i * 7919 % 90000000}`)
  }
  writeFileSync(lines, rows.join('\n') + '\n')
  return { account, lines }
}

function seconds(program, args, input) {
  const began = process.hrtime.bigint()
  const r = spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: 1 << 28 })
  if (r.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${r.stderr}`)
  return Number(process.hrtime.bigint() - began) / 1e9
}

/** The same rows into one table with its key and the order they are read in: what loading costs without types, sums, events or rights. */
function bare(file, path) {
  return seconds('sqlite3', [file], `PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE line(trans_id INTEGER PRIMARY KEY, account_id INT, date TEXT, type TEXT, operation TEXT, amount REAL, balance REAL, k_symbol TEXT, bank TEXT, account TEXT);
CREATE INDEX line_order ON line(account_id, date, trans_id);
.mode csv
.separator ;
.import --skip 1 ${path} line
`)
}

/** Two customers: what one asked and was answered makes 100 events, what the other did 10,000. */
function talks(dir) {
  const people = join(dir, 'people.jsonl'), said = join(dir, 'said.jsonl'), json = l => l.map(x => JSON.stringify(x)).join('\n') + '\n'
  const customers = [{ external_id: 'few', customer_no: 'few', name: 'Felix Few' }, { external_id: 'many', customer_no: 'many', name: 'Mary Many' }]
  const of = (author, events) => Array.from({ length: events / 2 }, (_, i) => ({ external_id: `${author}${i}`, kind: 'question', visibility: 'private', author,
    subject: `Question ${i} about the statement`, body: 'What is this entry, and who had it booked?', answer: 'It is the fee of the quarter.', status: 'done',
    created_at: new Date(Date.UTC(2020, 0, 1) + i * 3600e3).toISOString(), status_at: new Date(Date.UTC(2020, 0, 1) + i * 3600e3 + 6e5).toISOString() }))
  writeFileSync(people, json(customers))
  writeFileSync(said, json([...of('few', FEW), ...of('many', EVENTS)]))
  return { people, said }
}

/** How many events stand in somebody's timeline, once the log has been read. */
async function lived(home, number) {
  const sql = `SELECT count(*) FROM life l JOIN person p ON p.id = l.subject_id WHERE l.subject_kind = 'person' AND p.customer_no = '${number}';`
  for (let before = -1; ;) {
    const n = +spawnSync('sqlite3', [join(home, 'rialto.db'), sql], { encoding: 'utf8' }).stdout
    if (n > 0 && n === before) return n
    before = n
    await new Promise(r => setTimeout(r, 1000))
  }
}

/** What a page costs: the server's CPU for one, in milliseconds, and how long it takes. */
function cost(b, server, cookie, path) {
  const headers = ['Cookie: ' + cookie, 'Accept: text/html']
  b.wrk(server.url + path, { seconds: 1, headers })
  const before = b.ticks(server.pid), r = b.wrk(server.url + path, { headers })
  return { cpu: (b.ticks(server.pid) - before) / r.requests, p99: r.p99 }
}

async function customers(b, server, cookie, home) {
  const of = async number => {
    const found = await (await fetch(`${server.url}/api/v1/people?kind=customer&q=${number}`, { headers: { Cookie: cookie } })).json()
    return { path: found.data[0].url, events: await lived(home, number) }
  }
  const few = await of('few'), many = await of('many')
  for (const [name, filter] of [['', ''], [', its first filter', '?show=talk']]) {
    const reference = cost(b, server, cookie, few.path + filter), r = cost(b, server, cookie, many.path + filter)
    b.note(`a customer with ${many.events} events${name}, CPU`, r.cpu, 'ms', `the same of one with ${few.events}, ${reference.cpu.toFixed(2)} ms`, reference.cpu / r.cpu,
      'under 5 ms', `(p99 ${r.p99.toFixed(1)} ms with 32 at once)`)
  }
}

/** b: what run.mjs lends: dir, program, serve, ended, login, wrk, ticks, note. */
export async function records(b) {
  const home = join(b.dir, 'bank'), { account, lines } = files(b.dir)
  const rialto = (...args) => seconds(b.program, [...args, '--home', home], 'rialto-demo\n')
  rialto('init', '--pack', 'banking', '--name', 'Bench', '--admin', 'owner@demo.example', '--password-stdin')
  rialto('import', 'records:account', account, '--source', 'bench')
  const theirs = bare(join(b.dir, 'lines.db'), lines)
  const ours = rialto('import', 'records:statement_line', lines, '--source', 'bench')
  b.note('statement lines loaded', LINES / ours, 'rows/s', `sqlite3 .import of the same file, ${(LINES / theirs).toFixed(0)} rows/s`, theirs / ours, '20,000 rows/s')

  const { people, said } = talks(b.dir)
  rialto('import', 'people', people, '--source', 'bench')
  rialto('import', 'conversations', said, '--source', 'bench')
  const server = await b.serve(process.env, home)
  const cookie = await b.login(server, 'owner@demo.example')
  const list = await (await fetch(server.url + '/api/v1/records?type=account', { headers: { Cookie: cookie } })).json()
  const first = list.data[0].url
  const costs = {}
  for (const [name, path] of [['the newest', first], ['behind 99,900 newer ones', `${first}?before=${Date.UTC(1975, 0, 12) * 1000}.${Number.MAX_SAFE_INTEGER}`]]) {
    const r = cost(b, server, cookie, path)
    costs[name] = r.cpu
    b.note(`a page of statement lines, ${name}, CPU`, costs[name], 'ms', 'the newest page', costs['the newest'] / costs[name], 'under 5 ms', `(p99 ${r.p99.toFixed(1)} ms with 32 at once)`)
  }
  await customers(b, server, cookie, home)
  server.child.kill()
  await b.ended(server.child)
}
