/** `npm run campaign`: scenes from seeds, each a blog that grows while runs, servers and owners do what they do at their worst. */
import {
  type Campaign,
  causeOf,
  countWords,
  type Failed,
  findPlanted,
  type Plan,
  runCampaign,
  shrinkFailed,
} from './campaign/campaign.ts'
import { type KindName, kinds } from './campaign/kinds.ts'
import { closeLedgers } from './campaign/ledgers.ts'
import { type Levity, loadLevity } from './campaign/levity.ts'
import { planted } from './campaign/planted.ts'
import { removeCertificate } from './campaign/process-run.ts'
import { promised } from './campaign/promised.ts'
import { tell } from './campaign/tell.ts'
import { readOptions } from './terminal/arguments.ts'
import { run } from './terminal/command.ts'
import { Refusal } from './terminal/refusal.ts'

const usage = `Usage: npm run campaign -- [--scenes N] [--seed S] [--stories N] [--kinds "a, b"] [--promised] [--planted [--fault WORDS]]
  --scenes N   how many scenes (100), from seed S (1) on
  --stories N  how many failures of different causes are cut down and told in words (3)
  --kinds      only scenes made of these kinds; --promised: of those that Levity promises to survive
  --planted    plants faults in Levity one at a time, and says after how many scenes each is found`

const options = {
  scenes: { type: 'string', default: '100' },
  seed: { type: 'string', default: '1' },
  stories: { type: 'string', default: '3' },
  kinds: { type: 'string' },
  promised: { type: 'boolean' },
  planted: { type: 'boolean' },
  fault: { type: 'string', default: '' },
  help: { type: 'boolean', short: 'h' },
} as const

type Flags = ReturnType<typeof readFlags>

function readFlags(args: readonly string[]) {
  const { values } = readOptions(options, args, usage)
  const whole = (name: 'scenes' | 'seed' | 'stories'): number => {
    if (!/^\d{1,9}$/.test(values[name]))
      throw new Refusal(`Expected a number for --${name} but received ${values[name]}`, 2)
    return Number(values[name])
  }
  return { ...values, scenes: whole('scenes'), seed: whole('seed'), stories: whole('stories') }
}

const all = Object.keys(kinds) as KindName[]

function chosenKinds(flags: Flags): readonly KindName[] {
  if (flags.promised) return promised
  if (flags.kinds === undefined) return all
  return flags.kinds.split(',').map((given) => {
    const name = all.find((one) => one === given.trim())
    if (name === undefined)
      throw new Refusal(`Expected kinds of ${all.join(', ')} but received ${given.trim()}`, 2)
    return name
  })
}

const kindFlags = ({ kinds: given, promised: only }: Flags): string =>
  only ? ' --promised' : given === undefined ? '' : ` --kinds ${JSON.stringify(given)}`

const replay = ({ scene }: Failed, flags: Flags): string =>
  `npm run campaign -- --scenes 1 --seed ${scene.seed}${kindFlags(flags)}`

function tellCampaign({ scenes, calls, times, failed }: Campaign): void {
  const seconds = times.reduce((sum, ms) => sum + ms, 0) / 1000
  const at = (share: number): number => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0)
  console.log(
    `${scenes} scenes in ${seconds.toFixed(0)} s (${at(0.5)} ms in the median, ${at(0.95)} ms for one in twenty), ` +
      `${Math.round(calls / scenes)} calls each; ${failed.length} failed.`,
  )
  for (const [word, count] of countWords(failed)) console.log(`  ${word}: ${count}`)
}

/** Failures of different causes, each cut down and told. */
async function tellStories(failed: readonly Failed[], flags: Flags, levity: Levity): Promise<void> {
  const told = new Set<string>()
  for (const one of failed) {
    const [first] = one.verdicts
    if (first === undefined || told.size >= flags.stories || told.has(causeOf(first))) continue
    told.add(causeOf(first))
    const { scene, verdicts } = await shrinkFailed(one, levity)
    console.log(`\n${replay(one, flags)}`)
    for (const line of tell(scene)) console.log(`  ${line}`)
    for (const { word, why } of verdicts) console.log(`  ${word.toUpperCase()}: ${why}`)
  }
}

async function findAllPlanted(flags: Flags, plan: Plan, plain: Levity): Promise<void> {
  for (const one of planted.filter(({ fault }) => fault.includes(flags.fault))) {
    const found = await findPlanted(one, plan, plain)
    const [first] = found?.failed.verdicts ?? []
    if (found && first) {
      console.log(
        `${one.fault}: found by scene ${found.scenes} (seed ${found.failed.scene.seed}): ${first.word}`,
      )
      continue
    }
    console.log(`${one.fault}: not found in ${plan.scenes} scenes`)
    process.exitCode = 1
  }
}

await run(async () => {
  const flags = readFlags(process.argv.slice(2))
  if (flags.help) return console.log(usage)
  const levity = await loadLevity()
  const plan: Plan = { seed: flags.seed, scenes: flags.scenes, kinds: chosenKinds(flags), ledger: 'dynamodb' }
  try {
    if (flags.planted) return await findAllPlanted(flags, plan, levity)
    const campaign = await runCampaign(
      {
        ...plan,
        onFailure: (failed) => {
          const [first] = failed.verdicts
          console.log(`${first?.word}: ${replay(failed, flags)}`)
        },
      },
      levity,
    )
    tellCampaign(campaign)
    await tellStories(campaign.failed, flags, levity)
    if (campaign.failed.length > 0) process.exitCode = 1
  } finally {
    await closeLedgers()
    await removeCertificate()
  }
})
