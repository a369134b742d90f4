/** Weighs a process while it runs: the memory limit, where the platform says what a process holds. */
import type { FunctionProcess } from './process.ts'

export interface MemoryMeter {
  /** `maxMemoryMb`: its most so far, and never more than it may have. `tooMuch`: it had more. */
  stop(): { readonly maxMemoryMb: number | undefined; readonly tooMuch: boolean }
}

const measureEveryMs = 50

/** `tell` hears, perhaps more than once, that the process took more than `memoryMb`. */
export function startMemoryMeter(child: FunctionProcess, memoryMb: number, tell: () => void): MemoryMeter {
  let peakMb: number | undefined
  const isTooMuch = (): boolean => {
    peakMb = child.peakMemoryMb() ?? peakMb
    return peakMb !== undefined && peakMb > memoryMb
  }
  const timer = setInterval(() => {
    if (isTooMuch()) tell()
  }, measureEveryMs)
  return {
    stop() {
      clearInterval(timer)
      const tooMuch = isTooMuch()
      return { maxMemoryMb: peakMb && Math.min(peakMb, memoryMb), tooMuch }
    },
  }
}
