import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { forgetSaved, nothingSaved, readSaved, writeSaved } from '../../../scripts/setup/saved-setup.ts'
import { readServer } from '../../../scripts/setup/typed.ts'
import { replacePrivately } from '../../../scripts/terminal/file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'levity-setup-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

test('a file is replaced in one step, for this user alone; a link stays a link', async () => {
  const [real, link] = [join(folder, 'real'), join(folder, 'link')]
  await writeFile(real, 'old')
  await chmod(real, 0o644)
  await symlink(real, link)
  const reader = await readFile(real, 'utf8')
  await replacePrivately(link, 'new')
  expect([reader, await readFile(real, 'utf8'), await modeOf(real)]).toEqual(['old', 'new', 0o600])
  expect((await lstat(link)).isSymbolicLink()).toBe(true)
  expect(await readdir(folder)).toEqual(['link', 'real'])
})

test('what cannot be replaced is left as it was, with nothing beside it', async () => {
  const path = join(folder, 'taken')
  await mkdir(path)
  await expect(replacePrivately(path, 'new')).rejects.toThrow(`Expected to write ${path} but could not: `)
  expect(await readdir(folder)).toEqual(['taken'])
})

test('progress comes back as it was kept; what cannot be read is none', async () => {
  const path = join(folder, '.levity', 'setup-here.json')
  expect(await readSaved(path)).toEqual(nothingSaved)
  const progress = {
    version: 1,
    route: 'art',
    values: { TUMBLR_BLOG: 'art' },
    app: { server: 'https://a.example', clientId: 'a', clientSecret: 'b' },
  } as const
  await writeSaved(path, progress)
  expect([await readSaved(path), await modeOf(path)]).toEqual([progress, 0o600])
  await writeFile(path, '{"version":2,"values":{}}')
  expect(await readSaved(path)).toEqual(nothingSaved)
  await forgetSaved(path)
  await forgetSaved(path)
  expect(await readdir(join(folder, '.levity'))).toEqual([])
})

test.each([
  ['mastodon.social', 'https://mastodon.social'],
  [' https://Mastodon.Social/@me?x#y ', 'https://mastodon.social'],
  ['@me@mastodon.social', 'https://mastodon.social'],
  ['me@mastodon.social', 'https://mastodon.social'],
  ['http://mastodon.social', 'https://mastodon.social'],
  ['a.example:8443/web', 'https://a.example:8443'],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ['http://localhost:3000/about', 'http://localhost:3000'],
  ['bücher.example', 'https://xn--bcher-kva.example'],
  ['', undefined],
  ['mastodon', undefined],
  ['two words.example', undefined],
  ['ftp://mastodon.social', undefined],
  ['https://me:secret@mastodon.social', undefined],
])('the server in %j is %j', (text, url) => {
  expect(readServer(text)).toBe(url)
})
