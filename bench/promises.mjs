// 100,000 promises that fall due in one moment: how fast each step is taken and told to both sides; that each is told once and none is lost.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const MANY = 100000, A_MINUTE = MANY / 60

const ask = (home, sql) => {
  const r = spawnSync('sqlite3', ['-cmd', '.timeout 10000', join(home, 'rialto.db'), sql], { encoding: 'utf8' })
  if (r.status !== 0) throw new Error(`sqlite3: ${r.stderr}`)
  return r.stdout.trim().split('|').map(Number)
}

export async function promises({ dir, program, serve, ended, note }) {
  const home = join(dir, 'promises')
  const made = spawnSync(program, ['demo', '--pack', 'banking', '--no-serve', '--home', home], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`rialto demo: ${made.stderr}`)
  const due = (Date.now() - 1000) * 1000, begun = due - 10 * 86400e6
  ask(home, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
INSERT INTO expectation (ours, person_id, owner_id, text, due_at, due_kind, said, first_due_at, moved, audience, state, note, word_of, made_at, step, next_at, version)
SELECT 1, 5 + i % 100, 1 + i % 4, 'Promise ' || i, ${due}, 'moment', '', ${due}, 0, 'both', 'open', '', '', ${begun}, 'due', ${due}, 1 FROM n;
INSERT INTO expectation_change (expectation_id, at, from_state, to_state, note) SELECT id, made_at, '', 'open', '' FROM expectation WHERE text LIKE 'Promise %';`)
  const s = await serve(process.env, home), from = Date.now()
  for (; ask(home, `SELECT count(*) FROM notice WHERE expectation_id IS NOT NULL`)[0] < 2 * MANY;) {
    if (Date.now() - from > 300e3) throw new Error('not all are told')
    await new Promise(r => setTimeout(r, 500))
  }
  const told = (Date.now() - from) / 1000
  const [first, last, once, people] = ask(home, `SELECT min(at), max(at), count(DISTINCT object_id), (SELECT count(*) FROM (SELECT DISTINCT person_id, expectation_id FROM notice
WHERE expectation_id IS NOT NULL)) FROM event WHERE object_kind = 'expectation' AND verb = 'announce'`)
  if (once !== MANY || people !== 2 * MANY) throw new Error(`${once} of ${MANY} are told, to ${people} of ${2 * MANY}`)
  const rate = MANY / Math.max(0.001, (last - first) / 1e6)
  note('promises due at once: steps taken', rate, 'a second', 'all within a minute', rate / A_MINUTE, 1)
  note('promises due at once: both sides told', MANY / told, 'a second', 'all within a minute', MANY / told / A_MINUTE, 1, `${told.toFixed(1)} s for ${MANY}`)
  s.child.kill('SIGTERM')
  await ended(s.child)
}
