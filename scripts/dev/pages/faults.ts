/** The faults that are on, and the switches. */
import { html } from 'hono/html'
import { type Faults, isPlace, kinds, places, type Switched } from '../faults.ts'
import { action, type Html } from './layout.ts'

export const faultsCard = ({ on }: Faults): Html =>
  html`<section class="card" aria-labelledby="faults">
    <h2 id="faults">Faults</h2>
    <div id="faults-state" data-live>
      ${on.length === 0 ? html`<p>None is on.</p>` : html`<ul class="on">${on.map((one) => html`<li>${describe(one)}</li>`)}</ul>`}
    </div>
    <form method="post" action="/faults" data-quiet>
      ${Object.keys(places)
        .filter(isPlace)
        .map((place) => faultSelect(place, on))}
      <fieldset>
        <legend>They strike</legend>
        <label class="check"><input type="radio" name="times" value="every" checked /> every call</label>
        <label class="check"><input type="radio" name="times" value="once" /> the next call alone</label>
      </fieldset>
      <p class="buttons"><button>Set the faults</button></p>
    </form>
    ${action('/faults', 'Switch all off')}
  </section>`

const describe = ({ place, kind, once, spent }: Switched): Html => {
  const times = spent ? 'it struck one call, and is over' : once ? 'the next call alone' : 'every call'
  return html`<strong>With ${places[place].title}</strong>: ${kinds[kind]} (${times})`
}

const faultSelect = (place: keyof typeof places, on: readonly Switched[]): Html => {
  const current = on.find((one) => one.place === place && !one.spent)?.kind
  return html`<label for="fault-${place}">With ${places[place].title}</label>
    <select name="${place}" id="fault-${place}">
      <option value="">nothing is wrong</option>
      ${Object.entries(kinds).map(([kind, says]) => html`<option value="${kind}" ${kind === current ? html`selected` : ''}>${says}</option>`)}
    </select>`
}
