/** Asks Tumblr for a blog with the keys that were given, and says what is wrong if Tumblr does not show it. */
import { ServiceError } from '../../src/core/failure/failure.ts'
import { userVariables, whyRefused } from '../../src/core/failure/tumblr.ts'
import type { PostPage } from '../../src/core/post/post.ts'
import { createTumblr } from '../../src/io/tumblr/tumblr.ts'
import { Refusal } from '../terminal/refusal.ts'

/** `oauth`: where all three were given. */
export type BlogKeys = { readonly key: string; readonly oauth: Oauth | undefined }
type Oauth = { readonly consumerSecret: string; readonly token: string; readonly tokenSecret: string }

/** `wrong` decides what is asked for again. `perhaps hidden`: Tumblr gives the same answer for a blog that does not exist. */
export type BlogProblem = {
  readonly says: string
  readonly wrong: 'the blog' | 'the key' | 'who may see it' | 'perhaps hidden'
}

/** Throws Refusal if Tumblr gives no answer about the blog. */
export async function tryBlog(
  blog: string,
  { key, oauth }: BlogKeys,
  apiUrl: string,
): Promise<{ readonly page: PostPage } | BlogProblem> {
  const end = new AbortController()
  const tumblr = createTumblr({
    blog,
    consumerKey: key,
    ...(oauth && { oauth }),
    apiUrl,
    signal: end.signal,
  })
  try {
    return { page: await tumblr.fetchPage() }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const problem = judge(error, blog, oauth !== undefined)
    if (problem) return problem
    throw new Refusal(`${error.message}. Run npm run setup again later: your checked answers are saved.`)
  } finally {
    end.abort()
  }
}

function judge({ facts }: ServiceError, blog: string, signed: boolean): BlogProblem | undefined {
  if (facts.answer !== 'json') return undefined
  switch (whyRefused(facts)) {
    case 'unknown key': {
      const others = signed ? ', or the three other values are not of the same application' : ''
      return {
        wrong: 'the key',
        says: `Tumblr does not know this key (401)${others}: copy the OAuth consumer key once more, whole and without spaces.`,
      }
    }
    case 'locked':
      return {
        wrong: 'the blog',
        says: `${blog} has a password, and Levity can read only blogs without one: give another blog, or remove the password.`,
      }
    case 'hidden':
      return {
        wrong: 'who may see it',
        says: signed
          ? `${blog} is hidden from people without an account, and these three values do not open it: they must be of the application whose key you gave, and of someone who can see the blog.`
          : `${blog} is hidden from people without an account: ${userVariables.join(', ')} of someone who can see it are needed too, or show the blog to everyone in its settings.`,
      }
    case 'missing':
      return {
        wrong: 'perhaps hidden',
        says: `Tumblr has no blog ${blog} that anyone can see (404): check the name. A blog with explicit content needs ${userVariables.join(', ')} as well.`,
      }
    default:
      return undefined
  }
}
