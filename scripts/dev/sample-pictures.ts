/** Pictures that the sandbox draws for a post. Some of them cause trouble on purpose. */
import type { PictureDraft } from '../sandbox/pictures/pictures.ts'

type SamplePicture = { readonly title: string; readonly picture: Omit<PictureDraft, 'seed'> }

const landscape = { width: 1280, height: 960 } as const

export const samplePictures = {
  landscape: { title: 'a landscape (JPEG)', picture: landscape },
  portrait: { title: 'a portrait (PNG)', picture: { width: 960, height: 1280, format: 'png' } },
  wide: { title: 'a wide view (JPEG)', picture: { width: 1280, height: 640 } },
  moving: { title: 'a moving picture (GIF)', picture: { width: 400, height: 300, format: 'gif' } },
  turned: {
    title: 'a photograph lying on its side, telling where it was taken',
    picture: { width: 960, height: 1280, orientation: 6, gps: true },
  },
  heavy: { title: 'trouble: 17 MB, more than a server takes', picture: { ...landscape, bytes: 17_000_000 } },
  missing: { title: 'trouble: gone (404)', picture: { ...landscape, state: 'missing' } },
  cut: { title: 'trouble: broken off half-way', picture: { ...landscape, state: 'truncated' } },
  page: { title: 'trouble: a web page instead of an image', picture: { ...landscape, state: 'page' } },
  bomb: { title: 'trouble: 900 megapixels', picture: { ...landscape, state: 'bomb' } },
} as const satisfies Readonly<Record<string, SamplePicture>>

type SampleName = keyof typeof samplePictures
export const isSample = (name: string): name is SampleName => Object.hasOwn(samplePictures, name)
