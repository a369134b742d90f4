/** A post as its blog shows it. */
import { html } from 'hono/html'
import { sandboxBlog } from '../../sandbox/blog.ts'
import type { ShownBlocks, ShownImage, ShownPost } from '../shown-post.ts'
import { action, type Html } from './layout.ts'
import { dayElement } from './times.ts'

const picture = ({ src, width, height, altText }: ShownImage): Html =>
  html`<img src="${src}" width="${width}" height="${height}" alt="${altText}" loading="lazy" />`

const figure = (image: ShownImage): Html =>
  html`<figure>${picture(image)}${image.caption ? html`<figcaption>${image.caption}</figcaption>` : ''}</figure>`

/** Two images to a row. Of an odd number, the first has a row of its own. */
const shapeOf = (count: number): string => (count === 1 ? 'one' : count % 2 === 1 ? 'odd' : 'even')

const blocksOf = ({ blocks }: ShownBlocks): readonly Html[] =>
  blocks.map((block) =>
    'text' in block
      ? html`<p class="words">${block.text}</p>`
      : html`<div class="photos ${shapeOf(block.images.length)}">${block.images.map(figure)}</div>`,
  )

/** `owner`: with the buttons of the blog's owner. */
export const postCard = (post: ShownPost, { owner = true, linked = true } = {}): Html =>
  html`<article class="post" id="post-${post.id}" aria-labelledby="name-${post.id}">
    <header>
      <img class="avatar round" src="/blog/avatar.svg" alt="" width="40" height="40" />
      <h2 id="name-${post.id}">${linked ? html`<a href="/blog/${post.id}">${sandboxBlog}</a>` : sandboxBlog}</h2>
      ${post.pinned ? html`<span class="badge">Pinned</span>` : ''}
      ${post.trail.length > 0 ? html`<span class="badge">Reblog</span>` : ''}
    </header>
    ${post.trail.map((item) => html`<div class="trail"><p class="from">${item.blog}</p>${blocksOf(item)}</div>`)}
    ${blocksOf(post)}
    ${post.tags.length > 0 ? html`<ul class="tags" aria-label="Tags">${post.tags.map((tag) => html`<li>#${tag}</li>`)}</ul>` : ''}
    <footer>
      ${dayElement(post.at)}
      ${owner ? html`<span class="actions"><a href="/blog/${post.id}/edit">Edit</a>${action(`/blog/${post.id}/delete`, 'Delete')}</span>` : ''}
    </footer>
  </article>`
