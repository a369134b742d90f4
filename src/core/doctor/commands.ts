/** The commands that help, as a person types them. */

/** What the commands are about: a route, and whose ledger it has: that of a stage on AWS, or of this folder. */
export type CommandTarget = {
  readonly stage?: string | undefined
  readonly route: string
  readonly several: boolean
}

export const ledgerCommand = ({ stage, route, several }: CommandTarget, rest: string): string =>
  `npm run ledger -- ${rest}${several ? ` --route ${route}` : ''}${stage === undefined ? '' : ` --stage ${stage}`}`

/** Runs this route at once. */
export function runCommand({ stage, route, several }: CommandTarget): string {
  const event = several ? `'{"route":"${route}"}'` : `'{}'`
  return stage === undefined ? `npm run once -- ${event}` : stageCommand('invoke', stage, event)
}

/** A command for a stage on AWS. Without a name, the commands mean prod. */
export function stageCommand(name: string, stage: string, rest = ''): string {
  const flags = [...(stage === 'prod' ? [] : [`--stage ${stage}`]), ...(rest === '' ? [] : [rest])]
  return `npm run ${name}${flags.length === 0 ? '' : ` -- ${flags.join(' ')}`}`
}

export const settingsFile = ({ stage }: CommandTarget): string =>
  stage === undefined ? '.env' : `.env.${stage}`

export const setupCommand = ({ stage }: CommandTarget): string =>
  `npm run setup${stage === undefined ? '' : ` -- --stage ${stage}`}`
