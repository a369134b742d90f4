/** Times as a person reads them, in this machine's zone. */
import { html } from 'hono/html'
import type { Html } from './layout.ts'

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const minute = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })

/** `13:05:20` */
export const clockTime = (ms: number): string => clock.format(ms)
/** `24 Nov 2026, 13:05` */
const dayAndTime = (ms: number): string => `${day.format(ms)}, ${minute.format(ms)}`

const element = (ms: number, text: string): Html =>
  html`<time datetime="${new Date(ms).toISOString()}">${text}</time>`

export const clockElement = (ms: number): Html => element(ms, clockTime(ms))
export const dayElement = (ms: number): Html => element(ms, dayAndTime(ms))

/** `340 ms`, `1.9 s` */
export const duration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
