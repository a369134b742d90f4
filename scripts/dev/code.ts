/** The function's code: built into its own folder, and again whenever its source changes. */
import { type FSWatcher, rmSync, watch } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildBundle } from '../build/package.ts'

export type CodeOptions = {
  /** A change in this folder starts a build; `src` if absent. */
  readonly watched?: string
  /** Builds the function into `dist/lambda`; throws where it cannot. */
  readonly build?: (place: { readonly dist: string }) => Promise<unknown>
  /** Called with the folder of each new build. */
  readonly use: (codeDir: string) => Promise<void>
  /** Called when a build has ended; `trouble` is why it failed. */
  readonly tell?: (trouble: string | undefined) => void
}

export interface Code {
  /** The folder of the code that runs. */
  readonly codeDir: string
  /** How many builds there were. */
  readonly builds: number
  /** Ms since 1970: when the code that runs was built. */
  readonly builtAt: number
  /** Why the last build failed. The code before it stays in use. */
  readonly trouble: string | undefined
  close(): Promise<void>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Editors write a file in several steps, and several files at once. */
const settleMs = 100

/** Throws where the first build fails: there is nothing to run then. */
export async function startCode(options: CodeOptions): Promise<Code> {
  const { watched = join(root, 'src'), build = buildBundle, use, tell = () => {} } = options
  await mkdir(join(root, 'dist'), { recursive: true })
  // Inside the project, because the built code loads sharp from its node_modules.
  const home = await mkdtemp(join(root, 'dist', `dev-${process.pid}-`))
  const dists: string[] = []
  let state = { codeDir: '', builds: 0, builtAt: 0, trouble: undefined as string | undefined }
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> = Promise.resolve()
  let closed = false

  const buildOnce = async (): Promise<void> => {
    const dist = join(home, String(state.builds + 1))
    await build({ dist })
    dists.push(dist)
    state = {
      codeDir: join(dist, 'lambda'),
      builds: state.builds + 1,
      builtAt: Date.now(),
      trouble: undefined,
    }
  }
  const rebuild = async (): Promise<void> => {
    if (closed) return
    try {
      await buildOnce()
      await use(state.codeDir)
      // A run that goes on may still load a part of the code before this one, but of no older code.
      for (const old of dists.splice(0, dists.length - 2)) await rm(old, { recursive: true, force: true })
    } catch (error) {
      state = { ...state, trouble: error instanceof Error ? error.message : String(error) }
    }
    tell(state.trouble)
  }
  // Runs however this process ends.
  const vanish = (): void => rmSync(home, { recursive: true, force: true })
  process.once('exit', vanish)
  const remove = async (): Promise<void> => {
    await rm(home, { recursive: true, force: true })
    process.off('exit', vanish)
  }
  let watcher: FSWatcher
  try {
    await buildOnce()
    watcher = watch(watched, { recursive: true }, () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        working = working.then(rebuild)
      }, settleMs)
    })
  } catch (error) {
    await remove()
    throw error
  }
  return {
    get codeDir() {
      return state.codeDir
    },
    get builds() {
      return state.builds
    },
    get builtAt() {
      return state.builtAt
    },
    get trouble() {
      return state.trouble
    },
    async close() {
      closed = true
      watcher.close()
      clearTimeout(timer)
      await working
      await remove()
    },
  }
}
