/** The blog's pages: its posts, one post beside its statuses, the form. */
import type { Context, Hono } from 'hono'
import { drawPicture } from '../sandbox/picture-bytes.ts'
import type { Env } from '../sandbox/server.ts'
import { said } from './actions.ts'
import { edit, findPost, listPosts, publish } from './blog-desk.ts'
import { drawnKinds, isDrawn } from './drawn.ts'
import { type Beside, blogBody, blogNews, postBody } from './pages/blog.ts'
import { layout } from './pages/layout.ts'
import { type FormPage, postForm } from './pages/post-form.ts'
import { emptyForm, type Filled, fillForm, readForm } from './post-form.ts'
import { imagesOf, type ShownPost } from './shown-post.ts'
import { threadsOf } from './threads.ts'
import type { World } from './world.ts'

export function blogRoutes(app: Hono<Env>, world: World): void {
  const { tumblr } = world.sandbox
  const showForm = (c: Context<Env>, form: FormPage, title: string): Response | Promise<Response> =>
    c.html(
      layout(world, { title, section: '/blog', body: postForm(form) }),
      form.problems.length > 0 ? 422 : 200,
    )
  const newForm = (filled: Filled, problems: readonly string[] = []): FormPage => ({
    ...{ action: '/blog', submit: 'Publish', fresh: true, images: [] },
    ...{ filled, problems },
  })
  const editForm = (post: ShownPost, filled: Filled, problems: readonly string[] = []): FormPage => ({
    ...{ action: `/blog/${post.id}`, submit: 'Save the post', fresh: false, images: imagesOf(post) },
    ...{ filled, problems },
  })
  app.get('/blog', (c) => {
    const posts = listPosts(tumblr)
    return c.html(
      layout(world, { title: 'Blog', section: '/blog', news: blogNews(posts), body: blogBody(posts) }),
    )
  })
  app.get('/blog/new', (c) => showForm(c, newForm(emptyForm()), 'New post'))
  app.post('/blog', async (c) => {
    const form = await readForm(await c.req.parseBody({ all: true }))
    if (form.problems.length > 0) return showForm(c, newForm(form.filled, form.problems), 'New post')
    const id = publish(tumblr, form)
    world.touch()
    return c.redirect(`/blog/${id}`, 303)
  })
  app.get('/blog/:id{\\d+}', async (c) => {
    const post = findPost(tumblr, c.req.param('id'))
    if (!post) return c.notFound()
    const body = postBody(await besideOf(world, post), c.req.query('plain') !== undefined)
    return c.html(layout(world, { title: 'Post', section: '/blog', body, wide: true }))
  })
  app.get('/blog/:id{\\d+}/edit', (c) => {
    const post = findPost(tumblr, c.req.param('id'))
    return post ? showForm(c, editForm(post, fillForm(post)), 'Edit the post') : c.notFound()
  })
  app.post('/blog/:id{\\d+}', async (c) => {
    const post = findPost(tumblr, c.req.param('id'))
    if (!post) return c.notFound()
    const form = await readForm(await c.req.parseBody({ all: true }))
    if (form.problems.length > 0)
      return showForm(c, editForm(post, form.filled, form.problems), 'Edit the post')
    edit(tumblr, post.id, form)
    world.touch()
    return c.redirect(`/blog/${post.id}`, 303)
  })
  app.post('/blog/:id{\\d+}/delete', (c) => {
    tumblr.remove('hillside', c.req.param('id'))
    world.touch()
    return said(c, 'The post is deleted.', '/blog')
  })
  pictureRoutes(app, world)
}

async function besideOf({ sandbox, ledger, now }: World, post: ShownPost): Promise<Beside> {
  const { statuses, url } = sandbox.mastodon
  const [record] = await ledger.fetchPosts([{ id: post.id, copy: 1 }])
  const ids = new Set(record?.statuses.map(({ id }) => id))
  const threads = threadsOf(statuses).filter((thread) => thread.some(({ id }) => ids.has(id)))
  return { post, record, threads, server: new URL(url).host, now: now() }
}

/** Served from here, so that a page needs no other address. */
function pictureRoutes(app: Hono<Env>, { sandbox: { tumblr } }: World): void {
  app.get('/blog/media/*', async (c) => {
    const path = c.req.path.slice('/blog'.length)
    const bytes = await tumblr.pictures.bytes(`${tumblr.url}${path}`).catch(() => undefined)
    if (!bytes) return c.notFound()
    return c.body(new Uint8Array(bytes), 200, { 'content-type': typeOf(path) })
  })
  app.get('/blog/drawn/:kind/:seed', async (c) => {
    const { kind, seed } = c.req.param()
    if (!isDrawn(kind)) return c.notFound()
    const { width, height } = drawnKinds[kind].picture
    const bytes = await drawPicture({ seed, width: width / 4, height: height / 4, format: 'jpeg' })
    return c.body(new Uint8Array(bytes), 200, { 'content-type': 'image/jpeg' })
  })
}

const typeOf = (path: string): string => `image/${path.split('.').at(-1)?.replace('jpg', 'jpeg') ?? 'jpeg'}`
