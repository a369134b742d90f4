/** The second step: the server. It must answer as a Mastodon does, and it says what it takes. */
import { createRestAPIClient } from 'masto'
import * as v from 'valibot'
import { ServiceError } from '../../src/core/failure/failure.ts'
import { describeFamily } from '../../src/core/server/families.ts'
import { type Limits, parseLimits } from '../../src/core/server/limits.ts'
import { createRefuse } from '../../src/io/mastodon/connection.ts'
import { fetchInstance, fetchSoftwareName } from '../../src/io/mastodon/instance.ts'
import type { SetupAnswers } from './answers.ts'
import { deadlineMs, noSecret, withAsk } from './exchange.ts'
import type { Prompts } from './prompts.ts'
import { readServer } from './typed.ts'

export type CheckedServer = {
  readonly url: string
  /** As it names itself. */
  readonly software: string
  readonly limits: Limits
  readonly rules: readonly string[]
}

/** Asks until a server answers as a Mastodon does. Throws Refusal at the fifth that does not. */
export async function settleServer(prompts: Prompts, answers: SetupAnswers): Promise<CheckedServer> {
  for (;;) {
    const url = await askAddress(prompts, answers)
    const found = await tryServer(url)
    if (typeof found !== 'string') {
      prompts.say(describe(found))
      return found
    }
    await answers.drop('MASTODON_URL')
    prompts.mistake('the server', found)
  }
}

async function askAddress(prompts: Prompts, answers: SetupAnswers): Promise<string> {
  const given = readServer(answers.given('MASTODON_URL')?.value ?? '')
  if (given !== undefined) return given
  const typed = await prompts.text({
    message: 'Which server is your Mastodon account on? Such as mastodon.social',
    withoutTerminal: '--server ADDRESS',
    check: (text) => (readServer(text) === undefined ? 'That is not the address of a server.' : undefined),
  })
  const url = readServer(typed) ?? typed
  await answers.keep('MASTODON_URL', url)
  return url
}

const Instance = v.object({
  version: v.string(),
  rules: v.optional(v.fallback(v.array(v.object({ text: v.string() })), []), []),
})

/** A string says what is wrong. */
async function tryServer(url: string): Promise<CheckedServer | string> {
  try {
    const [instance, name] = await fetchFacts(url)
    const read = v.safeParse(Instance, instance)
    if (!read.success)
      return `${url} answers, but not as a Mastodon or one of its relatives does: check the address.`
    const limits = parseLimits(instance, name)
    const software = name ?? describeFamily(limits.software)
    return { url, software, limits, rules: read.output.rules.map(({ text }) => text) }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const why = error.message.replace(/^.*?: (?:no answer, )?/, '')
    return error.facts.answer === 'nothing'
      ? `Nothing answers at ${url} (${why}): check the address, or try again later.`
      : `${url} does not say what it takes (${why}): check the address, or try again later.`
  }
}

const fetchFacts = (url: string): Promise<readonly [unknown, string | undefined]> =>
  withAsk(noSecret(), (ask, signal) => {
    const client = createRestAPIClient({ url })
    const deadlines = { create: deadlineMs, upload: deadlineMs, processing: deadlineMs, other: deadlineMs }
    const refuse = createRefuse(client, ask, deadlineMs, Date.now)
    const server = { client, ask, refuse, signal, now: Date.now, pollMs: 1000, deadlines }
    return Promise.all([fetchInstance(server), fetchSoftwareName(url, ask, deadlineMs)])
  })

function describe({ url, software, limits }: CheckedServer): string {
  const { characters, imagesPerStatus, altTextCharacters, imageBytes, imagePixels } = limits
  const count = (number: number): string => number.toLocaleString('en')
  const images = imagesPerStatus === 1 ? '1 image' : `${imagesPerStatus} images`
  return [
    `${url} is ${software} ${limits.version}.`,
    `A status holds ${count(characters)} characters and ${images}, an alt text ${count(altTextCharacters)} characters,`,
    `an image ${count(Math.round(imageBytes / 1e6))} MB and ${count(Math.round(imagePixels / 1e6))} megapixels.`,
  ].join('\n')
}
