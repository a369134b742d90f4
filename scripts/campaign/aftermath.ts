/** What is left of a scene to be judged, and the words of the judgement. */
import type { PostRecord } from '../../src/core/record/record.ts'
import type { Running } from './running.ts'
import type { Scene } from './scene.ts'
import type { Stage } from './stage.ts'

export type Breach = { readonly is: 'late call' | 'hung'; readonly run: string; readonly why: string }

/** What stood on Mastodon by the owner's hand, and must stand so still. */
export type ByHand = {
  /** Statuses, and the words and images they must have. */
  readonly words: Map<string, { readonly text: string; readonly images: readonly string[] }>
  /** Posts whose thread the owner deleted, by key, and when. */
  readonly deleted: Map<number, number>
}

export const words = [
  'doubled',
  'lost',
  'torn',
  'disordered',
  'held',
  'parked for an outage',
  'hung',
  'foreign status touched',
  'late call',
  'unasked for',
] as const
export type Word = (typeof words)[number]
export type Verdict = { readonly word: Word; readonly why: string }

export type Aftermath = {
  readonly scene: Scene
  readonly stage: Stage
  readonly records: readonly PostRecord[]
  readonly byHand: ByHand
  readonly runs: readonly Running[]
  readonly breaches: readonly Breach[]
}
