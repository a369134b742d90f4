/** What `npm run dev` prints. */

import { sandboxBlog } from '../sandbox/blog.ts'
import { bold } from '../terminal/screen.ts'
import { functionName, invokeCommand } from './function.ts'
import { clockTime } from './pages/times.ts'
import { describeCause, describeRun, type Run } from './runs.ts'
import type { DevWorld } from './world.ts'

/** `url` is the address of the pages. */
export function greet(url: string, world: DevWorld): string {
  const { sandbox, lambda, schedule, keptIn } = world
  const { tumblr, mastodon, ledger } = sandbox
  const kept = keptIn === undefined ? 'in memory' : `kept in ${keptIn}`
  return [
    `${bold('Open')}      ${url}`,
    '',
    `Tumblr    ${tumblr.url}, blog ${sandboxBlog}`,
    `Mastodon  ${mastodon.url}, account @levity`,
    `DynamoDB  ${ledger.url}, table ${ledger.tableName}, ${kept}`,
    `Lambda    ${lambda.url}, function ${functionName}`,
    '',
    schedule.everyMs > 0 ? `A run begins every ${schedule.everyMs / 1000} s.` : 'No run begins by itself.',
    `${bold('Next:')} publish a post on ${url}/blog/new and see it arrive on ${url}/timeline`,
    'Or ask the function yourself:',
    '',
    `  ${invokeCommand(lambda.url)}`,
    '',
    'Ctrl-C ends it all.',
  ].join('\n')
}

export const describeLine = ({ n, at, invocation }: Run): string =>
  `${clockTime(at)} run ${n} (${describeCause(invocation)}): ${describeRun(invocation)}`
