/** Landscapes, one for each seed: sky, sun, hills, as SVG. The same seed is the same picture at every size. */

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
export function seededRandom(seed: string): () => number {
  let state = 2166136261
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

type Palette = {
  readonly sky: readonly [string, string, string]
  readonly sun: string
  readonly far: Rgb
  readonly near: Rgb
}
type Rgb = readonly [number, number, number]

const palettes: readonly [Palette, ...Palette[]] = [
  { sky: ['#27356b', '#c8577e', '#ffc27a'], sun: '#fff1c9', far: [176, 92, 122], near: [42, 27, 61] },
  { sky: ['#2f7fb8', '#8fc9de', '#f3efd9'], sun: '#fffbe6', far: [131, 173, 176], near: [29, 72, 66] },
  { sky: ['#0c1433', '#1f3a68', '#4f7fa3'], sun: '#f4f1e4', far: [49, 84, 118], near: [7, 14, 31] },
  { sky: ['#f0a25c', '#f7cf8d', '#fdf0cf'], sun: '#ffffff', far: [222, 158, 108], near: [92, 46, 38] },
  { sky: ['#5d9c8b', '#b9d8b0', '#f6f3cf'], sun: '#fff8d6', far: [136, 176, 138], near: [31, 61, 48] },
  { sky: ['#6b5b95', '#d6a2c4', '#fbe3e0'], sun: '#fffaf0', far: [169, 131, 176], near: [55, 35, 82] },
]

const blend = (from: Rgb, to: Rgb, share: number): string =>
  `rgb(${from.map((value, at) => Math.round(value + ((to[at] ?? value) - value) * share)).join(',')})`

function hill(random: () => number, width: number, height: number, top: number): string {
  const waves = [1, 2.3, 5.1].map((pace, at) => ({
    pace: (pace * (0.7 + random() * 0.6) * Math.PI * 2) / width,
    shift: random() * Math.PI * 2,
    rise: (height * (0.03 + random() * 0.04)) / (at + 1),
  }))
  const points: string[] = []
  for (let step = 0; step <= 64; step++) {
    const x = (width * step) / 64
    const y = waves.reduce((sum, wave) => sum + Math.sin(x * wave.pace + wave.shift) * wave.rise, top)
    points.push(`${x.toFixed(1)},${y.toFixed(1)}`)
  }
  return `M0,${height} L${points.join(' L')} L${width},${height} Z`
}

/** An SVG of the given pixels. `moment` (0 to 1) moves the sun, for animations. */
export function drawScenery(seed: string, width: number, height: number, moment = 0.5): string {
  const random = seededRandom(seed)
  const palette = palettes[Math.floor(random() * palettes.length)] ?? palettes[0]
  // Drawn on one canvas per shape and scaled, so that every variant shows the same.
  const [w, h] = width >= height ? [(1000 * width) / height, 1000] : [1000, (1000 * height) / width]
  const sun = { x: w * (0.15 + 0.7 * random()), y: h * (0.2 + 0.25 * random()), r: 60 + 50 * random() }
  const [x, y] = [sun.x + (moment - 0.5) * w * 0.3, sun.y + Math.abs(moment - 0.5) * h * 0.3]
  const layers = 4 + Math.floor(random() * 3)
  const hills = Array.from({ length: layers }, (_, at) => {
    const share = at / (layers - 1)
    const path = hill(random, w, h, h * (0.5 + 0.4 * share))
    return `<path d="${path}" fill="${blend(palette.far, palette.near, share)}"/>`
  })
  const stars = Array.from({ length: 40 }, () => {
    const [left, up, size] = [random() * w, random() * h * 0.4, 0.6 + random() * 1.8]
    return `<circle cx="${left.toFixed(1)}" cy="${up.toFixed(1)}" r="${size.toFixed(1)}"/>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${w} ${h}" preserveAspectRatio="none">
<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${palette.sky[0]}"/><stop offset=".45" stop-color="${palette.sky[1]}"/><stop offset=".75" stop-color="${palette.sky[2]}"/></linearGradient>
<radialGradient id="glow"><stop offset="0" stop-color="${palette.sun}" stop-opacity=".7"/><stop offset="1" stop-color="${palette.sun}" stop-opacity="0"/></radialGradient></defs>
<rect width="${w}" height="${h}" fill="url(#sky)"/><g fill="#fff" fill-opacity=".35">${stars.join('')}</g>
<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${(sun.r * 3.5).toFixed(1)}" fill="url(#glow)"/><circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${sun.r.toFixed(1)}" fill="${palette.sun}"/>
${hills.join('\n')}</svg>`
}
