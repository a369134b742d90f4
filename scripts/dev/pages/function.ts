/** The function as it runs here: its code, how to invoke it, and the addresses of the services around it. */
import { html } from 'hono/html'
import { functionName, invokeCommand, limits } from '../function.ts'
import type { DevWorld } from '../world.ts'
import type { Html } from './layout.ts'
import { clockTime } from './times.ts'

export const codeCard = ({ code, lambda, retryDelaysMs }: DevWorld): Html =>
  html`<section class="card" aria-labelledby="code">
    <h2 id="code">Function</h2>
    <div id="code-state" data-live>
      <p>
        <code>${functionName}</code>, ${limits.memoryMb} MB, ${limits.timeoutMs / 1000} s. Build ${code.builds} of
        ${clockTime(code.builtAt)}; it is built again whenever a file in <code>src</code> changes.
      </p>
      ${
        code.trouble === undefined
          ? ''
          : html`<div class="problems">
              <p>The last build failed. The code before it stays in use.</p>
              <pre tabindex="0" role="region" aria-label="Why the build failed">${code.trouble}</pre>
            </div>`
      }
    </div>
    <p>Invoke it with the AWS CLI:</p>
    <pre class="command" id="command" tabindex="0" role="region" aria-label="Command">${invokeCommand(lambda.url)}</pre>
    <button type="button" data-copy="command" hidden>Copy the command</button>
    <p class="hint">
      With <code>--invocation-type Event</code> nobody waits for the run; if it fails, it is tried again after
      ${retryDelaysMs.map((ms) => `${ms / 1000} s`).join(' and ')}, and then told to the
      <a href="/runs#failures">failure destination</a>. <code>DryRun</code> asks only whether it could be invoked.
    </p>
  </section>`

export const addressesCard = ({ sandbox: { tumblr, mastodon, ledger }, lambda, keptIn }: DevWorld): Html =>
  html`<section class="card" aria-labelledby="addresses">
    <h2 id="addresses">Addresses</h2>
    <dl class="pairs">
      <dt>Tumblr</dt>
      <dd><code>${tumblr.url}</code></dd>
      <dt>Mastodon</dt>
      <dd><code>${mastodon.url}</code> ${mastodon.traits.software} ${mastodon.traits.version}</dd>
      <dt>DynamoDB</dt>
      <dd><code>${ledger.url}</code> table ${ledger.tableName}, ${keptIn === undefined ? 'in memory' : `kept in ${keptIn}`}</dd>
      <dt>Lambda</dt>
      <dd><code>${lambda.url}</code></dd>
    </dl>
  </section>`
