import { zipSync } from 'fflate'
import type { Files } from './bundle.ts'

/** A large package is slow to upload and to start; Lambda itself takes 50 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const zipLimit = 9_000_000
const unzippedLimit = 250_000_000

/** Noon: fflate writes what the local clock shows, and there are places where a midnight did not happen. */
const mtime = new Date(1980, 0, 1, 12)
/** Plain files that everybody may read, as Lambda needs: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html */
const unix = 3
const attrs = 0o100644 << 16

/**
 * A zip of the files, byte for byte the same wherever it is made: sorted names, one date, one mode, and a compressor in
 * JavaScript, which no library of the machine changes. Throws where it is larger than Levity should be.
 */
export function zip(files: Files): Uint8Array {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  const unzipped = sorted.reduce((sum, [, bytes]) => sum + bytes.length, 0)
  if (unzipped > unzippedLimit) throw tooLarge('unzipped package', unzippedLimit, unzipped)
  const zipped = zipSync(
    Object.fromEntries(sorted.map(([name, bytes]) => [name, [bytes, { mtime, os: unix, attrs }]] as const)),
  )
  if (zipped.length > zipLimit) throw tooLarge('zip', zipLimit, zipped.length)
  return zipped
}

const tooLarge = (what: string, limit: number, bytes: number): Error =>
  new Error(`Expected at most ${limit} bytes for the ${what} but received ${bytes}`)
