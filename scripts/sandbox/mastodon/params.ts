/** The parameters of a status, from JSON or a form, read as Rails does: a single value in place of a list is dropped silently. */
import type { Context } from 'hono'
import { MastodonRefusal } from './refusal.ts'

export type StatusParams = {
  readonly text: string
  readonly spoilerText: string
  readonly sensitive: boolean
  readonly visibility: string | undefined
  readonly language: string | undefined
  readonly inReplyToId: string | undefined
  readonly mediaIds: readonly string[]
  /** Absent where the client did not ask. */
  readonly allowedMentions: readonly string[] | undefined
  readonly mediaAttributes: readonly { readonly id: string; readonly description: string | undefined }[]
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
const filled = (value: unknown): string | undefined => text(value) || undefined
const texts = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.flatMap((one) => text(one) ?? []).filter((one) => one !== '') : undefined

/** From JSON or a form. */
export async function readFields(c: Context): Promise<Fields> {
  if (!c.req.header('content-type')?.includes('json')) {
    const form = await c.req.parseBody({ all: true })
    return Object.fromEntries(
      Object.entries(form).map(([name, value]) =>
        name.endsWith('[]') ? [name.slice(0, -2), Array.isArray(value) ? value : [value]] : [name, value],
      ),
    )
  }
  const json: unknown = await c.req.json().catch(() => undefined)
  if (!isFields(json))
    throw new MastodonRefusal('malformed', 'Error occurred while parsing request parameters')
  return json
}

export async function readStatusParams(c: Context): Promise<StatusParams> {
  const fields = await readFields(c)
  const attributes = Array.isArray(fields['media_attributes']) ? fields['media_attributes'] : []
  return {
    text: text(fields['status']) ?? '',
    spoilerText: text(fields['spoiler_text']) ?? '',
    sensitive: ['true', '1'].includes(String(fields['sensitive'])),
    visibility: filled(fields['visibility']),
    language: filled(fields['language']),
    inReplyToId: filled(fields['in_reply_to_id']),
    mediaIds: texts(fields['media_ids']) ?? [],
    allowedMentions: texts(fields['allowed_mentions']),
    mediaAttributes: attributes
      .filter(isFields)
      .map((one) => ({ id: text(one['id']) ?? '', description: text(one['description']) })),
  }
}

/** The alt text of a PUT; undefined where none was sent. */
export async function readDescription(c: Context): Promise<string | undefined> {
  return text((await readFields(c))['description'])
}
