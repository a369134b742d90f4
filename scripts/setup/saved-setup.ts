/** The checked answers of a setup that is not finished, in a file that is deleted when it is. */
import { readFile, rm } from 'node:fs/promises'
import * as v from 'valibot'
import { replacePrivately } from '../terminal/file.ts'

const SavedSetup = v.object({
  version: v.literal(1),
  /** Null: the route without a name. Absent: not chosen yet. */
  route: v.optional(v.nullable(v.string())),
  /** By the names of the variables. */
  values: v.record(v.string(), v.string()),
  /** Kept so that Levity registers only once on a server. */
  app: v.optional(v.object({ server: v.string(), clientId: v.string(), clientSecret: v.string() })),
})

export type SavedSetup = v.InferOutput<typeof SavedSetup>

export const nothingSaved: SavedSetup = { version: 1, values: {} }

/** `nothingSaved` if there is no such file, or it cannot be read. */
export async function readSaved(path: string): Promise<SavedSetup> {
  try {
    return v.parse(SavedSetup, JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return nothingSaved
  }
}

/** Throws Refusal if the file cannot be written. */
export const writeSaved = (path: string, saved: SavedSetup): Promise<void> =>
  replacePrivately(path, `${JSON.stringify(saved, undefined, 2)}\n`)

export const forgetSaved = (path: string): Promise<void> => rm(path, { force: true })
