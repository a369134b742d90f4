/** It becomes part of names of all kinds: of a file, a function, a table, a bucket's keys. */
export const isStageName = (text: string): boolean => /^[a-z][a-z0-9-]{0,19}$/.test(text)
