/** What a picture shows, in words. It is kept beside the pictures, so that a test notices when they are out of date. */
import type { Locator } from 'playwright-core'

export type Shows = {
  /** The visible text, line by line. */
  readonly words: readonly string[]
  /** The alt texts of its images. */
  readonly images: readonly string[]
}

/** What can be seen in a part of a page. Ports, times and sizes are replaced by `…`. */
export async function showsOf(part: Locator): Promise<Shows> {
  const text = await part.innerText()
  const images = await part
    .locator('img:visible')
    .evaluateAll((all) => all.map((image) => image.getAttribute('alt') ?? ''))
  return { words: lines(text), images: images.filter((altText) => altText !== '') }
}

const lines = (text: string): readonly string[] =>
  text
    .replace(/(?<=127\.0\.0\.1:)\d+/g, '…')
    .replace(/\d+ [A-Z][a-z]{2} \d{4}, \d\d:\d\d/g, '…')
    .replace(/\b\d\d:\d\d:\d\d\b|\d+(?= kB)/g, '…')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
