import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createScreen } from '../../scripts/terminal/screen.ts'
import type { RunEvent } from '../../src/core/report/report.ts'

const script = fileURLToPath(new URL('../../scripts/start.ts', import.meta.url))

// execFile rejects on any exit code but 0; a handle left open would never end.
test('one run: every post shown with its images, nothing twice, and an idle run for two requests', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], {
    env: { ...process.env, LEVITY_TAG_RULES: 'of the shell', AWS_PROFILE: 'of-the-shell' },
  })
  expect(stderr).toBe('')
  for (const part of [
    'image 10 of 10: 1000×750',
    '│ #landscape #MorningLight',
    '│ public · en · 2 hashtags',
    '│ unlisted, reply',
    '│ content warning: animal death',
    '▪ A low sun over blue hills.',
    "was skipped: it has no image of the blog's own.",
    '5 posts with 15 images became 7 statuses',
    'A second run posted 0 and made 2 requests: dynamodb Query, tumblr posts.',
    'npm run setup, npm run plan, npm run once',
  ])
    expect(stdout).toContain(part)
  expect(stdout).not.toContain('\x1b')
})

const image = (number: number): RunEvent => ({
  event: 'image',
  route: 'main',
  post: '1',
  image: number,
  of: 2,
  change: 'shrunk',
  from: { bytes: 9_100_000, width: 4000, height: 3000 },
  to: { bytes: 640_000, width: 2000, height: 1500 },
  altText: true,
})

const written = (isTTY: boolean): string => {
  let text = ''
  const screen = createScreen({
    isTTY,
    columns: 40,
    write: (chunk: string | Uint8Array) => {
      text += chunk
      return true
    },
  })
  screen.tell(image(1))
  screen.tell(image(2))
  screen.print('done')
  return text
}

test('progress: one plain line for each image, and on a terminal one line that is rewritten, cut to its width', () => {
  expect(written(false)).toBe(
    [1, 2].map((n) => `post 1, image ${n} of 2: 4000×3000, 9.1 MB → 2000×1500, 640 kB (shrunk)\n`).join('') +
      'done\n',
  )
  const cut = (n: number): string => `post 1, image ${n} of 2: 4000×3000, 9.1 MB`.slice(0, 39)
  expect(written(true)).toBe(`${cut(1)}\r\x1b[2K${cut(2)}\r\x1b[2Kdone\n`)
})
