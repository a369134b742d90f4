/** What is printed. */

import { sandboxBlog } from '../sandbox/blog.ts'
import { sandboxAws } from '../sandbox/dynamodb/dynamodb.ts'
import { bold } from '../terminal/screen.ts'
import { functionName } from './function.ts'
import { clockTime } from './pages/times.ts'
import { describeCause, describeRun, type Run } from './runs.ts'
import type { Dev } from './start.ts'

/** One attempt that waits: the CLI would invoke anew after a minute without an answer. */
export const invokeCommand = (lambdaUrl: string): string =>
  [
    `AWS_ACCESS_KEY_ID=${sandboxAws.AWS_ACCESS_KEY_ID} AWS_SECRET_ACCESS_KEY=${sandboxAws.AWS_SECRET_ACCESS_KEY} AWS_MAX_ATTEMPTS=1`,
    `aws lambda invoke --endpoint-url ${lambdaUrl} --region ${sandboxAws.AWS_REGION}`,
    `--function-name ${functionName} --cli-read-timeout 0 /dev/stdout`,
  ].join(' \\\n  ')

export function greet({ url, world }: Dev): string {
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
