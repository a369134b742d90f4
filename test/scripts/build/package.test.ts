import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'
import { afterAll, afterEach, beforeAll, expect, type TestContext, test } from 'vitest'
import { bundle } from '../../../scripts/build/bundle.ts'
import { build as buildCommand, command } from '../../../scripts/build/package.ts'
import { zip } from '../../../scripts/build/zip.ts'
import { startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { run, surroundings } from '../../../scripts/terminal/command.ts'
import { answeringServer, answerJson } from '../../support/answering-server.ts'
import { type Clone, cloneTo } from '../../support/clone.ts'
import { type Lambda, startLambda } from '../../support/lambda.ts'
import { entriesOf } from '../../support/zip-entries.ts'

const project = fileURLToPath(new URL('../../../', import.meta.url))
const secret = 'planted-where-a-build-might-find-it'

let folder: string
let here: Clone
let there: Clone
let lambda: Lambda | undefined
let bundled: Awaited<ReturnType<typeof bundle>>

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'levity-package-')))
  here = await cloneTo(join(folder, 'here'))
  there = await cloneTo(join(folder, 'Über there'))
  bundled = await bundle()
})
afterEach(async () => {
  await lambda?.close()
  lambda = undefined
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Another platform's binary is fetched once; where that cannot be, a machine without a network may go without. */
async function build(clone: Clone, args: readonly string[], { skip }: TestContext): Promise<string> {
  try {
    return await clone.build(args)
  } catch (error) {
    const unreachable = /the registry must be within reach/.test(String(error))
    if (unreachable && !process.env['CI']) skip(`npm could not fetch what ${args} needs`)
    throw error
  }
}

type Built = { readonly printed: string; readonly zips: readonly Buffer[]; readonly placed: Placed }
type Placed = Readonly<Record<string, Buffer>>
let x64: Promise<Built> | undefined
/** Built once for all tests of it. */
function buildX64(context: TestContext): Promise<Built> {
  x64 ??= buildX64Thrice(context)
  return x64
}

/** For x64: in two folders, two time zones and two languages, and once more over what an earlier build has left. */
async function buildX64Thrice(context: TestContext): Promise<Built> {
  const dist = join(here.folder, 'dist')
  await plant(join(here.folder, '.env'), `TUMBLR_CONSUMER_KEY=${secret}\n`)
  await plant(join(dist, 'lambda/stale.mjs'), 'stale')
  await plant(join(dist, 'lambda/node_modules/@img/sharp-linux-arm64/index.cjs'), 'stale')
  await plant(join(dist, 'maps/stale.mjs.map'), 'stale')
  await plant(join(dist, 'lambda.zip'), 'stale')
  await build(here, ['--x64'], context)
  const zips = [await here.read('dist/lambda.zip')]
  await there.build(['--x64'], { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' })
  const printed = await here.build(['--x64'], { TZ: 'America/Los_Angeles', LANG: 'C', LC_ALL: 'C' })
  zips.push(await there.read('dist/lambda.zip'), await here.read('dist/lambda.zip'))
  return { printed, zips, placed: await filesOf(dist) }
}

async function buildArm64(context: TestContext): Promise<Built> {
  const printed = await build(here, [], context)
  return {
    printed,
    zips: [await here.read('dist/lambda.zip')],
    placed: await filesOf(join(here.folder, 'dist')),
  }
}

async function plant(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}

/** Every file of a folder, by its path in it. */
async function filesOf(path: string): Promise<Placed> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const named = files.map(
    async (file) => [file.slice(path.length + 1).replaceAll('\\', '/'), await readFile(file)] as const,
  )
  return Object.fromEntries(await Promise.all(named))
}

test('the same bytes in two folders, two time zones, two languages, and twice; nothing of what lay there before', {
  timeout: 120_000,
}, async (context) => {
  const { zips, placed } = await buildX64(context)
  expect(zips).toHaveLength(3)
  for (const one of zips) expect(one.equals(zips[0] ?? Buffer.alloc(0))).toBe(true)
  expect(Object.keys(placed).filter((path) => /stale|arm64|new-/.test(path))).toEqual([])
  for (const [name, bytes] of bundled.code)
    expect(placed[`lambda/${name}`]?.equals(bytes), `${name} as in the project's own folder`).toBe(true)
})

test.for(['x64', 'arm64'])('%s: what is in the zip, and what is not', async (arch, context) => {
  const { printed, zips, placed } = await (arch === 'x64' ? buildX64(context) : buildArm64(context))
  const zipped = zips[0] ?? Buffer.alloc(0)
  expect(zipped.length).toBeLessThanOrEqual(9_000_000)
  const files = unzipSync(zipped)
  const names = Object.keys(files)
  const [code, native] = [
    names.filter((name) => !name.includes('/')),
    names.filter((name) => name.includes('/')),
  ]
  expect(code).toEqual(expect.arrayContaining(['repost.mjs', 'sharp.mjs']))
  expect(code.filter((name) => !name.endsWith('.mjs'))).toEqual([])
  expect(native.map((name) => name.replace(/\d[\d.]+\d/, 'N'))).toEqual([
    `node_modules/@img/sharp-libvips-linux-${arch}/lib/libvips-cpp.so.N`,
    `node_modules/@img/sharp-libvips-linux-${arch}/package.json`,
    `node_modules/@img/sharp-linux-${arch}/index.cjs`,
    `node_modules/@img/sharp-linux-${arch}/lib/sharp-linux-${arch}-N.node`,
    `node_modules/@img/sharp-linux-${arch}/package.json`,
  ])
  const within = (part: string): Placed =>
    Object.fromEntries(
      Object.entries(placed).flatMap(([path, bytes]) =>
        path.startsWith(part) ? [[path.slice(part.length), bytes]] : [],
      ),
    )
  const unzipped = within('lambda/')
  expect(Object.keys(unzipped).sort()).toEqual(names)
  for (const name of names) expect(unzipped[name]?.equals(files[name] ?? Buffer.alloc(0)), name).toBe(true)
  const maps = within('maps/')
  expect(Object.keys(maps).sort()).toEqual(code.map((name) => `${name}.map`).sort())
  for (const [name, bytes] of [...Object.entries(files), ...Object.entries(maps)])
    for (const foreign of [project.slice(0, -1), folder, secret])
      expect(Buffer.from(bytes).includes(foreign), `${foreign} in ${name}`).toBe(false)
  for (const entry of entriesOf(zipped))
    expect(entry).toMatchObject({ mode: 0o100644, year: 1980, month: 1, day: 1, hour: 12 })
  expect(printed).toContain(`lambda.zip for ${arch}: ${(zipped.length / 1e6).toFixed(2)} MB, sha256 `)
  expect(printed).not.toContain(folder)
})

test('an idle run loads little, and what is needed seldom waits in files of its own', () => {
  const { code, maps, loads } = bundled
  expect(loads.idle.files[0]).toBe('repost.mjs')
  expect(loads.idle.bytes).toBeLessThan(450_000)
  expect(loads.idle.packages.map(([name]) => name)).toEqual(expect.arrayContaining(['levity', 'masto']))
  expect(loads.idle.packages.map(([name]) => name)).not.toContain('sharp')
  const sharp = loads.later.find(({ files }) => files[0] === 'sharp.mjs')
  expect(sharp?.packages[0]?.[0]).toBe('sharp')
  for (const { bytes, files } of loads.later) expect(bytes, files.join()).toBeLessThan(150_000)
  // Whole halves that are left out, and would come back unseen.
  const packages = [loads.idle, ...loads.later].flatMap((load) => load.packages.map(([name]) => name))
  expect(
    packages.filter((name) => /mime-db|credential-provider-(?!env)|nested-clients|bowser/.test(name)),
  ).toEqual([])
  const known = new Set([loads.idle, ...loads.later].flatMap(({ files }) => files))
  expect([...code.keys()].sort()).toEqual([...known].sort())
  expect(maps.size).toBe(code.size)
})

test('only the JavaScript: no zip is left that is not what the folder holds', async () => {
  await plant(join(here.folder, 'dist/lambda.zip'), 'of an earlier build')
  await plant(
    join(here.folder, 'dist/lambda/node_modules/@img/sharp-linux-x64/index.cjs'),
    'of an earlier build',
  )
  const printed = await here.build(['--bundle'])
  const { code, maps } = bundled
  expect(Object.keys(await filesOf(join(here.folder, 'dist'))).sort()).toEqual(
    [
      ...[...code.keys()].map((name) => `lambda/${name}`),
      ...[...maps.keys()].map((name) => `maps/${name}`),
    ].sort(),
  )
  expect(printed).toMatch(/^An idle run loads \d+ kB in \d+ files \(.*levity \d+ kB/)
  expect(printed).toMatch(/^ {2}sharp\.mjs waits: \d+ kB in 1 file \(sharp \d+ kB/m)
})

test.each([
  { args: ['--arm'], says: 'Expected an option of npm run build but received --arm' },
  { args: ['--x64', '--bundle'], says: 'Expected --x64 or --bundle but received both' },
  { args: ['x64'], says: 'Expected options alone but received x64' },
])('$args is refused before anything is built', async ({ args, says }) => {
  const [output, errors] = [new PassThrough(), new PassThrough()]
  const [out, err] = [text(output), text(errors)]
  const code = await run(command, buildCommand, { ...surroundings(), args, output, errors })
  output.end()
  errors.end()
  expect({ code, out: await out, err: await err }).toEqual({
    code: 1,
    out: '',
    err: `${says} (npm run build -- --help shows all options)\n`,
  })
})

test('a zip that outgrew its limit is refused', () => {
  // Noise, which cannot be compressed.
  const noise = Buffer.alloc(9_100_000)
  for (let at = 0, seed = 1; at + 4 <= noise.length; at += 4) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    noise.writeUInt32LE(seed, at)
  }
  expect(() => zip(new Map([['repost.mjs', noise]]))).toThrow(
    /^Expected at most 9000000 bytes for the zip but received 9\d{6}$/,
  )
})

test('unpacked far from the project it runs in Lambda, and posts pictures by the sharp of the zip', async (context) => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    if (process.env['CI']) throw new Error('Expected a Linux on x64, which runs the package of x64')
    context.skip('only a Linux on x64 runs the package of x64')
  }
  const { zips } = await buildX64(context)
  const unpacked = join(folder, 'unpacked')
  for (const [name, bytes] of Object.entries(unzipSync(zips[0] ?? Buffer.alloc(0)))) {
    await mkdir(dirname(join(unpacked, name)), { recursive: true })
    await writeFile(join(unpacked, name), bytes)
  }
  const sandbox = await startSandbox({ content: 'empty', mastodon: { limits: { imagePixels: 20_000 } } })
  context.onTestFinished(() => sandbox.close())
  sandbox.tumblr.publish(sandbox.env['TUMBLR_BLOG'] ?? '', {
    images: [{ width: 600, height: 400, altText: 'Hills.' }],
  })
  lambda = await startLambda({ ...sandbox.env, LEVITY_START: 'all', LEVITY_DELAY: '0' }, 900_000, unpacked)
  const { ended, body } = await lambda.invoke({})
  expect({ ended, body }).toMatchObject({
    ended: 'response',
    body: { routes: [{ outcome: 'done', posted: [{ statuses: [expect.any(String)] }] }] },
  })
  const [media] = sandbox.mastodon.statuses[0]?.media ?? []
  expect(media?.description).toBe('Hills.')
  expect((media?.width ?? 0) * (media?.height ?? 0)).toBeLessThanOrEqual(20_000)
  expect(lambda.loaded()).toEqual(
    expect.arrayContaining(['sharp.mjs', 'node_modules/@img/sharp-linux-x64/index.cjs']),
  )
})

test("signs with the keys of the function's role, for its region, at the endpoint of the environment", async () => {
  const codeDir = join(folder, 'bundled')
  for (const [name, bytes] of bundled.code) {
    await mkdir(codeDir, { recursive: true })
    await writeFile(join(codeDir, name), bytes)
  }
  const sandbox = await startSandbox({ content: 'empty' })
  const dynamodb = await answeringServer((_, response) =>
    answerJson(response, 400, { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException' }),
  )
  try {
    const env = {
      ...sandbox.env,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.origin,
      AWS_REGION: 'ap-southeast-2',
      AWS_ACCESS_KEY_ID: 'ASIAROLE',
      AWS_SECRET_ACCESS_KEY: 'hush',
      AWS_SESSION_TOKEN: 'token-of-the-role',
    }
    lambda = await startLambda(env, 900_000, codeDir)
    expect(await lambda.invoke({})).toMatchObject({ ended: 'error' })
    expect(dynamodb.received[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(
        /Credential=ASIAROLE\/\d{8}\/ap-southeast-2\/dynamodb\/aws4_request/,
      ),
      'x-amz-security-token': 'token-of-the-role',
    })
  } finally {
    await dynamodb.close()
    await sandbox.close()
  }
})
