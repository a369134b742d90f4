/** The file of settings: `.env`, or `.env.<stage>`. */
import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { ConfigError, parseConfig } from '../../src/core/config/config.ts'
import type { Env, RouteName } from '../../src/core/config/variables.ts'
import { configUnread } from '../cloud/settings.ts'
import { readEnvText, replacePrivately } from '../terminal/file.ts'
import { Refusal } from '../terminal/refusal.ts'
import { changeEnv } from './env-text.ts'
import { placeRoute, type WantedValues } from './place-route.ts'

const example = new URL('../../.env.example', import.meta.url)

/** Empty if there is no such file. Throws Refusal if it cannot be read. */
export const readSettingsFile = async (path: string): Promise<Env> =>
  parseEnv((await readEnvText(path)) ?? '')

/** A new file begins as the example. */
async function newText(): Promise<string> {
  return (await readFile(example, 'utf8')).replace(' Copy this file to .env and fill it in.', '')
}

/**
 * Puts the route's settings into the file as it is now, and gives all its settings. The file is replaced in one step, and
 * only if the new settings have no mistakes. Throws Refusal with what a person must correct first.
 */
export async function writeSettings(
  path: string,
  stage: string | undefined,
  route: RouteName,
  values: WantedValues,
): Promise<Env> {
  const text = (await readEnvText(path)) ?? (await newText())
  const changed = change(text, route, values)
  const env = parseEnv(changed)
  try {
    if (stage === undefined) parseConfig(env)
    else configUnread({ stage, path, variables: withoutUnset(env), parameters: [], warnings: [] })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new Refusal(
      `${error.message}\nNothing was written. Correct ${path} and run npm run setup again: your checked answers are saved.`,
    )
  }
  await replacePrivately(path, changed)
  return env
}

function change(text: string, route: RouteName, values: WantedValues): string {
  try {
    const changes = placeRoute(parseEnv(text), route, values)
    return changeEnv(text, changes, route === undefined ? undefined : `The route ${route}.`)
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error))
  }
}

const withoutUnset = (env: Env): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
