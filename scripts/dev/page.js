/** Keeps a page up to date without loading it again, so that focus, open parts and half-written forms stay as they are. */

const root = document.documentElement
const everyMs = 1000
const gone = 'npm run dev does not answer. Has it ended?'

/** Changes a node into its next version, and touches nothing that is the same in both. */
function morph(node, next) {
  if (node.isEqualNode(next)) return
  if (node.nodeType !== next.nodeType || node.nodeName !== next.nodeName) return node.replaceWith(next)
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.nodeValue !== next.nodeValue) node.nodeValue = next.nodeValue
    return
  }
  for (const { name } of [...node.attributes])
    if (!next.hasAttribute(name) && name !== 'open') node.removeAttribute(name)
  for (const { name, value } of next.attributes)
    if (node.getAttribute(name) !== value) node.setAttribute(name, value)
  morphChildren(node, next)
}

/** Children with an id are matched by it; the others by their order. */
function morphChildren(node, next) {
  const ids = new Set([...next.children].map(({ id }) => id).filter(Boolean))
  for (const child of [...node.children]) if (child.id && !ids.has(child.id)) child.remove()
  let at = node.firstChild
  for (const wanted of [...next.childNodes]) {
    const known = wanted.id ? node.querySelector(`:scope > #${CSS.escape(wanted.id)}`) : null
    if (known) {
      if (known === at) at = at.nextSibling
      else node.insertBefore(known, at)
      morph(known, wanted)
    } else if (at && !at.id && !wanted.id) {
      const after = at.nextSibling
      morph(at, wanted)
      at = after
    } else node.insertBefore(wanted, at)
  }
  while (at) {
    const after = at.nextSibling
    at.remove()
    at = after
  }
}

const said = document.getElementById('said')
let silence

/** Shows a sentence, which screen readers speak. It disappears after a while, unless it is lasting. */
function say(sentence, lasting = false) {
  clearTimeout(silence)
  if (said.textContent !== sentence) said.textContent = sentence
  if (!lasting) silence = setTimeout(() => say('', true), 8000)
}

async function refresh() {
  const answer = await fetch(location.href)
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const focused = document.activeElement
  for (const region of document.querySelectorAll('[data-live][id]')) {
    const next = page.getElementById(region.id)
    if (next) morph(region, next)
  }
  root.dataset.version = page.documentElement.dataset.version ?? ''
  // The element with the focus may be gone, such as a button that deleted its post. Then the heading gets the focus.
  if (focused && !focused.isConnected) document.querySelector('h1')?.focus()
}

async function poll() {
  if (!document.hidden) {
    try {
      const answer = await fetch('/version')
      if ((await answer.text()) !== root.dataset.version) await refresh()
      if (said.textContent === gone) say('')
    } catch {
      say(gone, true)
    }
  }
  setTimeout(poll, everyMs)
}

document.addEventListener('submit', async (event) => {
  const form = event.target
  if (!form.matches('[data-quiet]')) return
  event.preventDefault()
  try {
    const body = new URLSearchParams(new FormData(form))
    const answer = await fetch(form.action, { method: 'POST', body, headers: { 'x-page-script': '1' } })
    say('')
    say(await answer.text())
    await refresh()
  } catch {
    say(gone, true)
  }
})

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent)
    say('The command is copied.')
  })
}

const images = document.getElementById('images')

/** Shows the row's image: the chosen file, or else the sample, or else the image that the post has. */
function preview(row) {
  const image = row.querySelector('img')
  const [file] = row.querySelector('[name=file]').files
  const choice = row.querySelector('[name=choice]').value
  const seed = row.querySelector('[name=seed]').value
  URL.revokeObjectURL(image.src)
  image.dataset.kept ??= choice === 'kept' ? image.getAttribute('src') : ''
  if (file) image.src = URL.createObjectURL(file)
  else if (choice === 'kept') image.src = image.dataset.kept
  else if (choice !== 'none') image.src = `/blog/samples/${choice}/${seed}`
  image.hidden = !file && choice === 'none'
}

function addRow() {
  const row = document.getElementById('image-row').content.cloneNode(true).firstElementChild
  const number = images.children.length + 1
  row.querySelector('.number').textContent = number
  row.querySelector('[name=seed]').value = crypto.randomUUID().slice(0, 8)
  for (const label of row.querySelectorAll('label')) {
    const field = row.querySelector(`#${label.htmlFor}`)
    field.id = label.htmlFor = label.htmlFor.replace('-0-', `-${number}-`)
  }
  images.append(row)
  row.querySelector('[name=file]').focus()
}

if (images) {
  for (const row of images.children) preview(row)
  images.addEventListener('change', (event) => preview(event.target.closest('fieldset')))
  document.getElementById('add-image').addEventListener('click', addRow)
}

poll()
