/** Preloaded into Lambda's runtime. It swaps in a client that needs no compiler, and makes every path importable. */
import { registerHooks } from 'node:module'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === './rapid-client.node')
      return { url: new URL('./client.ts', import.meta.url).href, shortCircuit: true }
    // The runtime imports the function by a path. That is no URL on Windows, or where a folder's name has a # or a %.
    const isPath = isAbsolute(specifier) && context.conditions.includes('import')
    return nextResolve(isPath ? pathToFileURL(specifier).href : specifier, context)
  },
})
