/** The blog, as Tumblr shows it. */
import type { RouteConfig } from '../config/route.ts'
import type { FailureFacts } from '../failure/failure.ts'
import { listedUserVariables, whyRefused } from '../failure/tumblr.ts'
import { judgePost, type PostPage } from '../post/post.ts'
import type { RouteRecord } from '../record/route.ts'
import type { Check } from '../report/report.ts'
import { count, describeTime } from '../report/when.ts'
import { crossForNotAsked, type Finding, refusedBy, tryLater } from './finding.ts'

const check = 'blog'

export type BlogFacts = {
  readonly name: string
  readonly asked: Finding<PostPage>
  /** The same without the keys of a user; absent where none are set. */
  readonly openly: Finding<PostPage> | undefined
  readonly config: RouteConfig | undefined
  readonly known: RouteRecord | undefined
}

export function judgeBlog({ name, asked, openly, config, known }: BlogFacts): Check {
  if (asked.is === 'not asked') return crossForNotAsked(check)
  if (asked.is === 'failed') {
    const facts = refusedBy(asked)
    return { check, ok: false, ...(facts ? judgeRefusal(facts, name, openly !== undefined) : silence(asked)) }
  }
  const { found } = asked
  if (known?.blog.uuid !== undefined && found.blog.uuid !== undefined && known.blog.uuid !== found.blog.uuid)
    return {
      check,
      ok: false,
      says: `${name} is another blog (${found.blog.uuid}) than the one this route began with (${known.blog.name}, ${known.blog.uuid})`,
      todo: 'name the blog it began with in TUMBLR_BLOG, or give the other a route with a name of its own (LEVITY_ROUTES)',
    }
  const refusal = openly && refusedBy(openly)
  const hidden = refusal && whyRefused(refusal) === 'hidden'
  const shown = hidden
    ? 'is hidden from people without an account, and shown to the user whose keys are set'
    : 'is there for everyone'
  return { check, ok: true, says: `${name} ${shown}: ${describePosts(found, config)}` }
}

const silence = ({ reason }: { readonly reason: string }): Pick<Check, 'says' | 'todo'> => ({
  says: reason,
  todo: tryLater,
})

function judgeRefusal(facts: FailureFacts, name: string, signed: boolean): Pick<Check, 'says' | 'todo'> {
  switch (whyRefused(facts)) {
    case 'unknown key':
      return { says: 'it is not known: Tumblr refuses the key' }
    case 'limits used up':
      return { says: 'it is not known: the limits of the key are used up' }
    case 'hidden':
      return {
        says: `${name} is hidden from people without an account${signed ? ', and from the user whose keys are set' : ''}`,
        todo: signed
          ? `set ${listedUserVariables} of someone who can see it, all of the application whose key is set`
          : `show it to everyone in its settings, or set ${listedUserVariables} of someone who can see it`,
      }
    case 'locked':
      return {
        says: `${name} asks for a password`,
        todo: 'take the password away: Levity reads only blogs without one',
      }
    case 'missing':
      return {
        says: `Tumblr has no blog ${name} that ${signed ? 'this user' : 'anyone'} can see`,
        todo: `check the name in TUMBLR_BLOG${signed ? '' : `; a blog with explicit content needs ${listedUserVariables}`}`,
      }
    default:
      return { says: `Tumblr refuses to show ${name}: ${facts.reason}` }
  }
}

function describePosts(
  { posts, length, totalPosts, unreadable, blog }: PostPage,
  config?: RouteConfig,
): string {
  const newest = Math.max(...posts.map(({ publishedAt }) => publishedAt))
  const wanted = config && posts.filter((post) => judgePost(post, config.wishes).wanted).length
  return [
    count(totalPosts ?? length, 'post'),
    ...(posts.length > 0 ? [`the newest of ${describeTime(newest)}`] : []),
    ...(wanted === undefined || length === 0 ? [] : [`wanted: ${wanted} of the newest ${length}`]),
    ...(unreadable.length > 0 ? [`${unreadable.length} of them cannot be read`] : []),
    ...(blog.nsfw && config?.wishes.sensitive === 'auto'
      ? ['marked as explicit, so every image is hidden behind a warning']
      : []),
  ].join(', ')
}
