/** The answers so far: from the command line, from an earlier setup that was left, or from the file of settings. */
import { isSecret } from '../../src/core/config/settings.ts'
import { type Env, type RouteName, readVariable, settingOf } from '../../src/core/config/variables.ts'
import type { SetupOptions } from './options.ts'
import { forgetSaved, type SavedSetup, writeSaved } from './saved-setup.ts'

export type RegisteredApp = NonNullable<SavedSetup['app']>

type GivenAnswer = {
  readonly value: string
  /** `command`: an option, or a secret in the environment. `saved`: answered before. `file`: in the file of settings. */
  readonly from: 'command' | 'saved' | 'file'
}

export interface SetupAnswers {
  given(name: string): GivenAnswer | undefined
  /** Saved at once, so that a person who leaves now finds it again. */
  keep(name: string, value: string): Promise<void>
  /** These were wrong: they are asked for again, wherever they came from. */
  drop(...names: readonly string[]): Promise<void>
  readonly app: RegisteredApp | undefined
  keepApp(app: RegisteredApp | undefined): Promise<void>
  /** Setup is done: what was saved is deleted. */
  forget(): Promise<void>
}

/** Only tests set the API's address. It says where the key is sent, so it comes from the same place. */
const fromEnvironment = (name: string): boolean => isSecret(name) || name === 'TUMBLR_API_URL'

export function createAnswers(from: {
  readonly options: SetupOptions
  readonly environment: Env
  /** The settings as they are in the file, and the route that is set up. */
  readonly file: Env
  readonly route: RouteName
  readonly saved: SavedSetup
  /** Where answers are saved. */
  readonly path: string
}): SetupAnswers {
  const { options, environment, file, route, path } = from
  const wrong = new Set<string>()
  let saved: SavedSetup = { ...from.saved, route: route ?? null }
  const save = (changes: Partial<SavedSetup>): Promise<void> => {
    saved = { ...saved, ...changes }
    return writeSaved(path, saved)
  }
  const sources = (name: string): readonly (readonly [GivenAnswer['from'], string | undefined])[] => [
    [
      'command',
      options.values.get(name) ?? (fromEnvironment(name) ? readVariable(environment, name) : undefined),
    ],
    ['saved', saved.values[name]],
    ['file', settingOf(file, route, name).value],
  ]
  return {
    given: (name) => {
      const value = saved.values[name]
      if (wrong.has(name)) return value === undefined ? undefined : { value, from: 'saved' }
      const [found] = sources(name).flatMap(([from, value]) => (value === undefined ? [] : [{ value, from }]))
      return found
    },
    keep: (name, value) => save({ values: { ...saved.values, [name]: value } }),
    drop: (...names) => {
      for (const name of names) wrong.add(name)
      const left = Object.entries(saved.values).filter(([name]) => !names.includes(name))
      return save({ values: Object.fromEntries(left) })
    },
    get app() {
      return saved.app
    },
    keepApp: (app) => save({ app }),
    forget: () => forgetSaved(path),
  }
}
