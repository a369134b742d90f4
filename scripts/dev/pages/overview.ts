/** The first page: what to do here, and every switch there is. */
import { html } from 'hono/html'
import { describeRun, isIdle } from '../runs.ts'
import { type DevSettings, writeSettings } from '../settings.ts'
import type { DevWorld } from '../world.ts'
import { faultsCard } from './faults.ts'
import { addressesCard, codeCard } from './function.ts'
import { action, type Html } from './layout.ts'
import { clockElement } from './times.ts'

export const overviewBody = (world: DevWorld): Html =>
  html`<section class="card" aria-labelledby="begin">
      <h2 id="begin">Try it</h2>
      <ol class="steps">
        <li><a href="/blog/new">Publish a post</a> on the blog, with images and alt texts.</li>
        <li>A run finds it by itself; <em>Run now</em>, above, does not wait for that.</li>
        <li>See it arrive in the <a href="/timeline">timeline</a>, and what the <a href="/ledger">ledger</a> knows of it.</li>
        <li>Switch a fault on, publish again, and see what the <a href="/runs">runs</a> make of it.</li>
      </ol>
    </section>
    <div class="columns">
      <div>${scheduleCard(world)} ${clockCard(world)} ${settingsCard(world.settings)}</div>
      <div>${faultsCard(world.faults)} ${eventCard()}</div>
    </div>
    ${codeCard(world)} ${addressesCard(world)}`

const scheduleCard = ({ schedule, runs }: DevWorld): Html => {
  const seconds = schedule.everyMs / 1000
  const last = runs.all.find(({ invocation }) => !isIdle(invocation))
  return html`<section class="card" aria-labelledby="schedule">
    <h2 id="schedule">Schedule</h2>
    <div id="schedule-state" data-live>
      <p>${seconds > 0 ? `A run begins every ${seconds} s.` : 'No run begins by itself.'}</p>
      ${last ? html`<p>The last that did something was <a href="/runs/${last.n}">run ${last.n}</a> at ${clockElement(last.at)}: ${describeRun(last.invocation)}.</p>` : ''}
    </div>
    <form method="post" action="/schedule" data-quiet class="line">
      <label for="seconds">Seconds from run to run (0 pauses)</label>
      <input type="number" name="seconds" id="seconds" min="0" max="3600" value="${seconds}" required />
      <button>Set the schedule</button>
    </form>
  </section>`
}

const clockCard = ({ sandbox }: DevWorld): Html =>
  html`<section class="card" aria-labelledby="clock">
    <h2 id="clock">Clock</h2>
    <p id="clock-state" data-live>${describeSkew(sandbox.switchboard.skew)}</p>
    <p class="hint">A post that failed rests for 10 minutes, then 20, 40 and 60. Here that need not be waited for.</p>
    <div class="line">
      ${action('/clock', 'Let 10 minutes pass', { minutes: '10' })}
      ${action('/clock', 'Let an hour pass', { minutes: '60' })}
    </div>
    <form method="post" action="/clock" data-quiet class="line">
      <label for="minutes">Minutes</label>
      <input type="number" name="minutes" id="minutes" min="1" max="100000" value="1440" required />
      <button>Let them pass</button>
    </form>
  </section>`

function describeSkew(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const
  const lead = parts.flatMap(([n, name]) => (n > 0 ? [`${n} ${name}${n === 1 ? '' : 's'}`] : [])).join(', ')
  return lead === '' ? 'It is as late here as outside.' : `It is later here than outside, by ${lead}.`
}

const settingsCard = (settings: DevSettings): Html =>
  html`<section class="card" aria-labelledby="settings">
    <h2 id="settings">Settings</h2>
    <form method="post" action="/settings" data-quiet>
      <label for="lines">One to a line, such as LEVITY_REBLOGS=all</label>
      <textarea name="settings" id="lines" rows="4" class="code" spellcheck="false">
${writeSettings(settings).join('\n')}</textarea>
      <p class="buttons"><button>Use these settings</button></p>
    </form>
  </section>`

const eventCard = (): Html =>
  html`<section class="card" aria-labelledby="event">
    <h2 id="event">Event</h2>
    <form method="post" action="/event" data-quiet class="line">
      <label for="json">JSON for the function</label>
      <input name="json" id="json" value="{}" list="events" autocomplete="off" spellcheck="false" class="code" required />
      <datalist id="events">
        <option value="{}"></option>
        <option value='{"mode":"plan"}'></option>
        <option value='{"retry":"parked"}'></option>
      </datalist>
      <button>Send the event</button>
    </form>
  </section>`
