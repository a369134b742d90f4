/** Answers of Tumblr's as they were recorded: test/fixtures/tumblr. */
import { readdirSync, readFileSync } from 'node:fs'
import { isRecord } from '../../src/core/npf/field.ts'

export type RecordedJson = Readonly<Record<string, unknown>>

const home = new URL('../fixtures/tumblr/', import.meta.url)

/** Each file of one folder, by its name. `revive` as for `JSON.parse`. */
export function readRecorded(
  folder: 'posts' | 'responses' | 'fragments' | 'synthetic',
  revive?: (key: string, value: unknown) => unknown,
): readonly (readonly [name: string, json: RecordedJson])[] {
  const place = new URL(`${folder}/`, home)
  return readdirSync(place).map((name) => {
    const json: unknown = JSON.parse(readFileSync(new URL(name, place), 'utf8'), revive)
    if (!isRecord(json)) throw new Error(`Expected an object in ${folder}/${name}`)
    return [name, json]
  })
}
