/** Ids in the shape of each server family; all of them sort by time. Mastodon's are numbers beyond 2^53. */
import type { Software } from './traits.ts'

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const base32 = (value: bigint, length: number): string => {
  let text = ''
  for (let rest = value; text.length < length; rest >>= 5n)
    text = (crockford[Number(rest & 31n)] ?? '') + text
  return text
}
const hex = (value: bigint, length: number): string => value.toString(16).padStart(length, '0')

/** `ms` since 1970. `sequence` tells ids of one ms apart. */
export function makeId(software: Software, ms: number, sequence: number): string {
  const time = BigInt(Math.trunc(ms))
  const count = BigInt(sequence)
  if (software === 'mastodon') return ((time << 16n) + (count & 0xffffn)).toString()
  if (software === 'gotosocial') return base32(time, 10) + base32(count, 16)
  if (software === 'pleroma') return `A${base32(time, 10)}${base32(count, 7)}`
  const long = hex(time, 12) + hex(count, 20)
  if (software === 'snac') return `${long.slice(0, 10)}.${long.slice(10)}`
  return `${long.slice(0, 8)}-${long.slice(8, 12)}-7${long.slice(13, 16)}-8${long.slice(17, 20)}-${long.slice(20)}`
}

/** Negative where `a` is older than `b`. */
export const compareIds = (a: string, b: string): number =>
  a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
