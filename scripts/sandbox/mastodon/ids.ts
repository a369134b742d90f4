/** Ids in the shapes that the families of servers have; all of them sort by time. */

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const base32 = (value: bigint, length: number): string => {
  let text = ''
  for (let rest = value; text.length < length; rest >>= 5n)
    text = (crockford[Number(rest & 31n)] ?? '') + text
  return text
}
const hex = (value: bigint, length: number): string => value.toString(16).padStart(length, '0')

/** How a family makes an id: of ms since 1970, and a number that keeps ids of one ms apart. */
type MakeId = (ms: number, sequence: number) => string

/** Mastodon's are numbers beyond 2^53. */
export const snowflake: MakeId = (ms, sequence) =>
  ((BigInt(Math.trunc(ms)) << 16n) + (BigInt(sequence) & 0xffffn)).toString()

export const ulid: MakeId = (ms, sequence) =>
  base32(BigInt(Math.trunc(ms)), 10) + base32(BigInt(sequence), 16)

export const flakeId: MakeId = (ms, sequence) =>
  `A${base32(BigInt(Math.trunc(ms)), 10)}${base32(BigInt(sequence), 7)}`

export const secondsAndHex: MakeId = (ms, sequence) => {
  const long = timeAndCount(ms, sequence)
  return `${long.slice(0, 10)}.${long.slice(10)}`
}

export const uuid7: MakeId = (ms, sequence) => {
  const long = timeAndCount(ms, sequence)
  return `${long.slice(0, 8)}-${long.slice(8, 12)}-7${long.slice(13, 16)}-8${long.slice(17, 20)}-${long.slice(20)}`
}

const timeAndCount: MakeId = (ms, sequence) => hex(BigInt(Math.trunc(ms)), 12) + hex(BigInt(sequence), 20)

/** Negative where `a` is older than `b`. */
export const compareIds = (a: string, b: string): number =>
  a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
