/** The ledger in a file of this machine (SQLite), which `npm run once` keeps. Several processes may use it at once. */
import type { DatabaseSync } from 'node:sqlite'
import { ServiceError } from '../../core/failure/failure.ts'
import type { LedgerHomeWithItems } from './ledger.ts'
import { makeIfMissing, openDatabase, openEmpty } from './sqlite-file.ts'
import { createItems, createLedger, type Statements } from './sqlite-items.ts'

/** Reading never makes a file and never changes one. `memory` is empty at first, and nothing of it is kept. */
export type LedgerFile = { readonly path: string; readonly readOnly: boolean } | 'memory'

/** The file is opened by the first call, so that whatever is wrong with it is a ServiceError of that call. */
export function openLedgerFile(file: LedgerFile): LedgerHomeWithItems {
  let database: DatabaseSync | undefined
  const attempt = async <T>(doing: string, call: (database: DatabaseSync) => T): Promise<T> => {
    try {
      database ??= open(file)
      return call(database)
    } catch (error) {
      throw fileFailure(error, `${doing} (${file === 'memory' ? 'in memory' : file.path})`)
    }
  }
  const statements = (table: string, route: string): Statements => {
    const at = { ':ledger': table, ':pk': route }
    return {
      select: (sql, values) => attempt('be read', (db) => db.prepare(sql).all({ ...at, ...values })),
      change: (sql, values) =>
        attempt('be written', (db) => db.prepare(sql).run({ ...at, ...values }).changes === 1),
    }
  }
  return {
    service: 'the ledger file',
    open: (table, route) => createLedger(statements(table, route), route),
    openItems: (table, route) => createItems(statements(table, route), route),
    close() {
      database?.close()
      database = undefined
    },
  }
}

function open(file: LedgerFile): DatabaseSync {
  if (file === 'memory') return openEmpty()
  if (!file.readOnly) makeIfMissing(file.path)
  return openDatabase(file.path, file.readOnly)
}

const fileFailure = (error: unknown, doing: string): ServiceError =>
  new ServiceError(
    {
      service: 'the ledger file',
      doing,
      answer: 'other',
      reason: error instanceof Error ? error.message : String(error),
    },
    error,
  )
