/** Points this process's AWS SDK at a DynamoDB on this machine, whatever AWS account the shell is set up for. */
import { sandboxAws } from './dynamodb.ts'

export function useLedgerAt(url: string): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
  Object.assign(process.env, sandboxAws, { AWS_ENDPOINT_URL_DYNAMODB: url })
}
