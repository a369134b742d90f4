/** The form in which a post is written or changed. */
import { html } from 'hono/html'
import type { Filled, Row } from '../post-form.ts'
import { samplePictures } from '../sample-pictures.ts'
import type { ShownImage } from '../shown-post.ts'
import type { Html } from './layout.ts'

export type FormPage = {
  readonly action: string
  readonly submit: string
  readonly filled: Filled
  readonly problems: readonly string[]
  /** The images that the post has. */
  readonly images: readonly ShownImage[]
  /** Whether the post is new. Only a new post can become a reblog. */
  readonly fresh: boolean
}

const option = (value: string, title: string, chosen: string): Html =>
  html`<option value="${value}" ${value === chosen ? html`selected` : ''}>${title}</option>`

const previewOf = ({ choice, seed, kept }: Row, images: readonly ShownImage[]): string => {
  if (choice === 'kept' && kept !== undefined) return images[kept]?.src ?? ''
  return choice === 'none' ? '' : `/blog/samples/${choice}/${seed}`
}

/** `at`: the number of the row. The script numbers the rows that it adds. */
const imageRow = (row: Row, at: number, images: readonly ShownImage[]): Html => {
  const id = `image-${at}`
  return html`<fieldset class="image-row">
    <legend>Image <span class="number">${at}</span></legend>
    <div class="preview"><img src="${previewOf(row, images)}" alt="" hidden /></div>
    <div class="fields">
      <input type="hidden" name="seed" value="${row.seed}" />
      <input type="hidden" name="kept" value="${row.kept ?? ''}" />
      <label for="${id}-file">A file of your own</label>
      <input type="file" name="file" id="${id}-file" accept="image/jpeg,image/png,image/gif,image/webp,image/avif" />
      <label for="${id}-choice">${row.kept === undefined ? 'or one that is drawn for you' : 'instead of what it is'}</label>
      <select name="choice" id="${id}-choice">
        ${row.kept === undefined ? '' : option('kept', 'as it is', row.choice)}
        ${option('none', 'none', row.choice)}
        ${Object.entries(samplePictures).map(([name, { title }]) => option(name, title, row.choice))}
      </select>
      <label for="${id}-alt">Alt text</label>
      <textarea name="alt" id="${id}-alt" rows="2">${row.altText}</textarea>
    </div>
  </fieldset>`
}

const reblogFields = (filled: Filled): Html =>
  html`<details class="box" ${filled.source === '' ? '' : html`open`}>
    <summary>Reblog another blog’s post</summary>
    <label for="source">Its blog (leave it empty for a post of your own)</label>
    <input name="source" id="source" value="${filled.source}" pattern="[a-z0-9\\-]+" autocomplete="off" aria-describedby="source-hint" />
    <p class="hint" id="source-hint">A name such as valleyside. The images above are then what this blog adds to it.</p>
    <label for="sourceText">Its text</label>
    <textarea name="sourceText" id="sourceText" rows="2">${filled.sourceText}</textarea>
    <label for="sourceImages">How many images it has</label>
    <input type="number" name="sourceImages" id="sourceImages" min="0" max="10" value="${filled.sourceImages}" />
    <label class="check"><input type="checkbox" name="sourceGone" ${filled.sourceGone ? html`checked` : ''} /> That blog is gone</label>
  </details>`

export const postForm = ({ action, submit, filled, problems, images, fresh }: FormPage): Html =>
  html`<form class="card post-form" method="post" action="${action}" enctype="multipart/form-data">
    ${
      problems.length === 0
        ? ''
        : html`<div class="problems" role="alert"><p>Nothing was published:</p><ul>${problems.map((problem) => html`<li>${problem}</li>`)}</ul></div>`
    }
    <label for="text">Text</label>
    <textarea name="text" id="text" rows="4" aria-describedby="text-hint">${filled.text}</textarea>
    <p class="hint" id="text-hint">An empty line begins a new paragraph.</p>
    <div id="images">${filled.rows.map((row, at) => imageRow(row, at + 1, images))}</div>
    <template id="image-row">${imageRow({ choice: 'none', seed: '', altText: '' }, 0, [])}</template>
    <button type="button" id="add-image">Add another image</button>
    <label for="tags">Tags, parted by commas</label>
    <input name="tags" id="tags" value="${filled.tags}" autocomplete="off" aria-describedby="tags-hint" />
    <p class="hint" id="tags-hint">A tag such as “cw spiders” becomes a content warning; “nsfw” hides the images.</p>
    <label for="date">Dated (leave it empty for now)</label>
    <input type="datetime-local" name="date" id="date" value="${filled.date}" />
    <label class="check"><input type="checkbox" name="pinned" ${filled.pinned ? html`checked` : ''} /> Pinned to the top of the blog</label>
    ${fresh ? reblogFields(filled) : ''}
    <p class="buttons"><button class="primary">${submit}</button> <a href="/blog">Cancel</a></p>
  </form>`
