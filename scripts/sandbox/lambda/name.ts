/** Names and ARNs: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters */

export type FunctionName = {
  readonly name: string
  readonly region: string
  readonly account: string
  /** Version or alias. */
  readonly qualifier?: string | undefined
}

/** The account that stand-ins for AWS, such as moto, give to everybody. */
export const sandboxAccount = '123456789012'

const pattern =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:(?<region>[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[a-zA-Z0-9-_.]+)(?::(?<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?$/

/** Reads a name, or a partial or whole ARN, each with or without a qualifier. `region` counts where the text has none. */
export function parseFunctionName(text: string, region: string): FunctionName {
  const said = pattern.exec(text)?.groups ?? {}
  return {
    name: said['name'] ?? text,
    region: said['region'] ?? region,
    account: said['account'] ?? sandboxAccount,
    qualifier: said['qualifier'],
  }
}

export const arnOf = ({ name, region, account, qualifier }: FunctionName): string =>
  [`arn:aws:lambda:${region}:${account}:function:${name}`, ...(qualifier ? [qualifier] : [])].join(':')
