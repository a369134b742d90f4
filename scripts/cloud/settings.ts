/** The settings of a stage: the variables of `.env.<stage>` in the current folder, and of nothing else. */
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { type Config, ConfigError, parseConfig } from '../../src/core/config/config.ts'
import { type ParameterValues, wantedParameters } from '../../src/core/config/parameters.ts'
import { isSecret, routeVariables, settingRows } from '../../src/core/config/settings.ts'
import { type Env, isParameter, prefixOf, readVariable } from '../../src/core/config/variables.ts'
import { readEnvText } from '../terminal/file.ts'
import { Refusal } from '../terminal/refusal.ts'
import { fileWarnings } from './file-warnings.ts'

export type StageSettings = {
  readonly stage: string
  readonly path: string
  /** By name; those that are set. */
  readonly variables: Readonly<Record<string, string>>
  /** Names of parameters in Parameter Store that the variables point to. */
  readonly parameters: readonly string[]
  /** Sentences about how the file is kept. */
  readonly warnings: readonly string[]
}

/** Throws Refusal if there is no such file, ConfigError with every mistake that can be found without asking anybody. */
export async function readSettings(stage: string, folder = '.'): Promise<StageSettings> {
  const path = resolve(folder, `.env.${stage}`)
  const text = await readEnvText(path)
  if (text === undefined)
    throw new Refusal(
      `Expected the settings in ${path} but received no such file: copy ${await whatToCopy(folder)} to .env.${stage}${stage === 'prod' ? '' : ', or name another stage (--stage)'}`,
    )
  const env = parseEnv(text)
  checkSettings(env, basename(path))
  const set = Object.keys(env)
    .sort()
    .flatMap((name) => {
      const value = readVariable(env, name)
      return value === undefined ? [] : [[name, value] as const]
    })
  return {
    stage,
    path,
    variables: Object.fromEntries(set),
    parameters: wantedParameters(env),
    warnings: await fileWarnings(path),
  }
}

/** The secrets among the variables; addresses in Parameter Store are none. */
export const secretsIn = ({ variables }: StageSettings): readonly string[] =>
  Object.entries(variables).flatMap(([name, value]) => (isSecret(name) && !isParameter(value) ? [value] : []))

/** A Config with made-up values in place of Parameter Store's, for what does not depend on them. */
export const configUnread = ({ variables }: StageSettings): Config =>
  parseConfig(variables, placeholderValues(variables))

async function whatToCopy(folder: string): Promise<string> {
  const found = await stat(resolve(folder, '.env')).then(
    () => true,
    () => false,
  )
  return found ? '.env' : '.env.example (and fill it in)'
}

function checkSettings(env: Env, file: string): void {
  const problems = [...findUnknownNames(env, file)]
  try {
    const { routes } = parseConfig(env, placeholderValues(env))
    for (const { tumblr } of routes)
      if (!isOfficial(tumblr.apiUrl))
        problems.push(
          'Expected no TUMBLR_API_URL (it is for tests on this machine, and the key goes there) but received one of another host',
        )
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push(...error.problems)
  }
  if (problems.length > 0) throw new ConfigError([...new Set(problems)])
}

const isOfficial = (url: string): boolean =>
  ['api.tumblr.com', 'localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)

/** Everything in the file goes to the function, so a variable that means nothing there is a mistake. */
function* findUnknownNames(env: Env, file: string): Generator<string> {
  if (readVariable(env, 'LEVITY_TABLE') !== undefined)
    yield 'Expected no LEVITY_TABLE, because a stage has a ledger of its own, but received one'
  const routes =
    readVariable(env, 'LEVITY_ROUTES')
      ?.split(',')
      .map((name) => name.trim()) ?? []
  const prefixes = ['', ...routes.map(prefixOf)]
  const known = new Set(prefixes.flatMap((prefix) => routeVariables.map((name) => prefix + name)))
  // parseConfig has a better message for names that begin like ours.
  const judgedThere = (name: string): boolean =>
    /^(?:[A-Z][A-Z0-9]*_)?LEVITY_/.test(name) || prefixes.slice(1).some((prefix) => name.startsWith(prefix))
  for (const name of Object.keys(env))
    if (readVariable(env, name) !== undefined && !known.has(name) && !judgedThere(name))
      yield `Expected only Levity's variables in ${file} but received ${name}`
}

/** A made-up value of the right form for each parameter, all different, so that no two routes look the same. */
function placeholderValues(env: Env): ParameterValues {
  const values = wantedParameters(env).map((name, index) => {
    const used = Object.keys(env).find(
      (variable) => readVariable(env, variable)?.slice('ssm:'.length) === name,
    )
    return [name, placeholderFor(used ?? '', index)] as const
  })
  return { region: 'unknown', values: new Map(values) }
}

function placeholderFor(name: string, index: number): string {
  const variable = routeVariables.find((one) => name === one || name.endsWith(`_${one}`)) ?? ''
  if (variable.endsWith('_URL')) return `https://unread${index}.invalid`
  if (variable === 'TUMBLR_BLOG' || isSecret(variable)) return `unread${index}`
  const row = settingRows.get(variable)
  // An empty parameter is a mistake, so an empty default will not do.
  return row?.default || row?.about.example || ''
}
