/** Preloaded into Lambda's runtime: gives it the client that needs no compiler, and finds the function wherever it lies. */
import { registerHooks } from 'node:module'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === './rapid-client.node')
      return { url: new URL('./client.ts', import.meta.url).href, shortCircuit: true }
    // It imports the function by a path, which is no URL on Windows, nor where a folder's name has a # or a %.
    const isPath = isAbsolute(specifier) && context.conditions.includes('import')
    return nextResolve(isPath ? pathToFileURL(specifier).href : specifier, context)
  },
})
