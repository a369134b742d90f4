/** The blog's pages: its posts, one post beside its statuses, the form. */
import type { Context, Hono } from 'hono'
import { sandboxBlog } from '../sandbox/blog.ts'
import { drawPicture } from '../sandbox/pictures/bytes.ts'
import type { HonoEnv } from '../sandbox/server.ts'
import { answer } from './actions.ts'
import { edit, findPost, listPosts, publish } from './blog-posts.ts'
import { type Beside, blogBody, blogNews, postBody } from './pages/blog.ts'
import { layout } from './pages/layout.ts'
import { type FormPage, postForm } from './pages/post-form.ts'
import { emptyForm, type Filled, fillForm, type ReadForm, readForm } from './post-form.ts'
import { isSample, samplePictures } from './sample-pictures.ts'
import { imagesOf, type ShownPost } from './shown-post.ts'
import { threadsOf } from './threads.ts'
import type { DevWorld } from './world.ts'

export function blogRoutes(app: Hono<HonoEnv>, world: DevWorld): void {
  const { tumblr } = world.sandbox
  app.get('/blog', (c) => {
    const posts = listPosts(tumblr)
    const [news, body] = [blogNews(posts), blogBody(posts)]
    return c.html(layout(world, { title: 'Blog', section: '/blog', news, body }))
  })
  app.get('/blog/:id{\\d+}', async (c) => {
    const post = findPost(tumblr, c.req.param('id'))
    if (!post) return c.notFound()
    const body = postBody(await besideOf(world, post), c.req.query('plain') !== undefined)
    return c.html(layout(world, { title: 'Post', section: '/blog', body, wide: true }))
  })
  app.post('/blog/:id{\\d+}/delete', (c) => {
    tumblr.remove(sandboxBlog, c.req.param('id'))
    world.touch()
    return answer(c, 'The post is deleted.', '/blog')
  })
  formRoutes(app, world)
  pictureRoutes(app, world)
}

function formRoutes(app: Hono<HonoEnv>, world: DevWorld): void {
  const { tumblr } = world.sandbox
  const show = (c: Context<HonoEnv>, form: FormPage): Response | Promise<Response> => {
    const title = form.fresh ? 'New post' : 'Edit the post'
    const page = layout(world, { title, section: '/blog', body: postForm(form) })
    return c.html(page, form.problems.length > 0 ? 422 : 200)
  }
  const readBody = async (c: Context<HonoEnv>): Promise<ReadForm> =>
    readForm(await c.req.parseBody({ all: true }))
  app.get('/blog/new', (c) => show(c, newForm(emptyForm())))
  app.post('/blog', async (c) => {
    const form = await readBody(c)
    if (form.problems.length > 0) return show(c, newForm(form.filled, form.problems))
    const id = publish(tumblr, form)
    world.touch()
    return c.redirect(`/blog/${id}`, 303)
  })
  app.get('/blog/:id{\\d+}/edit', (c) => {
    const post = findPost(tumblr, c.req.param('id'))
    return post ? show(c, editForm(post, fillForm(post))) : c.notFound()
  })
  app.post('/blog/:id{\\d+}', async (c) => {
    const post = findPost(tumblr, c.req.param('id'))
    if (!post) return c.notFound()
    const form = await readBody(c)
    if (form.problems.length > 0) return show(c, editForm(post, form.filled, form.problems))
    edit(tumblr, post.id, form)
    world.touch()
    return c.redirect(`/blog/${post.id}`, 303)
  })
}

const newForm = (filled: Filled, problems: readonly string[] = []): FormPage => ({
  ...{ action: '/blog', submit: 'Publish', fresh: true, images: [] },
  ...{ filled, problems },
})

const editForm = (post: ShownPost, filled: Filled, problems: readonly string[] = []): FormPage => ({
  ...{ action: `/blog/${post.id}`, submit: 'Save the post', fresh: false, images: imagesOf(post) },
  ...{ filled, problems },
})

async function besideOf({ sandbox, ledger, now }: DevWorld, post: ShownPost): Promise<Beside> {
  const { statuses, url } = sandbox.mastodon
  const [record] = await ledger.fetchPosts([{ id: post.id, copy: 1 }])
  const ids = new Set(record?.statuses.map(({ id }) => id))
  const threads = threadsOf(statuses).filter((thread) => thread.some(({ id }) => ids.has(id)))
  return { post, record, threads, server: new URL(url).host, now: now() }
}

/** Pictures are served from here, so that a page needs no other address. */
function pictureRoutes(app: Hono<HonoEnv>, { sandbox: { tumblr } }: DevWorld): void {
  app.get('/blog/media/*', async (c) => {
    const path = c.req.path.slice('/blog'.length)
    const bytes = await tumblr.pictures.bytes(`${tumblr.url}${path}`).catch(() => undefined)
    if (!bytes) return c.notFound()
    return c.body(new Uint8Array(bytes), 200, { 'content-type': typeOf(path) })
  })
  app.get('/blog/samples/:kind/:seed', async (c) => {
    const { kind, seed } = c.req.param()
    if (!isSample(kind)) return c.notFound()
    const { width, height } = samplePictures[kind].picture
    const bytes = await drawPicture({ seed, width: width / 4, height: height / 4, format: 'jpeg' })
    return c.body(new Uint8Array(bytes), 200, { 'content-type': 'image/jpeg' })
  })
}

const typeOf = (path: string): string => `image/${path.split('.').at(-1)?.replace('jpg', 'jpeg') ?? 'jpeg'}`
