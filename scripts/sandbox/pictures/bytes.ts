/** A picture's bytes: drawn, encoded, and spoiled on demand. */
import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { drawScenery, seededRandom } from './scenery.ts'

export const pictureFormats = ['jpeg', 'png', 'gif', 'webp', 'avif'] as const
export type PictureFormat = (typeof pictureFormats)[number]

/** EXIF's eight: https://exiftool.org/TagNames/EXIF.html (0x0112). */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

export type PictureBytes = {
  readonly seed: string
  readonly format: PictureFormat
  /** Pixels as it is looked at, upright. */
  readonly width: number
  readonly height: number
  /** Stored so that a viewer who heeds it sees it upright. */
  readonly orientation?: Orientation
  /** Tells a place in its EXIF. */
  readonly gps?: boolean
  /** Frames of a GIF or WebP; 1 is still. */
  readonly frames?: number
  /** Hard to compress. */
  readonly grain?: boolean
  /** At least so many bytes; the rest is filled up behind the image, which stays sound. */
  readonly bytes?: number
  /** Breaks off after 60 % of its bytes. */
  readonly truncated?: boolean
}

const deflated = promisify(deflate)

/** Bytes of every picture drawn in this process; the oldest go when it grows. */
const drawn = new Map<string, Promise<Uint8Array>>()
const mostDrawn = 300

/** The bytes, drawn once in a process. */
export function drawPicture(picture: PictureBytes): Promise<Uint8Array> {
  const name = JSON.stringify(picture)
  const known = drawn.get(name)
  if (known) return known
  const [oldest] = drawn.keys()
  if (oldest !== undefined && drawn.size >= mostDrawn) drawn.delete(oldest)
  const bytes = draw(picture)
  drawn.set(name, bytes)
  return bytes
}

async function draw(picture: PictureBytes): Promise<Uint8Array> {
  const frames = picture.frames ?? 1
  const image =
    frames > 1
      ? sharp(
          await Promise.all(
            Array.from({ length: frames }, (_, at) =>
              scenery(picture, at / (frames - 1))
                .png({ compressionLevel: 1 })
                .toBuffer(),
            ),
          ),
          { join: { animated: true } },
        )
      : await asStored(scenery(picture), picture.orientation ?? 1)
  const bytes = await encode(withExif(image, picture), picture.format, frames).toBuffer()
  const whole = Buffer.concat([bytes, filling(picture, (picture.bytes ?? 0) - bytes.length)])
  return picture.truncated ? whole.subarray(0, Math.floor(whole.length * 0.6)) : whole
}

function scenery({ seed, width, height, grain }: PictureBytes, moment?: number): Sharp {
  const image = sharp(Buffer.from(drawScenery(seed, width, height, moment)), {
    limitInputPixels: false,
  }).removeAlpha()
  if (!grain) return image
  const random = seededRandom(`${seed} grain`)
  const noise = Buffer.alloc(width * height * 3)
  for (let at = 0; at < noise.length; at++) noise[at] = 64 + random() * 128
  return image.composite([{ input: noise, raw: { width, height, channels: 3 }, blend: 'overlay' }])
}

/** Turned and mirrored back from what a viewer does for each orientation. */
async function asStored(upright: Sharp, orientation: Orientation): Promise<Sharp> {
  if (orientation === 1) return upright
  const turn = { 2: 0, 3: 180, 4: 180, 5: 90, 6: 270, 7: 270, 8: 90 }[orientation]
  const turned = sharp(await upright.png({ compressionLevel: 1 }).toBuffer()).rotate(turn)
  if (![2, 4, 5, 7].includes(orientation)) return turned
  return sharp(await turned.png({ compressionLevel: 1 }).toBuffer()).flop()
}

function withExif(image: Sharp, { orientation = 1, gps }: PictureBytes): Sharp {
  const placed = gps
    ? image.withExif({
        IFD0: { Make: 'Sandbox' },
        IFD3: {
          GPSLatitudeRef: 'N',
          GPSLatitude: '52/1 31/1 0/1',
          GPSLongitudeRef: 'E',
          GPSLongitude: '13/1 24/1 0/1',
        },
      })
    : image
  return orientation === 1 ? placed : placed.withMetadata({ orientation })
}

function encode(image: Sharp, format: PictureFormat, frames: number): Sharp {
  const animation = frames > 1 ? { delay: Array.from({ length: frames }, () => 120), loop: 0 } : {}
  switch (format) {
    case 'jpeg':
      return image.jpeg({ quality: 88 })
    case 'png':
      return image.png({ compressionLevel: 4 })
    case 'gif':
      return image.gif({ effort: 1, ...animation })
    case 'webp':
      return image.webp({ effort: 1, ...animation })
    case 'avif':
      return image.avif({ effort: 0 })
  }
}

/** What readers skip: bytes behind the end, in AVIF a `free` box of ISO/IEC 14496-12. */
function filling({ format }: PictureBytes, length: number): Uint8Array {
  const bytes = Buffer.alloc(Math.max(length, 0))
  if (format !== 'avif' || length <= 0) return bytes
  const box = Buffer.alloc(Math.max(length, 8))
  box.writeUInt32BE(box.length, 0)
  box.write('free', 4, 'latin1')
  return box
}

let bomb: Promise<Uint8Array> | undefined

/** Pixels of the bomb's sides. */
export const bombSide = 30_000

/** A sound PNG of 900 megapixels in some 100 kB. */
export function makeBomb(): Promise<Uint8Array> {
  bomb ??= composeBomb()
  return bomb
}

/** https://www.w3.org/TR/png-3/: one bit for each pixel, grey, not interlaced. */
async function composeBomb(): Promise<Uint8Array> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(bombSide, 0)
  header.writeUInt32BE(bombSide, 4)
  header.writeUInt8(1, 8)
  const rows = Buffer.alloc((1 + bombSide / 8) * bombSide)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', await deflated(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(body.length + 8)
  frame.writeUInt32BE(data.length, 0)
  body.copy(frame, 4)
  frame.writeUInt32BE(crc32(body), body.length + 4)
  return frame
}
