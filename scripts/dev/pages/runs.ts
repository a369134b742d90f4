/** The last runs with what they did, and the events that were given up. */
import { html } from 'hono/html'
import type { Failure } from '../history.ts'
import { describeCause, describeRun, isIdle, type LogLine, type Run, readLog, reportOf } from '../runs.ts'
import { type Html, table } from './layout.ts'
import { clockElement, duration } from './times.ts'

const shown = 40

/** Screen readers do not speak of a run that did nothing. */
export function runsNews(runs: readonly Run[]): string {
  const last = runs.find(({ invocation }) => !isIdle(invocation))
  if (last === undefined) return 'No run has done anything yet.'
  return `Run ${last.n} was the last that did something: ${describeRun(last.invocation)}.`
}

export const runsBody = (runs: readonly Run[], failures: readonly Failure[]): Html =>
  html`<div id="runs" data-live>
      ${table('Runs', ['Run', 'At', 'What it came to', 'Asked for by', 'Start', 'Took', 'Memory'], runs.slice(0, shown).map(runRow))}
    </div>
    <section aria-labelledby="failures">
      <h2 id="failures">Failure destination</h2>
      <p class="hint">Where Lambda sends an event that failed three times. A queue, in the cloud.</p>
      <div id="failure-list" data-live>
        ${failures.length === 0 ? html`<p>No event was given up.</p>` : html`<ul class="records">${failures.slice(0, shown).map(failureItem)}</ul>`}
      </div>
    </section>`

/** Its colour. The words of the row say the same. */
function stateOf({ invocation }: Run): string {
  if (invocation.ending === undefined) return 'running'
  if (invocation.ending.outcome !== 'response') return 'bad'
  if (isIdle(invocation)) return 'idle'
  const routes = reportOf(invocation)?.routes ?? []
  const well = routes.every(({ outcome, parked }) => outcome === 'done' && parked.length === 0)
  return well ? 'good' : 'warn'
}

const start = ({ cold, initMs }: { readonly cold: boolean; readonly initMs: number | undefined }): string =>
  cold ? `cold${initMs === undefined ? '' : `, ${duration(initMs)}`}` : 'warm'

const runRow = (run: Run): Html => {
  const { n, at, invocation } = run
  const { ending } = invocation
  return html`<tr id="run-${n}" class="${stateOf(run)}">
    <th scope="row"><a href="/runs/${n}">${n}</a></th>
    <td>${clockElement(at)}</td>
    <td class="says came">${describeRun(invocation)}</td>
    <td class="says">${describeCause(invocation)}</td>
    <td>${ending ? start(ending) : ''}</td>
    <td>${ending ? duration(ending.durationMs) : ''}</td>
    <td>${ending?.maxMemoryMb === undefined ? '' : `${ending.maxMemoryMb} MB`}</td>
  </tr>`
}

const failureItem = ({ at, record }: Failure): Html => {
  const { requestContext, requestPayload, responsePayload } = record
  return html`<li>
    <p>${requestContext.condition} after ${requestContext.approximateInvokeCount} tries, ${clockElement(at)}</p>
    <pre tabindex="0" role="region" aria-label="Record">${JSON.stringify({ requestId: requestContext.requestId, requestPayload, responsePayload }, undefined, 2)}</pre>
  </li>`
}

export const runBody = (run: Run): Html => {
  const { at, invocation } = run
  const { ending, requestId } = invocation
  const report = reportOf(invocation)
  return html`<div id="run" data-live>
    <p class="news">${describeRun(invocation)}</p>
    <dl class="pairs">
      <dt>At</dt>
      <dd>${clockElement(at)}</dd>
      <dt>Asked for by</dt>
      <dd>${describeCause(invocation)}</dd>
      <dt>Request</dt>
      <dd><code>${requestId}</code></dd>
      ${
        ending
          ? html`<dt>Start</dt>
              <dd>${start(ending)}</dd>
              <dt>Took</dt>
              <dd>${duration(ending.durationMs)}, billed ${ending.billedMs} ms</dd>
              <dt>Memory</dt>
              <dd>${ending.maxMemoryMb === undefined ? 'not measured here' : `${ending.maxMemoryMb} MB`}</dd>`
          : ''
      }
    </dl>
    ${ending ? html`<h2>Log</h2>${logOf(readLog(ending.log))} <details class="box"><summary>The log as it was written</summary>${block('Log', ending.log)}</details>` : ''}
    ${report ? html`<h2>Report</h2>${block('Report', JSON.stringify(report, undefined, 2))}` : ''}
    ${ending && ending.outcome !== 'response' ? html`<h2>Answer</h2>${block('Answer', JSON.stringify(ending.answer, undefined, 2))}` : ''}
  </div>`
}

const block = (label: string, text: string): Html =>
  html`<pre tabindex="0" role="region" aria-label="${label}">${text}</pre>`

const logOf = (lines: readonly LogLine[]): Html =>
  html`<ol class="log">
    ${lines.map(({ level, text }) => html`<li class="${level?.toLowerCase() ?? 'platform'}">${level ? html`<span class="level">${level}</span> ` : ''}${text}</li>`)}
  </ol>`
