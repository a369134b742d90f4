/** What a picture shows, in words: kept beside the pictures, so that a test sees when they have become untrue. */
import type { Locator } from 'playwright-core'

export type Shows = {
  /** What can be read, line by line. */
  readonly words: readonly string[]
  /** The alt texts of its images. */
  readonly images: readonly string[]
}

/** Of what can be seen of a part of a page; ports, times and measured things are left open. */
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
