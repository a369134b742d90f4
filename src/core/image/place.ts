/** Whether metadata says where a picture was taken. Some servers pass on every byte they are given. */

/** Latitude, longitude, their destinations, and the name of the area: Exif 2.32, 4.6.6. */
const placeTags: ReadonlySet<number> = new Set([2, 4, 20, 22, 28])
const gpsPointer = 0x8825

/** The names of XMP: https://developer.adobe.com/xmp/docs/XMPNamespaces/exif/ and IPTC Photo Metadata 2023.1. */
export const xmpPlaceNames: readonly string[] = [
  'GPSLatitude',
  'GPSLongitude',
  'GPSDestLatitude',
  'GPSDestLongitude',
  'LocationCreated',
]

/** `exif` may begin with `Exif\0\0`. Metadata that is too broken to follow counts as a place, because another program may be able to read it. */
export function exifTellsPlace(exif: Uint8Array): boolean {
  const start = exif[0] === 0x45 && exif[1] === 0x78 ? 6 : 0
  if (exif.length < start + 8) return false
  const view = new DataView(exif.buffer, exif.byteOffset + start, exif.byteLength - start)
  const order = view.getUint16(0)
  if (order !== 0x4949 && order !== 0x4d4d) return false
  const little = order === 0x4949
  try {
    const gps = readDirectory(view, view.getUint32(4, little), little).get(gpsPointer)
    if (gps === undefined) return false
    return [...readDirectory(view, gps, little).keys()].some((tag) => placeTags.has(tag))
  } catch {
    return true
  }
}

/** The tags of one directory with their values where those are numbers of 32 bits: TIFF 6.0, section 2. */
function readDirectory(view: DataView, offset: number, little: boolean): ReadonlyMap<number, number> {
  const tags = new Map<number, number>()
  const count = view.getUint16(offset, little)
  for (let entry = offset + 2; entry < offset + 2 + count * 12; entry += 12)
    tags.set(view.getUint16(entry, little), view.getUint32(entry + 8, little))
  return tags
}
