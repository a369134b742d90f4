/** The first step: which blog, and a key that Tumblr takes; both tried at once. */
import { parseBlogIdentifier } from '../../src/core/blog.ts'
import { ServiceError } from '../../src/core/failure.ts'
import type { PostPage } from '../../src/core/post.ts'
import { createTumblr } from '../../src/io/tumblr.ts'
import { Refusal } from '../refusal.ts'
import type { Answers } from './answers.ts'
import type { Desk } from './desk.ts'

/** What a blog needs that is hidden from people without an account; the three mean something together only. */
export const userKeys = ['TUMBLR_CONSUMER_SECRET', 'TUMBLR_TOKEN', 'TUMBLR_TOKEN_SECRET'] as const
const officialApi = 'https://api.tumblr.com'

/** Codes of Tumblr's: hidden from people without an account, and behind a password. */
const hiddenCode = 4012
const lockedCode = 4013

type Keys = { readonly key: string; readonly oauth: Oauth | undefined }
type Oauth = { readonly consumerSecret: string; readonly token: string; readonly tokenSecret: string }

/** What is wrong, and so what is asked for again; undefined where Tumblr showed the blog. */
type Trouble = { readonly says: string; readonly wrong: 'the blog' | 'the key' | 'who may see it' }

/** Asks until Tumblr shows the blog. Throws Refusal where Tumblr cannot be asked, or the person has not what is needed. */
export async function settleBlog(desk: Desk, answers: Answers): Promise<void> {
  for (;;) {
    const blog = await askBlog(desk, answers)
    const keys = await askKeys(desk, answers)
    const found = await lookAt(blog, keys, answers)
    if ('page' in found) return tellBlog(desk, blog, found.page)
    if (found.wrong === 'the blog') await answers.drop('TUMBLR_BLOG')
    if (found.wrong === 'the key') await answers.drop('TUMBLR_CONSUMER_KEY', ...userKeys)
    if (found.wrong === 'who may see it') await answers.drop(...userKeys)
    const nothingGiven = found.wrong === 'who may see it' && keys.oauth === undefined
    if (nothingGiven && desk.asks) desk.warn(found.says)
    else desk.mistake('the blog', found.says)
    if (found.wrong === 'who may see it') await askUserKeys(desk, answers)
  }
}

async function askBlog(desk: Desk, answers: Answers): Promise<string> {
  const given = parseBlogIdentifier(answers.given('TUMBLR_BLOG')?.value ?? '')
  if (given !== undefined) return given
  const typed = await desk.text({
    message: 'Which Tumblr blog? Its name, or any address on it',
    otherwise: '--blog NAME',
    check: (text) =>
      parseBlogIdentifier(text) === undefined ? 'That is no name or address of a Tumblr blog.' : undefined,
  })
  const blog = parseBlogIdentifier(typed) ?? typed
  await answers.keep('TUMBLR_BLOG', blog)
  return blog
}

async function askKeys(desk: Desk, answers: Answers): Promise<Keys> {
  const [consumerSecret, token, tokenSecret] = userKeys.map((name) => answers.given(name)?.value)
  const key = answers.given('TUMBLR_CONSUMER_KEY')?.value ?? (await askKey(desk, answers))
  const oauth = consumerSecret && token && tokenSecret ? { consumerSecret, token, tokenSecret } : undefined
  return { key, oauth }
}

async function askKey(desk: Desk, answers: Answers): Promise<string> {
  if (desk.asks)
    desk.say(
      'Tumblr wants to know who asks. Register an application at https://www.tumblr.com/oauth/apps (its name, description and addresses are yours to choose; Levity uses none of them), then copy its OAuth consumer key.',
    )
  const key = await desk.secret({
    message: 'OAuth consumer key',
    otherwise: 'TUMBLR_CONSUMER_KEY in the environment',
    check: withoutSpaces,
  })
  await answers.keep('TUMBLR_CONSUMER_KEY', key)
  return key
}

async function askUserKeys(desk: Desk, answers: Answers): Promise<void> {
  desk.say(
    'Three more values of the same application let Levity see what you see: its secret key, and a token of yours with its secret. https://api.tumblr.com/console asks for the first two and then shows all of them ("Show keys"). Or show the blog to everyone in its settings, and leave this with Ctrl-C.',
  )
  for (const [name, what] of [
    ['TUMBLR_CONSUMER_SECRET', 'OAuth consumer secret ("secret key")'],
    ['TUMBLR_TOKEN', 'Token'],
    ['TUMBLR_TOKEN_SECRET', 'Token secret'],
  ] as const) {
    const otherwise = `${name} in the environment`
    await answers.keep(name, await desk.secret({ message: what, otherwise, check: withoutSpaces }))
  }
}

const withoutSpaces = (text: string): string | undefined =>
  /^[\x21-\x7e]+$/.test(text) ? undefined : 'That is no key: keys are letters and digits without spaces.'

async function lookAt(
  blog: string,
  { key, oauth }: Keys,
  answers: Answers,
): Promise<{ readonly page: PostPage } | Trouble> {
  const end = new AbortController()
  const tumblr = createTumblr({
    blog,
    consumerKey: key,
    ...(oauth && { oauth }),
    apiUrl: answers.given('TUMBLR_API_URL')?.value ?? officialApi,
    signal: end.signal,
  })
  try {
    return { page: await tumblr.fetchPage() }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const trouble = judge(error, blog, oauth !== undefined)
    if (trouble) return trouble
    throw new Refusal(`${error.message}. Run npm run setup again later: what was checked is kept.`)
  } finally {
    end.abort()
  }
}

function judge({ facts }: ServiceError, blog: string, signed: boolean): Trouble | undefined {
  if (facts.answer !== 'json') return undefined
  if (facts.status === 401) {
    const others = signed ? ', or the three other values are not of the same application' : ''
    return {
      wrong: 'the key',
      says: `Tumblr does not know this key (401)${others}: copy the OAuth consumer key once more, whole and without spaces.`,
    }
  }
  if (facts.code === lockedCode)
    return { wrong: 'the blog', says: `${blog} asks for a password; Levity reads only blogs without one.` }
  if (facts.code === hiddenCode)
    return {
      wrong: 'who may see it',
      says: signed
        ? `${blog} is hidden from people without an account, and these three values do not open it: they must be of the application whose key you gave, and of someone who can see the blog.`
        : `${blog} is hidden from people without an account: ${userKeys.join(', ')} of someone who can see it are needed too, or show the blog to everyone in its settings.`,
    }
  if (facts.status === 404)
    return {
      wrong: 'the blog',
      says: `Tumblr has no blog ${blog} that anyone can see (404): check the name. A blog with explicit content needs ${userKeys.join(', ')} as well.`,
    }
  return undefined
}

function tellBlog(desk: Desk, blog: string, { totalPosts, posts }: PostPage): void {
  const newest = Math.max(...posts.map(({ publishedAt }) => publishedAt))
  const age = posts.length === 0 ? '' : `, the newest of ${new Date(newest).toISOString().slice(0, 10)}`
  const count = totalPosts ?? posts.length
  desk.say(`Tumblr shows the blog ${blog}: ${count === 1 ? '1 post' : `${count} posts`}${age}.`)
}
