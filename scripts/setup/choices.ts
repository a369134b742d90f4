/** The fourth step: what a route wants. What each setting means comes from its row. */
import type { About, SettingRow } from '../../src/core/config/row.ts'
import { RouteSettings } from '../../src/core/config/settings.ts'
import type { SetupAnswers } from './answers.ts'
import type { Prompts } from './prompts.ts'
import { findProblem } from './typed.ts'

const { run, wishes } = RouteSettings.entries

type AskedRow = { readonly row: SettingRow; readonly ask: Ask }
type Ask = (prompts: Prompts, initial: string) => Promise<string>

const asked: readonly AskedRow[] = [
  { row: run.entries.start, ask: askStart },
  picking(wishes.entries.reblogs),
  { row: wishes.entries.tagRules, ask: askTagRules },
  picking(wishes.entries.visibility),
  picking(wishes.entries.altText),
]

export const choiceNames: readonly string[] = asked.map(({ row }) => row.about.name)

/** What was given as an option, or answered before, is not asked again. */
export async function settleChoices(prompts: Prompts, answers: SetupAnswers): Promise<void> {
  for (const { row, ask } of asked) {
    const { name } = row.about
    const given = answers.given(name)
    if (given !== undefined && given.from !== 'file' && findProblem(name, given.value) === undefined) continue
    await answers.keep(name, await ask(prompts, given?.from === 'file' ? given.value : (row.default ?? '')))
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function questionOf({ help }: About): string {
  return `${capital(help)}?`
}

function picking(row: SettingRow): AskedRow {
  const options = Object.entries(row.about.words ?? {}).map(([value, means]) => ({
    value,
    label: capital(means || value),
  }))
  const message = questionOf(row.about)
  return { row, ask: (prompts, initial) => prompts.pick({ message, options, initial }) }
}

async function askStart(prompts: Prompts, initial: string): Promise<string> {
  const { about } = run.entries.start
  const [word = 'now'] = initial.toLowerCase().split(':')
  const options = Object.entries(about.words ?? {}).map(([form, means]) => ({
    value: form.split(':')[0] ?? form,
    label: capital(means),
  }))
  const kind = await prompts.pick({ message: questionOf(about), options, initial: word })
  if (kind === 'now' || kind === 'all') return kind
  if (!prompts.asks) return initial
  const number = await prompts.text({
    message: kind === 'last' ? 'How many?' : 'Since which day? Such as 2026-01-31',
    withoutTerminal: '--start',
    initial:
      kind === word
        ? initial.slice(word.length + 1)
        : kind === 'last'
          ? '5'
          : new Date().toISOString().slice(0, 10),
    check: (text) => findProblem(about.name, `${kind}:${text}`),
  })
  return `${kind}:${number}`
}

function askTagRules(prompts: Prompts, initial: string): Promise<string> {
  const { name, example = '' } = wishes.entries.tagRules.about
  return prompts.text({
    message: 'Shall tags do something? (Enter for no: then only warnings such as "cw blood" count)',
    placeholder: example,
    withoutTerminal: '--tag-rules',
    initial,
    optional: true,
    check: (text) => findProblem(name, text),
  })
}
