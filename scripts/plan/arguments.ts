/** The arguments of `npm run plan`. */
import { extname } from 'node:path'
import { type CommandLine, type Given, type Look, lookOptions, mistake } from '../terminal/arguments.ts'

export const command = {
  name: 'plan',
  says: 'Everything that the next run would do, downloads and resizing included. It posts and stores nothing.',
  positionals: { form: '', words: 'one file, after --html,', most: 1 },
  forms: ['[OPTIONS]', '--html [FILE]'],
  options: {
    ...lookOptions,
    post: { takes: 'ID', says: 'that post, whatever its age' },
    html: {
      says: 'writes a page with the pictures before and after, to FILE or to .levity/plan.html',
    },
  },
  exits: {
    0: 'planned',
    1: 'a route could not be planned, or the settings are wrong',
    2: 'nothing could be asked',
  },
  mistake: 2,
} as const satisfies CommandLine

/** `page`: the file of the page; undefined where none is asked for. */
export type Asked = Look & { readonly post?: string | undefined; readonly page: string | undefined }

const usualPage = '.levity/plan.html'

/** `--html` may have a file or none, but an option either takes a value or not. So the file becomes an argument of its own. */
export const splitHtml = (args: readonly string[]): readonly string[] =>
  args.flatMap((one) => (one.startsWith('--html=') ? ['--html', one.slice('--html='.length)] : one))

/** Throws Refusal. */
export function readAsked({ values, positionals }: Given<typeof command>): Asked {
  const { html, ...look } = values
  const [file] = positionals
  if (file !== undefined && !html) throw mistake(command, command.positionals.words, file)
  if (file !== undefined && !['.html', '.htm'].includes(extname(file).toLowerCase()))
    throw mistake(command, 'a file named .html for --html', file)
  return { ...look, page: html ? (file ?? usualPage) : undefined }
}
