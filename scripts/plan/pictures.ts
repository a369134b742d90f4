/** The pictures of a plan as the page has them: inside itself, as far as there is room. */
import type { KeptImage } from '../../src/world.ts'

/** Addresses that hold all the bytes. Undefined where there was no room left. */
export type ShownPictures = { readonly before: string | undefined; readonly after: string | undefined }

/** Bytes of all pictures in one page. A browser opens twice as many without trouble. */
const mostBytes = 48 * 1024 * 1024

export class PagePictures {
  readonly #shown = new Map<string, ShownPictures>()
  #room = mostBytes

  readonly keep = (image: KeptImage): void => {
    const { route, post, image: at, change, from, to } = image
    const after = this.#embed(to)
    // An unchanged image need not be there twice.
    this.#shown.set(keyOf(route, post, at), {
      before: change === 'kept' ? undefined : this.#embed(from),
      after,
    })
  }

  /** `at`: which image of the whole post, from 1. */
  find(route: string, post: string, at: number): ShownPictures {
    return this.#shown.get(keyOf(route, post, at)) ?? { before: undefined, after: undefined }
  }

  #embed({ bytes, mimeType }: KeptImage['from']): string | undefined {
    if (bytes.length > this.#room) return undefined
    this.#room -= bytes.length
    return `data:${mimeType};base64,${Buffer.from(bytes).toString('base64')}`
  }
}

const keyOf = (route: string, post: string, at: number): string => `${route} ${post} ${at}`
