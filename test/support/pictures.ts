/** Real pictures for tests, by sharp. */
import sharp, { type Sharp } from 'sharp'

export type Colour = { readonly r: number; readonly g: number; readonly b: number }
const brick: Colour = { r: 200, g: 40, b: 60 }

export const plain = (
  width: number,
  height: number,
  background: Colour & { alpha?: number } = brick,
): Sharp => sharp({ create: { width, height, channels: background.alpha === undefined ? 3 : 4, background } })

/** Grain that compresses badly, as photographs do. */
export async function grain(width: number, height: number): Promise<Sharp> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
  const third = { width: Math.ceil(width / 3), height: Math.ceil(height / 3) }
  const small = sharp({ create: { ...third, channels: 3, background: '#888', noise } })
  return sharp(await small.png().toBuffer()).resize(width, height, { fit: 'fill' })
}

export async function animation(frames: number, width: number, height = width): Promise<Sharp> {
  const made = Array.from({ length: frames }, async (_, i) =>
    plain(width, height, { ...brick, g: 40 + i * 20 })
      .png()
      .toBuffer(),
  )
  return sharp(await Promise.all(made), { join: { animated: true } })
}

export const london = {
  IFD3: {
    GPSLatitudeRef: 'N',
    GPSLatitude: '51/1 30/1 0/1',
    GPSLongitudeRef: 'W',
    GPSLongitude: '0/1 7/1 0/1',
  },
}

/** The colour of one pixel, in sRGB. */
export async function colourAt(bytes: Uint8Array, left: number, top: number): Promise<readonly number[]> {
  const pixel = sharp(bytes).toColourspace('srgb').extract({ left, top, width: 1, height: 1 })
  return [...(await pixel.raw().toBuffer())]
}

/** A HEIC file's boxes without its pixels: enough for whoever cannot decode it. `exif` is put in plain sight, as phones do. */
export function heic(width: number, height: number, exif: Uint8Array = new Uint8Array()): Buffer {
  const box = (type: string, ...inner: Uint8Array[]): Buffer => {
    const body = Buffer.concat(inner)
    const head = Buffer.alloc(8)
    head.writeUInt32BE(body.length + 8)
    head.write(type, 4, 'latin1')
    return Buffer.concat([head, body])
  }
  const ispe = (w: number, h: number): Buffer => {
    const numbers = Buffer.alloc(12)
    numbers.writeUInt32BE(w, 4)
    numbers.writeUInt32BE(h, 8)
    return box('ispe', numbers)
  }
  return Buffer.concat([
    box('ftyp', Buffer.from('heic\0\0\0\0mif1heic', 'latin1')),
    box('meta', Buffer.alloc(4), box('iprp', box('ipco', ispe(512, 512), ispe(width, height)))),
    box('mdat', Buffer.alloc(4), exif, Buffer.alloc(2000, 7)),
  ])
}
