/** What a setup that was left had checked already, in a file of its own until it is done. */
import { readFile, rm } from 'node:fs/promises'
import * as v from 'valibot'
import { replacePrivately } from '../terminal/private-file.ts'

const Progress = v.object({
  version: v.literal(1),
  /** Null: the route without a name. Absent: not decided yet. */
  route: v.optional(v.nullable(v.string())),
  /** By the names of the settings. */
  values: v.record(v.string(), v.string()),
  /** Registered on that server, so that no second one is. */
  app: v.optional(v.object({ server: v.string(), clientId: v.string(), clientSecret: v.string() })),
})

export type Progress = v.InferOutput<typeof Progress>

export const nothingYet: Progress = { version: 1, values: {} }

/** `nothingYet` where there is no such file, or none that can be understood. */
export async function readProgress(path: string): Promise<Progress> {
  try {
    return v.parse(Progress, JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return nothingYet
  }
}

/** Throws Refusal where it cannot be written. */
export const keepProgress = (path: string, progress: Progress): Promise<void> =>
  replacePrivately(path, `${JSON.stringify(progress, undefined, 2)}\n`)

export const forgetProgress = (path: string): Promise<void> => rm(path, { force: true })
