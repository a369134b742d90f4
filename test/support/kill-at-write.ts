/**
 * Preloaded (`node --import`) into a process that writes the ledger file: tells every write on stderr once it is done, and
 * with `KILL_AT_WRITE=3 before` (or `after`) kills the process at that write, counted from 1.
 */
import { writeSync } from 'node:fs'
import { DatabaseSync, StatementSync } from 'node:sqlite'

const [kill, when] = (process.env['KILL_AT_WRITE'] ?? '').split(' ')
let writes = 0

function around<T>(what: string, write: () => T): T {
  writes += 1
  const isLast = writes === Number(kill)
  if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL')
  const done = write()
  writeSync(2, `wrote ${what}\n`)
  if (isLast) process.kill(process.pid, 'SIGKILL')
  return done
}

const { run } = StatementSync.prototype
StatementSync.prototype.run = function (...values: unknown[]) {
  const [named] = values
  const item = typeof named === 'object' && named !== null && ':item' in named ? String(named[':item']) : '{}'
  const { sk, version } = JSON.parse(item)
  return around(`${sk} ${version}`, () => Reflect.apply(run, this, values))
}

const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (sql) {
  return around('schema', () => exec.call(this, sql))
}
