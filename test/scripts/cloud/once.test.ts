import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand } from '../../support/shell.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'levity-once-'))
  await mkdir(join(folder, '.levity'))
  const nobody = { TUMBLR_API_URL: 'https://127.0.0.1:1', MASTODON_URL: 'http://127.0.0.1:1' }
  const settings = {
    TUMBLR_BLOG: 'https://hillside.tumblr.com/',
    TUMBLR_CONSUMER_KEY: 'key',
    MASTODON_ACCESS_TOKEN: 'token',
    ...nobody,
  }
  await writeFile(
    join(folder, '.env'),
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const once = () => runCommand('once', ['{}'], { folder, env: {} })
const deployed = (stage: string, blog: string) =>
  writeFile(
    join(folder, `.levity/deployed-${stage}.json`),
    JSON.stringify({
      stage,
      account: '123456789012',
      region: 'eu-central-1',
      routes: [{ route: 'main', blog, server: 'http://127.0.0.1:1' }, { route: 'unread' }],
    }),
  )

test('refuses a route that this folder has deployed, and names the stage', async () => {
  await deployed('dev', 'hillside')
  const { code, out, err } = await once()
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(
    /^Expected a route that is not deployed but main \(hillside to http:\/\/127\.0\.0\.1:1\) is what the stage dev serves/,
  )
  expect(err).toContain('`npm run destroy -- --stage dev`')
  expect(err).toContain('`npm run pause -- --stage dev`')
})

test('another blog that is deployed is nothing to it', async () => {
  await deployed('prod', 'mountains')
  const { code, err } = await once()
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^main: \w+ could not .*: no answer/) })
})
