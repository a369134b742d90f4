/** What the sources can say: every string of theirs that reads like words, and the README's catalogue of it. */
import { readdir, readFile } from 'node:fs/promises'
import { parseAst } from 'vitest/node'

/** `…` stands where a value is put in. `wrong`: it may tell that something is wrong. */
export type Message = { readonly path: string; readonly text: string; readonly wrong: boolean }

const root = new URL('../../', import.meta.url)

/** Calls that tell how it goes while all is well: what is wrong is thrown, returned, or written by others. */
const tellers = /^\.?(?:tell|print|bold|setSchedule)$|^\.(?:say|pick|text|secret|log)$/
/** Not for people's eyes, or a choice that they are given. */
const otherProperties = /Expression$|^(?:label|hint|such)$/

/** Every one in the TypeScript of these folders. */
export async function messagesIn(folders: readonly string[]): Promise<readonly Message[]> {
  const paths = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(new URL(folder, root), { recursive: true })).map((path) => `${folder}/${path}`),
    ),
  )
  const sources = paths.flat().filter((path) => path.endsWith('.ts'))
  const found = sources.sort().map(async (path) => {
    const source = await readFile(new URL(path, root), 'utf8')
    return messagesOf(parseAst(source, { lang: 'ts' })).map((message) => ({ path, ...message }))
  })
  return (await Promise.all(found)).flat()
}

type Found = Omit<Message, 'path'>
type Node = { readonly type: string } & Readonly<Record<string, unknown>>
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

function messagesOf(value: unknown, wrong = true): readonly Found[] {
  if (Array.isArray(value)) return value.flatMap((one) => messagesOf(one, wrong))
  if (!isNode(value)) return []
  const text = textOf(value)
  // What stands inside a template's braces is a part of a sentence that is told already.
  if (text !== undefined) return readsLikeWords(text) ? [{ text, wrong }] : []
  switch (value.type) {
    case 'ImportDeclaration':
      return []
    case 'BinaryExpression':
      return value['operator'] === '+' ? messagesOf([value['left'], value['right']], wrong) : []
    case 'SwitchCase':
      return messagesOf(value['consequent'], wrong)
    case 'CallExpression':
      return [
        ...messagesOf(value['callee'], wrong),
        ...messagesOf(value['arguments'], wrong && !tellers.test(nameOf(value['callee']))),
      ]
    case 'Property':
      return messagesOf(value['value'], isWrong(nameOf(value['key']), wrong))
    default:
      return value.type.startsWith('TS') && !/^TS(?:As|Satisfies)Expression$/.test(value.type)
        ? []
        : Object.values(value).flatMap((child) => messagesOf(child, wrong))
  }
}

/** What checks an answer says what is wrong with it, in the middle of the question. */
const isWrong = (property: string, wrong: boolean): boolean =>
  property === 'check' || (wrong && !otherProperties.test(property))

function textOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined
  if (node.type !== 'TemplateLiteral' || !Array.isArray(node['quasis'])) return undefined
  return node['quasis']
    .map((part: { readonly value: { readonly cooked: string } }) => part.value.cooked)
    .join('…')
}

function nameOf(node: unknown): string {
  if (!isNode(node)) return ''
  if (node.type === 'MemberExpression') return `.${nameOf(node['property'])}`
  return String(node['name'] ?? node['value'] ?? '')
}

const wordsOf = (text: string): readonly string[] => text.match(/[A-Za-z]+/g) ?? []

/** Three words; but a command to copy, a question, and the end of a sentence that is told already are no messages. */
const readsLikeWords = (text: string): boolean =>
  wordsOf(text).length >= 3 &&
  !/^\S*$|^(?:[\s,;]|npm (?:run|ci) )/.test(text) &&
  (text.startsWith('Expected') || !text.endsWith('?'))

export type Row = { readonly messages: readonly string[]; readonly cause: string; readonly cure: string }

/** The rows of the tables under a heading; a message is what stands as code in the first column. */
export function catalogueOf(markdown: string, heading: string): readonly Row[] {
  const section = markdown.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return section.split('\n').flatMap((line) => {
    const [, said, cause = '', cure = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
    const messages = [...(said ?? '').matchAll(/(`+)(.+?)\1(?!`)/g)].map(([, , text = '']) =>
      text.trim().replaceAll('\\|', '|'),
    )
    return line.startsWith('|') && messages.length > 0 ? [{ messages, cause, cure }] : []
  })
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
const pattern = (text: string): string =>
  text
    .trim()
    .split(/\s*…\s*/)
    .map(escaped)
    .join('[^]*')

/** Those before the colon: what follows it is another's reason, or already the cure. */
const mainWords = (text: string): number => wordsOf(text.split(/(?<=\w.*): /)[0] ?? '').length

/**
 * Whether the catalogue's message is the source's: `…` is anything on both sides, and either may hold more than the other,
 * but not twice as much: a row that fits every sentence is a row about none.
 */
export function tellsOf(shown: string, message: string): boolean {
  const [fewer = 0, more = 0] = [mainWords(shown), mainWords(message)].sort((a, b) => a - b)
  if (fewer * 2 < more) return false
  return new RegExp(`^${pattern(shown)}$`).test(message.trim()) || new RegExp(pattern(message)).test(shown)
}
