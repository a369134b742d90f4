/** The third step: a token of the account that statuses go to, and the person's word that it is the right one. */
import { ServiceError } from '../../src/core/failure/failure.ts'
import { Refusal } from '../terminal/refusal.ts'
import { type Account, fetchAccount } from './account.ts'
import type { Answers, App } from './answers.ts'
import { type Desk, Pause } from './desk.ts'
import { exchangeCode, missingScopes, registerApp, signInAddress } from './oauth.ts'
import type { Server } from './server.ts'

/** How a person without a terminal goes on: the sentence, and the code where it came on stdin. */
export type SignIn = { readonly code: string | undefined; readonly goOn: string }

type Owner = Account['owner']

const tokenName = 'MASTODON_ACCESS_TOKEN'
const tenYears = 10 * 365 * 86_400

/** Asks until there is a token of the account that is meant. Throws Refusal, and Pause where the sign-in is to be done elsewhere. */
export async function settleAccount(
  desk: Desk,
  answers: Answers,
  server: Server,
  signIn: SignIn,
): Promise<void> {
  let { code } = signIn
  let [fresh, otherAccount] = [false, false]
  for (;;) {
    const given = answers.given(tokenName)
    if (given === undefined) {
      await getToken(desk, answers, server.url, { ...signIn, code }, otherAccount)
      code = undefined
      fresh = true
      continue
    }
    const owner = await tryToken(server.url, given.value)
    if (typeof owner === 'string') {
      await answers.drop(tokenName)
      // One that was good once is no mistake of anybody's: another is asked for.
      if (fresh || given.from === 'order') desk.mistake('the token', owner)
      else desk.warn(owner)
      continue
    }
    if (await isMeant(desk, owner, server)) {
      await answers.keep(tokenName, given.value)
      return adviseOnBots(desk, owner, server)
    }
    await answers.drop(tokenName)
    otherAccount = true
    desk.say('Then sign in as the other one: the page asks who you are.')
  }
}

function isMeant(desk: Desk, { name }: Owner, { url }: Server): Promise<boolean> {
  const whole = name.includes('@') ? name : `${name}@${new URL(url).host}`
  if (!desk.asks) desk.say(`Statuses will go to @${whole}.`)
  return desk.confirm(`Statuses will go to @${whole}. Is that the right account?`)
}

/** Keeps a token; keeps none where the code was not taken. */
async function getToken(
  desk: Desk,
  answers: Answers,
  url: string,
  { code, goOn }: SignIn,
  otherAccount: boolean,
): Promise<void> {
  const app = await settleApp(answers, url)
  const address = signInAddress(app, otherAccount)
  const copied = code ?? (await askCode(desk, address, goOn))
  try {
    const token = await exchangeCode(app, copied)
    const missing = token.scopes === undefined ? [] : missingScopes(token.scopes)
    if (missing.length > 0) return desk.mistake('the code', lacks(missing))
    if (token.lasts !== undefined && token.lasts < tenYears) desk.warn(ends(token.lasts))
    await answers.keep(tokenName, token.accessToken)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    // Servers forget apps that nobody signed in with.
    if (error.facts.reason.includes('invalid_client')) await answers.keepApp(undefined)
    const again = desk.asks
      ? 'open the address once more for a fresh one.'
      : `for a fresh one open\n${address}`
    desk.mistake(
      'the code',
      `The server does not take this code (${shorten(error)}). It is good once, and for ten minutes: ${again}`,
    )
  }
}

async function settleApp(answers: Answers, url: string): Promise<App> {
  if (answers.app?.server === url) return answers.app
  try {
    const app = await registerApp(url)
    await answers.keepApp(app)
    return app
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    throw new Refusal(
      `The server does not let Levity register (${shorten(error)}): run npm run setup again later, or make the token yourself as the README says.`,
    )
  }
}

function askCode(desk: Desk, address: string, goOn: string): Promise<string> {
  const what = desk.asks
    ? 'Open this address in a browser, sign in, and agree:'
    : 'Open this address in a browser, sign in, agree, and copy the code:'
  desk.say(what)
  desk.show(address)
  if (!desk.asks) throw new Pause(`Then go on with the code on stdin: ${goOn}`, 3)
  return desk.secret({ message: 'The code that the page shows', otherwise: '--code -' })
}

/** What is wrong is a sentence. */
async function tryToken(url: string, token: string): Promise<Owner | string> {
  try {
    const { owner, scopes } = await fetchAccount(url, token)
    const missing = scopes === undefined ? [] : missingScopes(scopes)
    return missing.length > 0 ? lacks(missing) : owner
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const { status, answer } = error.facts
    if (status === 401 || status === 403 || (status === 422 && answer === 'other'))
      return `The server does not take the token (${shorten(error)}): sign in for another one.`
    throw new Refusal(`${error.message}. Run npm run setup again later: what was checked is kept.`)
  }
}

const lacks = (missing: readonly string[]): string =>
  `The token may not do all that Levity does; it lacks ${missing.join(' ')}: sign in for another one.`

const ends = (seconds: number): string =>
  `This server's tokens end: this one on ${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 10)}. Run npm run setup again before that day.`

const shorten = ({ message }: ServiceError): string => message.replace(/^Mastodon could not [^:]*: /, '')

/** Only where the rules speak of programs: elsewhere it is the owner's own matter. */
function adviseOnBots(desk: Desk, { bot }: Owner, { rules, url }: Server): void {
  const rule = rules.find((text) => /\b(?:bots?|automat)/i.test(text))
  if (rule === undefined || bot === true) return
  desk.warn(
    `The rules of ${url} speak of accounts that a program runs:\n  ${rule.replace(/\s+/g, ' ').slice(0, 300)}\nThis one does not say yet that it is one: in its settings, at the public profile, tick "This is an automated account".`,
  )
}
