import type { Limits } from '../core/limits.ts'

/** What is uploaded. */
export type FittedImage = {
  readonly bytes: Uint8Array
  readonly mimeType: string
  readonly width: number
  readonly height: number
  /** `kept`: byte for byte what Tumblr served. */
  readonly change: 'kept' | 're-encoded' | 'shrunk'
  /** What it was: pixels and bytes before. */
  readonly before: {
    readonly bytes: number
    readonly width: number
    readonly height: number
    readonly format: string
  }
}

export interface Images {
  /**
   * Fits one image to the server. `smaller` (widths in pixels of the smaller variants that Tumblr has) lets it answer
   * `undefined`: take the next smaller variant rather than re-encode this one (GIF).
   * Throws ServiceError ('the image') with the reason for what cannot be posted.
   */
  fitImage(bytes: Uint8Array, limits: Limits, smaller: boolean): Promise<FittedImage | undefined>
}
