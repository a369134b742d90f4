/** The settings of the two accounts: the blog on Tumblr, and the account on Mastodon. */
import * as v from 'valibot'
import { parseBlogIdentifier } from './blog.ts'
import { key, needed, optional, text, withDefault } from './row.ts'
import { readOrigin } from './values.ts'

export const TumblrSettings = v.object({
  blog: needed(
    { name: 'TUMBLR_BLOG', help: 'the blog: its name, or any address on it' },
    text('the name or address of a Tumblr blog', parseBlogIdentifier),
  ),
  consumerKey: needed(
    {
      name: 'TUMBLR_CONSUMER_KEY',
      help: 'the OAuth consumer key of an application of yours (https://www.tumblr.com/oauth/apps)',
      secret: true,
    },
    key('the OAuth consumer key of a Tumblr application'),
  ),
  consumerSecret: optional(
    {
      name: 'TUMBLR_CONSUMER_SECRET',
      help: 'the OAuth consumer secret of that application; this and the next two are for a blog hidden from people without an account, all three or none',
      secret: true,
    },
    key('the OAuth consumer secret of a Tumblr application'),
  ),
  token: optional(
    {
      name: 'TUMBLR_TOKEN',
      help: 'an OAuth token for that application, of somebody who can see the blog',
      secret: true,
    },
    key('an OAuth token'),
  ),
  tokenSecret: optional(
    { name: 'TUMBLR_TOKEN_SECRET', help: 'the secret of that token', secret: true },
    key('the secret of an OAuth token'),
  ),
  apiUrl: withDefault(
    { name: 'TUMBLR_API_URL', help: "where Tumblr's API is; for tests only", forTests: true },
    'https://api.tumblr.com',
    text('an https:// address without path, user or password', (typed) => readOrigin(typed, 'never plain')),
  ),
})

export const MastodonSettings = v.object({
  url: needed(
    { name: 'MASTODON_URL', help: 'the server your account is on, such as `https://mastodon.social`' },
    text(
      'the https:// address of a Mastodon server without path, user or password, e.g. https://mastodon.social',
      (typed) => readOrigin(typed, 'plain on loopback'),
    ),
  ),
  accessToken: needed(
    {
      name: 'MASTODON_ACCESS_TOKEN',
      help: 'the access token of an application of yours, which you make in the settings of your account, under Development',
      secret: true,
    },
    key('an access token of a Mastodon account'),
  ),
})
