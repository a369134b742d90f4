/** Measures the memory of a process while it runs, where the platform tells it, so that the limit can be kept. */
import type { FunctionProcess } from './process.ts'

export interface MemoryMeter {
  /** `maxMemoryMb`: the most it had, cut to the limit. `tooMuch`: it had more than the limit. */
  stop(): { readonly maxMemoryMb: number | undefined; readonly tooMuch: boolean }
}

const measureEveryMs = 50

/** `tell` is called, perhaps more than once, when the process has more than `memoryMb`. */
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
