/** The server's media: uploads are read with real sharp, and refused as the real one refuses them (app/models/media_attachment.rb). */
import sharp from 'sharp'
import type { Clock } from '../switchboard.ts'
import { MastodonRefusal } from './refusal.ts'
import type { Traits } from './traits.ts'

export type SandboxMedia = {
  readonly id: string
  /** As the client declared it. */
  readonly mimeType: string
  /** As the bytes say: jpeg, png, gif, webp, heif; absent where they cannot be read. */
  readonly format: string | undefined
  readonly filename: string
  readonly bytes: Uint8Array
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  readonly frames: number
  /** Camera data came along. */
  readonly exif: boolean
  /** As it was sent. */
  description: string | undefined
  readonly uploadedAt: number
  /** How often it must still be asked for; the last answer is no longer 206. */
  pending: number
  /** The status that has it. */
  attachedTo: string | undefined
}

type Picture = Pick<SandboxMedia, 'format' | 'width' | 'height' | 'frames' | 'exif'>

const loadable = ['jpeg', 'png', 'gif', 'webp', 'heif']
const unreadable: Picture = { format: undefined, width: 0, height: 0, frames: 1, exif: false }

async function readPicture(bytes: Uint8Array): Promise<Picture> {
  const facts = await sharp(bytes, { limitInputPixels: false }).metadata()
  const { width, height } = facts.autoOrient
  return { format: facts.format, width, height, frames: facts.pages ?? 1, exif: facts.exif !== undefined }
}

/** Reads every pixel, as a thumbnail needs. */
async function makeThumbnail(bytes: Uint8Array): Promise<void> {
  await sharp(bytes, { limitInputPixels: false, failOn: 'truncated' })
    .resize(32, 32, { fit: 'inside' })
    .raw()
    .toBuffer()
}

export class MediaRoom {
  readonly held = new Map<string, SandboxMedia>()
  readonly #traits: Traits
  readonly #clock: Clock
  #sequence = 0

  constructor(traits: Traits, clock: Clock) {
    this.#traits = traits
    this.#clock = clock
  }

  async accept(
    file: File | undefined,
    description: string | undefined,
    atOnce: boolean,
  ): Promise<SandboxMedia> {
    if (!file) throw new MastodonRefusal('invalid', "Validation failed: File can't be blank")
    const bytes = new Uint8Array(await file.arrayBuffer())
    this.checkDescription(description)
    const picture = await this.#inspect(bytes, file.type)
    const answers = Math.max(this.#traits.processing, this.#traits.gifv && picture.frames > 1 ? 1 : 0)
    return this.#hold({
      ...picture,
      mimeType: file.type,
      filename: file.name,
      bytes,
      description,
      pending: atOnce || answers === 0 ? 0 : answers + 1,
    })
  }

  /** A picture of the owner's, which nobody looks into. */
  acceptByHand(): SandboxMedia {
    const picture = { format: 'png', width: 1, height: 1, frames: 1, exif: false }
    const file = { mimeType: 'image/png', filename: 'own.png', bytes: new Uint8Array() }
    return this.#hold({ ...picture, ...file, description: undefined, pending: 0 })
  }

  #hold(media: Omit<SandboxMedia, 'id' | 'uploadedAt' | 'attachedTo'>): SandboxMedia {
    const now = this.#clock.now()
    const id = this.#traits.makeId(now, this.#sequence++)
    const held: SandboxMedia = { ...media, id, uploadedAt: now, attachedTo: undefined }
    this.held.set(id, held)
    return held
  }

  async #inspect(bytes: Uint8Array, mimeType: string): Promise<Picture> {
    const { limits, lenient } = this.#traits
    if (lenient) return readPicture(bytes).catch(() => unreadable)
    const { mimeTypes, imageBytes } = limits
    if (mimeTypes.length > 0 && !mimeTypes.includes(mimeType.toLowerCase()))
      throw new MastodonRefusal('image', 'Validation failed: File content type is invalid, File is invalid')
    if (bytes.length > imageBytes)
      throw new MastodonRefusal(
        'image',
        `Validation failed: File must be less than ${Math.round(imageBytes / 1_048_576)} MB`,
      )
    const picture = await readPicture(bytes).catch(() => unreadable)
    if (!loadable.includes(picture.format ?? ''))
      throw new MastodonRefusal('image', 'File type of uploaded media could not be verified')
    const { width, height, format } = picture
    if (format === 'gif' && width * height > limits.gifPixels)
      throw new MastodonRefusal('image', `${width}x${height} GIF files are not supported`)
    if (width * height > limits.imagePixels)
      throw new MastodonRefusal('image', `${width}x${height} images are not supported`)
    await makeThumbnail(bytes).catch(() => {
      throw new MastodonRefusal('broken image', 'Error processing thumbnail for uploaded media')
    })
    return picture
  }

  checkDescription(description: string | undefined): void {
    const { altTextCharacters } = this.#traits.limits
    if (this.#traits.lenient || [...(description ?? '')].length <= altTextCharacters) return
    throw new MastodonRefusal(
      'invalid',
      `Validation failed: Description is too long (maximum is ${altTextCharacters} characters)`,
    )
  }

  /** What GET and PUT may see: on Mastodon only what is not attached yet. */
  see(id: string): SandboxMedia {
    const media = this.held.get(id)
    if (!media || (media.attachedTo !== undefined && !this.#traits.attachedMediaVisible))
      throw new MastodonRefusal('missing', 'Record not found')
    return media
  }

  discard(id: string): void {
    const media = this.held.get(id)
    if (!media) throw new MastodonRefusal('missing', 'Record not found')
    if (media.attachedTo !== undefined)
      throw new MastodonRefusal('invalid', 'Media attachment is currently used by a status')
    this.held.delete(id)
  }

  /** Media that nobody attached within their life vanish (https://github.com/mastodon/mastodon, app/lib/vacuum/media_attachments_vacuum.rb). */
  sweep(): void {
    const now = this.#clock.now()
    for (const { id, attachedTo, uploadedAt } of this.held.values())
      if (attachedTo === undefined && now - uploadedAt > this.#traits.mediaLife) this.held.delete(id)
  }
}
