/** The answers so far, from wherever each came: what was ordered, what an earlier try had kept, what the file says. */
import { isSecret } from '../../src/core/config/settings.ts'
import { type Env, type RouteName, readVariable, settingOf } from '../../src/core/config/variables.ts'
import type { Order } from './order.ts'
import { forgetProgress, keepProgress, type Progress } from './progress.ts'

export type App = NonNullable<Progress['app']>

type Given = {
  readonly value: string
  /** `order`: of the command line, or a secret of the environment. `kept`: answered before. `file`: as it stands in the file. */
  readonly from: 'order' | 'kept' | 'file'
}

export interface Answers {
  given(name: string): Given | undefined
  /** Written down at once, so that whoever leaves now finds it again. */
  keep(name: string, value: string): Promise<void>
  /** These were wrong: they are asked for again, wherever they came from. */
  drop(...names: readonly string[]): Promise<void>
  readonly app: App | undefined
  keepApp(app: App | undefined): Promise<void>
  /** All is done, and nothing has to be kept. */
  forget(): Promise<void>
}

/** Only tests set the last; it says where the key goes, and so must stand beside it. */
const fromEnvironment = (name: string): boolean => isSecret(name) || name === 'TUMBLR_API_URL'

export function createAnswers(options: {
  readonly order: Order
  readonly environment: Env
  /** The settings as they are in the file, and the route that is set up. */
  readonly file: Env
  readonly route: RouteName
  readonly progress: Progress
  readonly path: string
}): Answers {
  const { order, environment, file, route, path } = options
  const wrong = new Set<string>()
  let progress: Progress = { ...options.progress, route: route ?? null }
  const save = (changes: Partial<Progress>): Promise<void> => {
    progress = { ...progress, ...changes }
    return keepProgress(path, progress)
  }
  const sources = (name: string): readonly (readonly [Given['from'], string | undefined])[] => [
    [
      'order',
      order.values.get(name) ?? (fromEnvironment(name) ? readVariable(environment, name) : undefined),
    ],
    ['kept', progress.values[name]],
    ['file', settingOf(file, route, name).value],
  ]
  return {
    given: (name) => {
      const kept = progress.values[name]
      if (wrong.has(name)) return kept === undefined ? undefined : { value: kept, from: 'kept' }
      const [found] = sources(name).flatMap(([from, value]) => (value === undefined ? [] : [{ value, from }]))
      return found
    },
    keep: (name, value) => save({ values: { ...progress.values, [name]: value } }),
    drop: (...names) => {
      for (const name of names) wrong.add(name)
      const left = Object.entries(progress.values).filter(([name]) => !names.includes(name))
      return save({ values: Object.fromEntries(left) })
    },
    get app() {
      return progress.app
    },
    keepApp: (app) => save({ app }),
    forget: () => forgetProgress(path),
  }
}
