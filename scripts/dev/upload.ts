/** A file chosen in the form, as Tumblr would store it. */
import sharp from 'sharp'
import { type PictureFormat, pictureFormats } from '../sandbox/pictures/bytes.ts'
import type { PictureDraft } from '../sandbox/pictures/pictures.ts'

/** The largest that Tumblr serves: https://github.com/tumblr/docs/blob/master/npf-spec.md#media-objects */
const box = { width: 2048, height: 3072 } as const

/** Throws one sentence where the file is not an image that Tumblr takes. */
export async function readUpload(file: File): Promise<PictureDraft> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const facts = await sharp(bytes)
    .metadata()
    .catch(() => undefined)
  const format = formatOf(facts?.format, facts?.compression)
  if (facts === undefined || format === undefined)
    throw new Error(`Expected a ${pictureFormats.join(', ')} image but received ${file.name}`)
  const { width, height } = facts.autoOrient
  const frames = facts.pages ?? 1
  if (frames > 1 || (width <= box.width && height <= box.height))
    return { ...{ width, height, format, frames }, served: bytes }
  const shrunk = await sharp(bytes)
    .autoOrient()
    .resize({ ...box, fit: 'inside' })
    .toFormat(format)
    .toBuffer({ resolveWithObject: true })
  return { width: shrunk.info.width, height: shrunk.info.height, format, served: shrunk.data }
}

/** sharp calls AVIF a kind of HEIF. */
function formatOf(format: string | undefined, compression: string | undefined): PictureFormat | undefined {
  const name = format === 'heif' && compression === 'av1' ? 'avif' : format
  return pictureFormats.find((one) => one === name)
}
