/** What is wrong with a published status. */
import type { SandboxStatus } from './status.ts'
import { countCharacters } from './text.ts'
import type { Traits } from './traits.ts'

/** Sentences, none where all is well. Only `post` statuses that are not deleted are judged. */
export function unlawful(status: SandboxStatus, traits: Traits): string[] {
  if (status.deleted || status.kind !== 'post') return []
  const { limits } = traits
  const wrong: string[] = []
  if (status.pinged.length > 0) wrong.push(`pings ${status.pinged.join(', ')}`)
  if (status.media.length === 0) wrong.push('has no image')
  if (status.media.length > limits.attachments)
    wrong.push(`has ${status.media.length} images of at most ${limits.attachments}`)
  const characters = countCharacters(status.text, status.spoilerText, traits)
  if (characters > limits.characters)
    wrong.push(`has ${characters} characters of at most ${limits.characters}`)
  for (const { id, mimeType, format, description, bytes, width, height, attachedTo } of status.media) {
    const media = (what: string): number => wrong.push(`media ${id} ${what}`)
    if (format === undefined) media('cannot be read')
    else if (format !== 'heif' && mimeType !== `image/${format}`)
      media(`is said to be ${mimeType} but is ${format}`)
    if (bytes.length > limits.imageBytes) media(`has ${bytes.length} bytes of at most ${limits.imageBytes}`)
    if (width * height > limits.imagePixels) media(`has ${width}x${height} pixels`)
    if (description !== undefined && /^(undefined|null|)$/.test(description))
      media(`is described as "${description}"`)
    if ([...(description ?? '')].length > limits.altTextCharacters) media('has too long an alt text')
    if (attachedTo !== status.id) media(`belongs to ${attachedTo ?? 'no status'}`)
  }
  return wrong.map((what) => `${status.url} ${what}`)
}
