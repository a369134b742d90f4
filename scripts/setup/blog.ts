/** The first step: which blog, and a key that Tumblr takes; both tried at once. */

import { parseBlogIdentifier } from '../../src/core/config/blog.ts'
import { userVariables } from '../../src/core/failure/tumblr.ts'
import type { PostPage } from '../../src/core/post/post.ts'
import type { Answers } from './answers.ts'
import type { Desk } from './desk.ts'
import { type Keys, lookAt, type Trouble } from './look-at-blog.ts'

const officialApi = 'https://api.tumblr.com'

/** Asks until Tumblr shows the blog. Throws Refusal where Tumblr cannot be asked, or the person has not what is needed. */
export async function settleBlog(desk: Desk, answers: Answers): Promise<void> {
  for (;;) {
    const blog = await askBlog(desk, answers)
    const keys = await askKeys(desk, answers)
    const found = await lookAt(blog, keys, answers.given('TUMBLR_API_URL')?.value ?? officialApi)
    if ('page' in found) return tellBlog(desk, blog, found.page)
    await mend(desk, answers, found, keys.oauth !== undefined)
  }
}

async function mend(desk: Desk, answers: Answers, { wrong, says }: Trouble, signed: boolean): Promise<void> {
  switch (wrong) {
    case 'the blog':
      await answers.drop('TUMBLR_BLOG')
      return desk.mistake('the blog', says)
    case 'the key':
      await answers.drop('TUMBLR_CONSUMER_KEY', ...userVariables)
      return desk.mistake('the blog', says)
    case 'who may see it':
      await answers.drop(...userVariables)
      desk.mistake('the blog', says)
      return askUserKeys(desk, answers)
    case 'perhaps hidden':
      if (desk.asks && !signed && (await isNameRight(desk, says))) return askUserKeys(desk, answers)
      await answers.drop('TUMBLR_BLOG')
      if (!desk.asks || signed) desk.mistake('the blog', says)
  }
}

async function isNameRight(desk: Desk, says: string): Promise<boolean> {
  desk.mistake('the blog', says)
  const next = await desk.pick({
    message: 'What now?',
    options: [
      { value: 'name', label: 'Type another name' },
      { value: 'keys', label: 'The name is right: give three more values' },
    ],
    usual: 'name',
  })
  return next === 'keys'
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
  const [consumerSecret, token, tokenSecret] = userVariables.map((name) => answers.given(name)?.value)
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

function tellBlog(desk: Desk, blog: string, { totalPosts, posts }: PostPage): void {
  const newest = Math.max(...posts.map(({ publishedAt }) => publishedAt))
  const age = posts.length === 0 ? '' : `, the newest of ${new Date(newest).toISOString().slice(0, 10)}`
  const count = totalPosts ?? posts.length
  desk.say(`Tumblr shows the blog ${blog}: ${count === 1 ? '1 post' : `${count} posts`}${age}.`)
}
