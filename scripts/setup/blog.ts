/** The first step: the blog, and a key for Tumblr. Both are tried together. */
import { parseBlogIdentifier } from '../../src/core/config/blog.ts'
import { userVariables } from '../../src/core/failure/tumblr.ts'
import type { PostPage } from '../../src/core/post/post.ts'
import type { SetupAnswers } from './answers.ts'
import type { Prompts } from './prompts.ts'
import { type BlogKeys, type BlogProblem, tryBlog } from './try-blog.ts'

const officialApi = 'https://api.tumblr.com'

/** Asks until Tumblr shows the blog. Throws Refusal where Tumblr cannot be asked, or the person has not what is needed. */
export async function settleBlog(prompts: Prompts, answers: SetupAnswers): Promise<void> {
  for (;;) {
    const blog = await askBlog(prompts, answers)
    const keys = await askKeys(prompts, answers)
    const found = await tryBlog(blog, keys, answers.given('TUMBLR_API_URL')?.value ?? officialApi)
    if ('page' in found) return tellBlog(prompts, blog, found.page)
    await mend(prompts, answers, found, keys.oauth !== undefined)
  }
}

async function mend(
  prompts: Prompts,
  answers: SetupAnswers,
  { wrong, says }: BlogProblem,
  signed: boolean,
): Promise<void> {
  switch (wrong) {
    case 'the blog':
      await answers.drop('TUMBLR_BLOG')
      return prompts.mistake('the blog', says)
    case 'the key':
      await answers.drop('TUMBLR_CONSUMER_KEY', ...userVariables)
      return prompts.mistake('the blog', says)
    case 'who may see it':
      await answers.drop(...userVariables)
      prompts.mistake('the blog', says)
      return askUserKeys(prompts, answers)
    case 'perhaps hidden':
      if (prompts.asks && !signed && (await isNameRight(prompts, says))) return askUserKeys(prompts, answers)
      await answers.drop('TUMBLR_BLOG')
      if (!prompts.asks || signed) prompts.mistake('the blog', says)
  }
}

async function isNameRight(prompts: Prompts, says: string): Promise<boolean> {
  prompts.mistake('the blog', says)
  const next = await prompts.pick({
    message: 'What now?',
    options: [
      { value: 'name', label: 'Type another name' },
      { value: 'keys', label: 'The name is right: give three more values' },
    ],
    initial: 'name',
  })
  return next === 'keys'
}

async function askBlog(prompts: Prompts, answers: SetupAnswers): Promise<string> {
  const given = parseBlogIdentifier(answers.given('TUMBLR_BLOG')?.value ?? '')
  if (given !== undefined) return given
  const typed = await prompts.text({
    message: 'Which Tumblr blog? Its name, or any address on it',
    withoutTerminal: '--blog NAME',
    check: (text) =>
      parseBlogIdentifier(text) === undefined
        ? 'That is not the name or the address of a Tumblr blog.'
        : undefined,
  })
  const blog = parseBlogIdentifier(typed) ?? typed
  await answers.keep('TUMBLR_BLOG', blog)
  return blog
}

async function askKeys(prompts: Prompts, answers: SetupAnswers): Promise<BlogKeys> {
  const [consumerSecret, token, tokenSecret] = userVariables.map((name) => answers.given(name)?.value)
  const key = answers.given('TUMBLR_CONSUMER_KEY')?.value ?? (await askKey(prompts, answers))
  const oauth = consumerSecret && token && tokenSecret ? { consumerSecret, token, tokenSecret } : undefined
  return { key, oauth }
}

async function askKey(prompts: Prompts, answers: SetupAnswers): Promise<string> {
  if (prompts.asks)
    prompts.say(
      'To read a blog, Levity needs a key from Tumblr. Register an application at https://www.tumblr.com/oauth/apps. Choose any name, description and addresses: Levity uses none of them. Then copy its OAuth consumer key.',
    )
  const key = await prompts.secret({
    message: 'OAuth consumer key',
    withoutTerminal: 'TUMBLR_CONSUMER_KEY in the environment',
    check: withoutSpaces,
  })
  await answers.keep('TUMBLR_CONSUMER_KEY', key)
  return key
}

async function askUserKeys(prompts: Prompts, answers: SetupAnswers): Promise<void> {
  prompts.say(
    'With three more values Levity can see what you see on Tumblr: the secret key of the same application, and a token of yours with its secret. https://api.tumblr.com/console asks for the two keys and then shows all four values ("Show keys"). Or leave with Ctrl-C, and show the blog to everyone in its settings.',
  )
  for (const [name, what] of [
    ['TUMBLR_CONSUMER_SECRET', 'OAuth consumer secret ("secret key")'],
    ['TUMBLR_TOKEN', 'Token'],
    ['TUMBLR_TOKEN_SECRET', 'Token secret'],
  ] as const) {
    const withoutTerminal = `${name} in the environment`
    await answers.keep(name, await prompts.secret({ message: what, withoutTerminal, check: withoutSpaces }))
  }
}

const withoutSpaces = (text: string): string | undefined =>
  /^[\x21-\x7e]+$/.test(text) ? undefined : 'That is not a key: a key has letters and digits, and no spaces.'

function tellBlog(prompts: Prompts, blog: string, { totalPosts, posts }: PostPage): void {
  const newest = Math.max(...posts.map(({ publishedAt }) => publishedAt))
  const age = posts.length === 0 ? '' : `, the newest of ${new Date(newest).toISOString().slice(0, 10)}`
  const count = totalPosts ?? posts.length
  prompts.say(`Tumblr shows the blog ${blog}: ${count === 1 ? '1 post' : `${count} posts`}${age}.`)
}
