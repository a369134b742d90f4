/** A proxy before moto that corrects its answers to those that AWS gives. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import * as v from 'valibot'
import { parse } from 'yaml'

/** Changes an answer where AWS's is different. `asked`: its `Action`, and the rest of its form where it has one. */
export type Between = (asked: URLSearchParams, answer: string) => string | Refused
export type Refused = { readonly status: number; readonly body: string }

const hopByHop = ['connection', 'content-length', 'expect', 'host', 'transfer-encoding', 'content-encoding']

const headersFor = (
  headers: Iterable<readonly [string, string | readonly string[] | undefined]>,
): [string, string][] =>
  [...headers].flatMap(([name, value]): [string, string][] =>
    value === undefined || hopByHop.includes(name) ? [] : [[name, String(value)]],
  )

/** Undefined for calls of S3, which are made of bytes. */
function readAsked(headers: IncomingHttpHeaders, body: string): URLSearchParams | undefined {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    return new URLSearchParams(body)
  const target = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1)
  return target ? new URLSearchParams({ Action: target }) : undefined
}

export async function startBetween(
  moto: string,
  change: Between,
): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const { method = 'GET', url = '/' } = request
    const answer = await fetch(moto + url, {
      method,
      headers: headersFor(Object.entries(request.headers)),
      ...(method !== 'GET' && method !== 'HEAD' && { body }),
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    const asked = readAsked(request.headers, body.toString())
    const changed = asked === undefined ? bytes : change(asked, bytes.toString())
    const { status, body: told } =
      typeof changed === 'object' && 'status' in changed ? changed : { status: answer.status, body: changed }
    response.writeHead(status, headersFor(answer.headers))
    response.end(told)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const Template = v.object({
  Parameters: v.optional(v.record(v.string(), v.object({ NoEcho: v.optional(v.boolean(), false) })), {}),
})
type Declared = v.InferOutput<typeof Template>['Parameters']

/**
 * What moto tells of stacks and AWS does not: values of NoEcho parameters, parameters the template no longer has, and tags of
 * a stack before its first change set is executed.
 */
export function likeAws(): (asked: URLSearchParams, answer: string) => string {
  const declared = new Map<string | null, Declared>()
  return (asked, answer) => {
    const template = asked.get('TemplateBody')
    if (/^Create(?:ChangeSet|Stack)$/.test(asked.get('Action') ?? '') && template !== null)
      declared.set(
        asked.get('StackName'),
        v.parse(Template, parse(template, { logLevel: 'error' })).Parameters,
      )
    if (asked.get('Action') !== 'DescribeStacks') return answer
    const known: Declared = Object.assign({}, ...declared.values())
    const untagged = answer.replace(/(<StackStatus>REVIEW_IN_PROGRESS<.*?)<Tags>.*?<\/Tags>/gs, '$1<Tags/>')
    return untagged.replace(
      /<member><ParameterKey>(\w+)<\/ParameterKey>(?:<ParameterValue>[^<]*<\/ParameterValue>|<ParameterValue\/>)<\/member>/g,
      (member, name: string) => {
        const parameter = known[name]
        if (parameter === undefined) return ''
        return parameter.NoEcho ? member.replace(/(<ParameterValue>)[^<]*/, '$1****') : member
      },
    )
  }
}
