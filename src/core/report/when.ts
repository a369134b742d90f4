/** Times and spans in words; the same on every machine. */

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** `3 hours`, `1 day`: of ms, in the largest unit that it has one of. */
export function describeSpan(ms: number): string {
  const [unit, length] = units.find(([, one]) => Math.abs(ms) >= one) ?? units[3]
  return count(Math.round(Math.abs(ms) / length), unit)
}

/** `2026-10-01 09:05 UTC`, of ms since 1970. */
export const describeTime = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** `1 post`, `1,200 posts` */
export const count = (number: number, thing: string): string =>
  `${number.toLocaleString('en')} ${thing}${number === 1 ? '' : 's'}`

/** `a`, `a and b`, `a, b and c` */
export const listOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
