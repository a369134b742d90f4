/** One look at a blog, with the keys that were given, and what is wrong where Tumblr does not show it. */
import { ServiceError } from '../../src/core/failure/failure.ts'
import { userVariables, whyRefused } from '../../src/core/failure/tumblr.ts'
import type { PostPage } from '../../src/core/post/post.ts'
import { createTumblr } from '../../src/io/tumblr/tumblr.ts'
import { Refusal } from '../terminal/refusal.ts'

/** `oauth`: of someone who signs in, where all three were given. */
export type Keys = { readonly key: string; readonly oauth: Oauth | undefined }
type Oauth = { readonly consumerSecret: string; readonly token: string; readonly tokenSecret: string }

/** What is wrong, and so what is asked for again. `perhaps hidden`: Tumblr says the same of a blog that is not there. */
export type Trouble = {
  readonly says: string
  readonly wrong: 'the blog' | 'the key' | 'who may see it' | 'perhaps hidden'
}

/** Throws Refusal where Tumblr cannot say. */
export async function lookAt(
  blog: string,
  { key, oauth }: Keys,
  apiUrl: string,
): Promise<{ readonly page: PostPage } | Trouble> {
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
    const trouble = judge(error, blog, oauth !== undefined)
    if (trouble) return trouble
    throw new Refusal(`${error.message}. Run npm run setup again later: what was checked is kept.`)
  } finally {
    end.abort()
  }
}

function judge({ facts }: ServiceError, blog: string, signed: boolean): Trouble | undefined {
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
      return { wrong: 'the blog', says: `${blog} asks for a password; Levity reads only blogs without one.` }
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
