/** What `npm run plan` is asked for. */
import { extname } from 'node:path'
import { type Look, lookOptions, readLook, readOptions } from '../terminal/arguments.ts'
import { Refusal } from '../terminal/refusal.ts'

export const usage = `npm run plan                        what the next run of this folder would post
npm run plan -- --stage NAME        the same of a stage on AWS (--profile, --region)
with each: --route NAME, --post ID (that post, whatever its age), --json,
           --html [FILE] (a page with the pictures before and after; .levity/plan.html unless said)`

/** `page`: where it goes; undefined where none is asked for. */
export type Asked = Look & { readonly post?: string; readonly page: string | undefined }

const options = { ...lookOptions, post: { type: 'string' }, html: { type: 'boolean' } } as const
const usualPage = '.levity/plan.html'

/** Throws Refusal. */
export function readArguments(args: readonly string[]): Asked {
  // `--html` may stand alone, which `parseArgs` knows of no option that takes a value.
  const parted = args.flatMap((one) =>
    one.startsWith('--html=') ? ['--html', one.slice('--html='.length)] : one,
  )
  const { values, positionals } = readOptions(options, parted, usage, true)
  const { post, html = false, ...look } = values
  const [file, ...others] = positionals
  if (others.length > 0 || (file !== undefined && !html))
    throw new Refusal(`Expected one file, after --html, but received ${positionals.join(' ')}\n${usage}`, 2)
  if (file !== undefined && !['.html', '.htm'].includes(extname(file).toLowerCase()))
    throw new Refusal(`Expected a file named .html for --html but received ${file}`, 2)
  return {
    ...readLook(look),
    ...(post !== undefined && { post }),
    page: html ? (file ?? usualPage) : undefined,
  }
}
