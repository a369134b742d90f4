import { expect, test } from 'vitest'
import { drawText } from '../../../scripts/plan/text.ts'

const draw = async (text: string): Promise<string> => String(await drawText(text, 'https://fox.example'))
const tag = (name: string): string =>
  `<a href="https://fox.example/tags/${name}" rel="noreferrer">#${name}</a>`

test.each([
  ['One.\nTwo.\n\nThree.', '<p>One.<br />Two.</p><p>Three.</p>'],
  ['a <b> & "c"', '<p>a &lt;b&gt; &amp; &quot;c&quot;</p>'],
  ['#art\n#fog, no#tag', `<p>${tag('art')}<br />${tag('fog')}, no#tag</p>`],
  [
    'See https://www.a.example/b?c=1&d=2. #end',
    `<p>See <a href="https://www.a.example/b?c=1&amp;d=2" rel="noreferrer">a.example/b?c=1&amp;d=2</a>. ${tag('end')}</p>`,
  ],
  [
    'https://a.example/a-path-that-is-longer-than-it-may-be',
    '<p><a href="https://a.example/a-path-that-is-longer-than-it-may-be" rel="noreferrer">a.example/a-path-that-is-longe…</a></p>',
  ],
  ['https://127.0.0.1/x and javascript:alert(1)', '<p>https://127.0.0.1/x and javascript:alert(1)</p>'],
])('%j', async (text, html) => {
  expect(await draw(text)).toBe(html)
})
