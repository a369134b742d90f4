/** The third step: a token of the account that statuses go to, and a person's yes that it is the right account. */
import { ServiceError } from '../../src/core/failure/failure.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { RegisteredApp, SetupAnswers } from './answers.ts'
import {
  exchangeCode,
  fetchTokenFacts,
  missingScopes,
  registerApp,
  signInAddress,
  type TokenFacts,
} from './oauth.ts'
import { Pause, type Prompts } from './prompts.ts'
import type { CheckedServer } from './server.ts'

/** For a person without a terminal. `code` came on stdin; `goOn` is the command that takes it. */
export type SignInStep = { readonly code: string | undefined; readonly goOn: string }

type Owner = TokenFacts['owner']

const tokenName = 'MASTODON_ACCESS_TOKEN'
const tenYears = 10 * 365 * 86_400

/** Asks until there is a token of the right account. Throws Refusal; without a terminal also Pause, so that the person can sign in. */
export async function settleAccount(
  prompts: Prompts,
  answers: SetupAnswers,
  server: CheckedServer,
  signIn: SignInStep,
): Promise<void> {
  let { code } = signIn
  let [fresh, otherAccount] = [false, false]
  for (;;) {
    const given = answers.given(tokenName)
    if (given === undefined) {
      await getToken(prompts, answers, server.url, { ...signIn, code }, otherAccount)
      code = undefined
      fresh = true
      continue
    }
    const owner = await tryToken(server.url, given.value)
    if (typeof owner === 'string') {
      await answers.drop(tokenName)
      // A token that worked once is not the person's mistake.
      if (fresh || given.from === 'command') prompts.mistake('the token', owner)
      else prompts.warn(owner)
      continue
    }
    if (await isMeant(prompts, owner, server)) {
      await answers.keep(tokenName, given.value)
      return adviseOnBots(prompts, owner, server)
    }
    await answers.drop(tokenName)
    otherAccount = true
    prompts.say('Then sign in with the other account: the page asks who you are.')
  }
}

function isMeant(prompts: Prompts, { name }: Owner, { url }: CheckedServer): Promise<boolean> {
  const whole = name.includes('@') ? name : `${name}@${new URL(url).host}`
  if (!prompts.asks) prompts.say(`Statuses will go to @${whole}.`)
  return prompts.confirm(`Statuses will go to @${whole}. Is that the right account?`)
}

/** Saves a token, unless the server refuses the code. */
async function getToken(
  prompts: Prompts,
  answers: SetupAnswers,
  url: string,
  { code, goOn }: SignInStep,
  otherAccount: boolean,
): Promise<void> {
  const app = await settleApp(answers, url)
  const address = signInAddress(app, otherAccount)
  const copied = code ?? (await askCode(prompts, address, goOn))
  try {
    const token = await exchangeCode(app, copied)
    const missing = token.scopes === undefined ? [] : missingScopes(token.scopes)
    if (missing.length > 0) return prompts.mistake('the code', lacks(missing))
    if (token.expiresIn !== undefined && token.expiresIn < tenYears) prompts.warn(expires(token.expiresIn))
    await answers.keep(tokenName, token.accessToken)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    // Servers delete apps that nobody signed in with.
    if (error.facts.reason.includes('invalid_client')) await answers.keepApp(undefined)
    const again = prompts.asks ? 'open the address again for a new one.' : `for a new one open\n${address}`
    prompts.mistake(
      'the code',
      `The server does not take this code (${shorten(error)}). A code works once, and for ten minutes: ${again}`,
    )
  }
}

async function settleApp(answers: SetupAnswers, url: string): Promise<RegisteredApp> {
  if (answers.app?.server === url) return answers.app
  try {
    const app = await registerApp(url)
    await answers.keepApp(app)
    return app
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    throw new Refusal(
      `The server does not let Levity register (${shorten(error)}): run npm run setup again later, or make a token by hand, as the README says.`,
    )
  }
}

function askCode(prompts: Prompts, address: string, goOn: string): Promise<string> {
  const what = prompts.asks
    ? 'Open this address in a browser, sign in, and agree:'
    : 'Open this address in a browser, sign in, agree, and copy the code:'
  prompts.say(what)
  prompts.show(address)
  if (!prompts.asks) throw new Pause(`Then go on with the code that it shows: echo CODE | ${goOn}`, 3)
  return prompts.secret({ message: 'The code that the page shows', withoutTerminal: '--code -' })
}

/** A string says what is wrong. */
async function tryToken(url: string, token: string): Promise<Owner | string> {
  try {
    const { owner, scopes } = await fetchTokenFacts(url, token)
    const missing = scopes === undefined ? [] : missingScopes(scopes)
    return missing.length > 0 ? lacks(missing) : owner
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const { status, answer } = error.facts
    if (status === 401 || status === 403 || (status === 422 && answer === 'other'))
      return `The server does not take the token (${shorten(error)}): sign in again for a new one.`
    throw new Refusal(`${error.message}. Run npm run setup again later: your checked answers are saved.`)
  }
}

const lacks = (missing: readonly string[]): string =>
  `The token does not allow all that Levity needs; it lacks ${missing.join(' ')}: sign in again for a new one.`

const expires = (seconds: number): string =>
  `The tokens of this server expire: this one on ${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 10)}. Run npm run setup again before that day.`

const shorten = ({ message }: ServiceError): string => message.replace(/^Mastodon could not [^:]*: /, '')

/** Only if the server's rules mention bots: otherwise the owner decides. */
function adviseOnBots(prompts: Prompts, { bot }: Owner, { rules, url }: CheckedServer): void {
  const rule = rules.find((text) => /\b(?:bots?|automat)/i.test(text))
  if (rule === undefined || bot === true) return
  prompts.warn(
    `The rules of ${url} mention accounts that a program runs:\n  ${rule.replace(/\s+/g, ' ').slice(0, 300)}\nYour account is not marked as one yet. In its settings, under the public profile, tick "This is an automated account".`,
  )
}
