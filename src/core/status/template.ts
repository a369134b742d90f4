/** A template with its placeholders filled in. */

export type Filling = {
  readonly text: string
  readonly link: string
  readonly tags: string
  readonly date: string
  readonly credit: string
}

/**
 * Fills in a template. A line that is empty once filled in is left out, and with it the gap it would leave. Unknown
 * placeholders stay as they are. `place` ("1/3") stands on a line of its own above the line of `{tags}`, so that hashtags
 * alone stay the last line: Mastodon shows those as a bar of their own.
 */
export function fillTemplate(template: string, filling: Filling, place: string): string {
  const lines = template.split(/\r?\n/)
  const tagsAt = lines.findLastIndex((line) => line.includes('{tags}'))
  const placeAt = tagsAt < 0 ? lines.length : tagsAt
  return lines
    .map((line) => fillLine(line, filling))
    .toSpliced(placeAt, 0, ...(place === '' ? [] : ['', place, '']))
    .filter((line) => line !== undefined)
    .flatMap((filled) => filled.split('\n').map((line) => line.trimEnd()))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function fillLine(line: string, filling: Filling): string | undefined {
  const filled = line.replace(/\{(text|link|tags|date|credit)\}/g, (whole, name: string) =>
    isFilled(name) ? filling[name] : whole,
  )
  return filled.trim() === '' && line.trim() !== '' ? undefined : filled
}

const isFilled = (name: string): name is keyof Filling =>
  name === 'text' || name === 'link' || name === 'tags' || name === 'date' || name === 'credit'
