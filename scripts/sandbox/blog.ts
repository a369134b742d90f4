/** What the sandbox's blog shows to begin with. */

import type { PostDraft } from './tumblr/post.ts'
import type { TumblrSandbox } from './tumblr/tumblr.ts'

export const sandboxBlog = 'hillside'

/** Oldest first. */
const posts: readonly PostDraft[] = [
  {
    text: 'First light over the ridge.',
    images: [{ seed: 'ridge', width: 1280, height: 960, altText: 'A low sun over blue hills.' }],
    tags: ['landscape', 'morning light'],
  },
  {
    text: 'Two evenings, one hill.',
    images: [
      { seed: 'evening one', width: 1280, height: 853, altText: 'Hills under an orange sky.' },
      {
        seed: 'evening two',
        width: 853,
        height: 1280,
        format: 'png',
        altText: 'The same hills in violet, the sun half gone.',
      },
    ],
    tags: ['landscape', 'evening'],
  },
  { text: 'No picture today, only fog.', tags: ['diary'] },
  {
    text: 'Ten days in the hills.',
    images: Array.from({ length: 10 }, (_, day) => ({
      seed: `day ${day + 1}`,
      width: 1000,
      height: 750,
      altText: `Hills on day ${day + 1}.`,
    })),
    tags: ['series', 'ten days'],
  },
  {
    text: 'Watch it go.',
    images: [{ seed: 'going', width: 400, height: 300, format: 'gif', altText: 'The sun crosses the sky.' }],
    tags: ['gif'],
  },
  {
    reblogOf: {
      blog: 'valleyside',
      text: 'From the other side.',
      images: [{ seed: 'valley', width: 1280, height: 960 }],
    },
    tags: ['reblog'],
  },
  {
    text: 'What the fox left.',
    images: [
      { seed: 'fox', width: 960, height: 1280, orientation: 6, gps: true, altText: 'Dark hills at night.' },
    ],
    tags: ['cw animal death', 'night'],
  },
]

const hour = 3_600_000

/** Adds the blog `hillside`, its newest post an hour old. */
export function fillBlog(tumblr: TumblrSandbox, now: number): void {
  tumblr.addBlog({ name: sandboxBlog, title: 'Hillside' })
  for (const [at, post] of posts.entries()) {
    tumblr.publish(sandboxBlog, { ...post, at: now - (posts.length - at) * hour })
  }
}
