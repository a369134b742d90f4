/** The central directory of a zip, for what unpacking does not tell: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.12 */

export type ZipEntry = {
  readonly name: string
  /** As Unix has it, with the kind of file. */
  readonly mode: number
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
}

export function entriesOf(zip: Buffer): readonly ZipEntry[] {
  const end = zip.lastIndexOf('PK\x05\x06')
  const entries: ZipEntry[] = []
  let at = zip.readUInt32LE(end + 16)
  while (at < end) {
    const [time, date] = [zip.readUInt16LE(at + 12), zip.readUInt16LE(at + 14)]
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset))
    const nameEnd = at + 46 + (name ?? 0)
    entries.push({
      name: zip.toString('utf8', at + 46, nameEnd),
      mode: zip.readUInt32LE(at + 38) >>> 16,
      year: 1980 + (date >> 9),
      month: (date >> 5) & 15,
      day: date & 31,
      hour: time >> 11,
    })
    at = nameEnd + (extra ?? 0) + (comment ?? 0)
  }
  return entries
}
