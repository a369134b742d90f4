/** Preloaded into Lambda's runtime: gives it the client that needs no compiler. */
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === './rapid-client.node')
      return { url: new URL('./lambda-client.ts', import.meta.url).href, shortCircuit: true }
    return nextResolve(specifier, context)
  },
})
