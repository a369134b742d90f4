/** Preloaded into Lambda's runtime: says which files of the function are loaded, by their paths in its folder. */
import { realpathSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const folder = `${pathToFileURL(realpathSync(process.env['LAMBDA_TASK_ROOT'] ?? '.'))}/`

registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith(folder)) process.stderr.write(`loads ${url.slice(folder.length)}\n`)
    return nextLoad(url, context)
  },
})
