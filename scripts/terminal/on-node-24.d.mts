export function findNode(machine?: {
  readonly version: string
  readonly platform: string
  readonly arch: string
}): string | undefined
