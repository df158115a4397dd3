// 100,000 promises that fall due in one moment, on both engines: how fast each step is taken, told to both sides and put into letters; that each is told once
// and none is lost; and how long a vote beside them waits.
import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'

const MANY = 100000, A_MINUTE = MANY / 60

const lines = (command, args) => {
  const r = spawnSync(command, args, { encoding: 'utf8' })
  if (r.status !== 0) throw new Error(`${command}: ${r.stderr}`)
  return r.stdout.trim().split('\n').at(-1).split('|').map(Number)
}

/** Where the promises are kept: how the program finds the store, and how we ask it. */
function onSqlite(dir) {
  const home = join(dir, 'promises')
  return { name: 'SQLite', home, where: [], end() {}, ask: sql => lines('sqlite3', ['-cmd', '.timeout 10000', join(home, 'rialto.db'), sql]),
    numbers: `(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY}) SELECT i FROM n)` }
}

function onPostgres(dir) {
  const cluster = join(dir, 'pg')
  chmodSync(dir, 0o755)      // its server runs as another user
  const made = spawnSync('tests/pg-cluster', ['start', cluster], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`pg-cluster: ${made.stderr}`)
  return { name: 'PostgreSQL', home: join(dir, 'promises-pg'), where: ['--database', made.stdout.trim() + '&schema=rialto'],
    end: () => spawnSync('tests/pg-cluster', ['stop', cluster, 'immediate']),
    ask: sql => lines('psql', ['-q', '-At', '-v', 'ON_ERROR_STOP=1', '-h', cluster, '-U', 'postgres', 'postgres', '-c', 'SET search_path TO rialto', '-c', sql]),
    numbers: `generate_series(1, ${MANY}) AS n(i)` }
}

/** A "me too" and its end, again and again, while all is told: how long the slowest waits. */
async function votes(server, on, program, state) {
  const token = spawnSync(program, ['token', '--person', 'customer@demo.example', '--home', on.home, ...on.where], { encoding: 'utf8' }).stdout.trim()
  const path = `${server.url}/api/v1/conversations/${on.ask("SELECT min(id) FROM conversation WHERE visibility = 'public' AND kind = 'problem' AND hidden_at IS NULL")[0]}/vote`
  for (let i = 0; !state.over; i++) {
    const from = performance.now()
    const r = await fetch(path, { method: i % 2 ? 'DELETE' : 'PUT', headers: { Authorization: `Bearer ${token}`, Connection: 'close' } })
    await r.arrayBuffer()
    if (!r.ok) throw new Error(`a vote was answered with ${r.status}`)
    state.waits.push(performance.now() - from)
    await new Promise(r => setTimeout(r, 50))
  }
}

async function until(what, ready) {
  for (const from = Date.now(); !ready();) {
    if (Date.now() - from > 400e3) throw new Error(what)
    await new Promise(r => setTimeout(r, 500))
  }
}

async function measure(on, { program, serve, ended, note }) {
  const made = spawnSync(program, ['demo', '--pack', 'banking', '--no-serve', '--home', on.home, ...on.where], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`rialto demo: ${made.stderr}`)
  const due = (Date.now() - 1000) * 1000, begun = due - 10 * 86400e6
  on.ask(`INSERT INTO expectation (ours, person_id, owner_id, text, due_at, due_kind, said, first_due_at, moved, audience, state, note, word_of, made_at, step, next_at, version)
SELECT TRUE, 5 + i % 100, 1 + i % 4, 'Promise ' || i, ${due}, 'moment', '', ${due}, 0, 'both', 'open', '', '', ${begun}, 'due', ${due}, 1 FROM ${on.numbers}`)
  on.ask(`INSERT INTO expectation_change (expectation_id, at, from_state, to_state, note) SELECT id, made_at, '', 'open', '' FROM expectation WHERE text LIKE 'Promise %'`)
  const s = await serve(process.env, on.home, on.where), from = Date.now(), state = { over: false, waits: [] }
  const voting = votes(s, on, program, state)
  await until('not all are told', () => on.ask('SELECT count(*) FROM notice WHERE expectation_id IS NOT NULL')[0] >= 2 * MANY)
  const told = (Date.now() - from) / 1000
  await until('not all letters are written', () => on.ask('SELECT count(*) FROM notice WHERE expectation_id IS NOT NULL AND mail_at IS NOT NULL')[0] === 0)
  const written = (Date.now() - from) / 1000
  state.over = true
  await voting
  const [first, last, once, people] = on.ask(`SELECT min(at), max(at), count(DISTINCT object_id), (SELECT count(*) FROM (SELECT DISTINCT person_id, expectation_id FROM notice
WHERE expectation_id IS NOT NULL) x) FROM event WHERE object_kind = 'expectation' AND verb = 'announce'`)
  if (once !== MANY || people !== 2 * MANY) throw new Error(`${once} of ${MANY} are told, to ${people} of ${2 * MANY}`)
  const rate = MANY / Math.max(0.001, (last - first) / 1e6), waits = state.waits.sort((a, b) => a - b)
  const slow = waits[Math.floor(waits.length * 0.99)]
  note(`promises due at once: steps taken, ${on.name}`, rate, 'a second', 'all within a minute', rate / A_MINUTE, 1)
  note(`promises due at once: both sides told, ${on.name}`, MANY / told, 'a second', 'all within a minute', MANY / told / A_MINUTE, 1, `${told.toFixed(1)} s for ${MANY}`)
  note(`promises due at once: letters written, too, ${on.name}`, MANY / written, 'a second', 'all within a minute', MANY / written / A_MINUTE, 1, `${written.toFixed(1)} s`)
  note(`promises due at once: a vote beside them, ${on.name}`, slow, 'ms, p99', '500 ms', 500 / slow, 1, `median ${waits[waits.length >> 1].toFixed(0)} ms, slowest ${waits.at(-1).toFixed(0)} ms of ${waits.length}`)
  s.child.kill('SIGTERM')
  await ended(s.child)
}

export async function promises(o) {
  for (const make of [onSqlite, onPostgres]) {
    const on = make(o.dir)
    try { await measure(on, o) } finally { on.end() }
  }
}
