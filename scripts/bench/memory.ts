/**
 * How much memory a run over many large photographs takes at its peak: 30 of 24 megapixels, one after another, fitted as
 * a run fits them, in a process with the environment of `infra/template.yaml`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultLimits } from '../../src/core/server/limits.ts'
import { createImages } from '../../src/io/image/images.ts'

/** `kept` is looked through and goes as it is; `shrunk` has more pixels than the server takes. */
export type PhotoRun = { readonly kind: 'baseline' | 'progressive'; readonly job: 'kept' | 'shrunk' }

/** Megabytes of resident memory at the peak, milliseconds an image. */
export type Peak = PhotoRun & { readonly megabytes: number; readonly ms: number }

const here = fileURLToPath(import.meta.url)
const everyRun: readonly PhotoRun[] = (['baseline', 'progressive'] as const).flatMap((kind) => [
  { kind, job: 'kept' },
  { kind, job: 'shrunk' },
])

/** Each run in a process of its own. Throws where one of them fails. */
export function measureMemory(images: number, runs: readonly PhotoRun[] = everyRun): readonly Peak[] {
  const folder = mkdtempSync(join(tmpdir(), 'levity-memory-'))
  try {
    return runs.map(({ kind, job }) => {
      const file = join(folder, `${kind}.jpg`)
      runSelf('make', file, kind)
      const [megabytes = 0, ms = 0] = runSelf('fit', file, job, String(images)).split(' ').map(Number)
      return { kind, job, megabytes, ms }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runSelf(...args: readonly string[]): string {
  const env = { ...process.env, MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [here, ...args], { encoding: 'utf8', env })
  if (status !== 0) throw new Error(`the measuring process ended with ${status}: ${stderr}`)
  return stdout
}

/** With grain: a smooth picture would be too easy to decode. */
async function makePhotograph(file: string, progressive: boolean): Promise<void> {
  const { default: sharp } = await import('sharp')
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
  const create = { width: 1334, height: 2000, channels: 3, background: '#888', noise } as const
  const small = await sharp({ create }).png().toBuffer()
  await sharp(small).resize(4000, 6000, { fit: 'fill' }).jpeg({ quality: 92, progressive }).toFile(file)
}

async function fitMany(file: string, job: string, images: number): Promise<string> {
  const { fitImage } = createImages()
  const imagePixels = job === 'kept' ? defaultLimits.imagePixels : 8_294_400
  const start = performance.now()
  for (let image = 0; image < images; image += 1) {
    const fitted = await fitImage(readFileSync(file), { ...defaultLimits, imagePixels }, false)
    if (fitted?.change !== job)
      throw new Error(`expected the image to be ${job} but it was ${fitted?.change}`)
  }
  const ms = Math.round((performance.now() - start) / images)
  return `${Math.round(process.resourceUsage().maxRSS / 1024)} ${ms}`
}

/** The work of a measuring process: makes the photograph, or fits it. */
async function measure([ask, file = '', how = '', images = '']: readonly string[]): Promise<void> {
  if (ask === 'make') return makePhotograph(file, how === 'progressive')
  process.stdout.write(await fitMany(file, how, Number(images)))
}

// `import.meta.main` came with Node 24.2 only.
if (process.argv[1] === here) await measure(process.argv.slice(2))
