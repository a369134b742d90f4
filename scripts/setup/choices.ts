/** The fourth step: what a route wants, each with what most people want of it. */
import { settingRows } from '../../src/core/config/settings.ts'
import type { Answers } from './answers.ts'
import type { Choice, Desk } from './desk.ts'
import { findProblem } from './order.ts'

type Option = Choice<string>['options'][number]

export const choiceNames = [
  'LEVITY_START',
  'LEVITY_REBLOGS',
  'LEVITY_TAG_RULES',
  'LEVITY_VISIBILITY',
  'LEVITY_ALT_TEXT',
] as const
type ChoiceName = (typeof choiceNames)[number]

/** What was ordered or answered before is not asked again. */
export async function settleChoices(desk: Desk, answers: Answers): Promise<void> {
  for (const name of choiceNames) {
    const given = answers.given(name)
    if (given !== undefined && given.from !== 'file' && findProblem(name, given.value) === undefined) continue
    const usual = given?.from === 'file' ? given.value : (settingRows.get(name)?.default ?? '')
    await answers.keep(name, await ask[name](desk, usual))
  }
}

type Ask = (desk: Desk, usual: string) => Promise<string>

const picking =
  (message: string, options: readonly Option[]): Ask =>
  (desk, usual) =>
    desk.pick({ message, options, usual })

const ask: Readonly<Record<ChoiceName, Ask>> = {
  LEVITY_START: askStart,
  LEVITY_REBLOGS: picking('Which images of reblogs?', [
    { value: 'own', label: 'Those the blog added itself' },
    { value: 'all', label: 'All of them, with credit' },
    { value: 'none', label: 'None: no reblogs at all' },
  ]),
  LEVITY_TAG_RULES: askTagRules,
  LEVITY_VISIBILITY: picking('Who may see the statuses?', [
    { value: 'public', label: 'Everyone' },
    { value: 'unlisted', label: 'Everyone, but kept out of the public timelines', hint: 'quiet public' },
    { value: 'private', label: 'Followers alone' },
    { value: 'direct', label: 'Nobody but the account itself', hint: 'to try it out' },
  ]),
  LEVITY_ALT_TEXT: picking('Where an image has no alt text?', [
    { value: 'own', label: 'Post it as it is' },
    { value: 'caption', label: "Take the image's caption" },
    { value: 'required', label: 'Wait until it has one on Tumblr' },
  ]),
}

async function askStart(desk: Desk, usual: string): Promise<string> {
  const [word = 'now'] = usual.toLowerCase().split(':')
  const options: readonly Option[] = [
    { value: 'now', label: 'Only those that come from now on' },
    { value: 'last', label: 'The newest few, and all that come' },
    { value: 'since', label: 'Those since a day, and all that come' },
    { value: 'all', label: 'Every post there is, oldest first' },
  ]
  const kind = await desk.pick({ message: 'Which posts shall be reposted?', options, usual: word })
  if (kind === 'now' || kind === 'all') return kind
  if (!desk.asks) return usual
  const rest = usual.slice(word.length + 1)
  const check = (text: string): string | undefined => findProblem('LEVITY_START', `${kind}:${text}`)
  const number = await desk.text({
    message: kind === 'last' ? 'How many?' : 'Since which day? Such as 2026-01-31',
    otherwise: '--start',
    usual: kind === word ? rest : kind === 'last' ? '5' : new Date().toISOString().slice(0, 10),
    check,
  })
  return `${kind}:${number}`
}

function askTagRules(desk: Desk, usual: string): Promise<string> {
  return desk.text({
    message: 'Shall tags do something? (Enter: no; warnings such as "cw blood" count anyway)',
    such: 'nsfw=cw:Nudity; wip=skip; sketch=unlisted',
    otherwise: '--tag-rules',
    usual,
    optional: true,
    check: (text) => findProblem('LEVITY_TAG_RULES', text),
  })
}
